import { it } from 'vitest';
import { expectNoBreaks } from './simulate.ts';

it(
  'seeds 201 to 300: what was paid is credited once, within cap and approval, and everything is said once',
  () => expectNoBreaks(201),
  300_000,
);
