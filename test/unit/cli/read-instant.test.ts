import { expect, it } from 'vitest';
import { readInstant } from '../../../src/cli/rates/read-instant.ts';

it('an option takes a day in UTC, or an instant with its zone', () => {
  expect(readInstant('--from', '2026-12-01')).toEqual(new Date('2026-12-01T00:00:00Z'));
  expect(readInstant('--from', '2026-12-01T09:30:00-08:00')).toEqual(new Date('2026-12-01T17:30:00Z'));
});

it.each(['2026-02-30', '2026-13-01', '2026-12-01T09:30:00', 'tomorrow', ''])(
  'an option refuses %j',
  (text) => {
    expect(() => readInstant('--from', text)).toThrow(/--from takes a day in UTC like 2026-12-01/);
  },
);
