import { it } from 'vitest';
import { expectNoBreaks } from './simulate.ts';

it(
  'seeds 101 to 200: what was paid is credited once, within cap and approval, and everything is said once',
  () => expectNoBreaks(101),
  300_000,
);
