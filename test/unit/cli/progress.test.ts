import { expect, it } from 'vitest';
import { createProgress, describeProgress } from '../../../src/cli/frame/progress.ts';

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
  expect(describeProgress({ unit: 'rows', ...at })).toBe(expected);
});

it.each([
  [
    'a terminal: a bar after two seconds',
    { isTerminal: true, isAsked: false },
    3_000,
    '50 of 100 rows (50 %), about 3 s left',
  ],
  ['a terminal: nothing before', { isTerminal: true, isAsked: false }, 1_000, ''],
  ['a log: nothing', { isTerminal: false, isAsked: false }, 60_000, ''],
  ['a log with --progress: a line', { isTerminal: false, isAsked: true }, 60_000, '50 of 100 rows (50 %)'],
])('%s', (_, place, afterMs, expected) => {
  let now = 0;
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  const progress = createProgress('rows', { ...place, write, nowMs: () => now });
  progress.show(0, 100);
  now = afterMs;
  progress.show(50, 100);
  progress.end();
  expect(written).toContain(expected);
  expect(written === '').toBe(expected === '');
});
