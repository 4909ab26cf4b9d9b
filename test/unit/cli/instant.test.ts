import { expect, it } from 'vitest';
import { instant } from '../../../src/cli/frame/instant.ts';

it('an option takes a day in UTC, or an instant with its zone', () => {
  expect(instant('2026-12-01', '--from')).toEqual(new Date('2026-12-01T00:00:00Z'));
  expect(instant('2026-12-01T09:30:00-08:00', '--from')).toEqual(new Date('2026-12-01T17:30:00Z'));
});

it.each(['2026-02-30', '2026-13-01', '2026-12-01T09:30:00', 'tomorrow', ''])(
  'an option refuses %j',
  (text) => {
    expect(() => instant(text, '--from')).toThrow(/--from takes a day in UTC like 2026-12-01/);
  },
);
