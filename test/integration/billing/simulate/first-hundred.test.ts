import { it } from 'vitest';
import { expectNoBreaks } from './simulate.ts';

it(
  'seeds 1 to 100: what was paid is credited once, within cap and approval, and everything is said once',
  () => expectNoBreaks(1),
  300_000,
);
