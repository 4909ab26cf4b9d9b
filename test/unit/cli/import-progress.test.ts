import { expect, it } from 'vitest';
import { describeProgress } from '../../../src/cli/usage/import-progress.ts';

it.each([
  [
    { done: 250_000, total: 1_000_000, since: 250_000, elapsedMs: 60_000 },
    '250,000 of 1,000,000 rows (25 %), about 3 min left',
  ],
  [
    { done: 900_000, total: 1_000_000, since: 50_000, elapsedMs: 10_000 },
    '900,000 of 1,000,000 rows (90 %), about 20 s left',
  ],
  [{ done: 1_000, total: 1_000, since: 1_000, elapsedMs: 500 }, '1,000 of 1,000 rows (100 %)'],
  [{ done: 1_000, total: 9_999_000, since: 0, elapsedMs: 0 }, '1,000 of 9,999,000 rows (0 %)'],
  [
    { done: 1_000, total: 10_000_000, since: 1_000, elapsedMs: 1_000 },
    '1,000 of 10,000,000 rows (0 %), about 2.8 h left',
  ],
])('the time that remains goes by the rows of this run: %j', (at, expected) => {
  expect(describeProgress(at)).toBe(expected);
});
