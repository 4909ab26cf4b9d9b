import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone } from '../../../src/clock.ts';
import {
  dayOf,
  daysPeriod,
  monthOf,
  monthPeriod,
  readPeriod,
  startOfDay,
} from '../../../src/usage/period.ts';

const LA = 'America/Los_Angeles';
const NOW = new Date('2026-11-24T05:00:00Z'); // the 23rd in Los Angeles
const iso = (period: { from: Date; to: Date } | null): string[] | null =>
  period === null ? null : [period.from.toISOString(), period.to.toISOString()];

describe('a day', () => {
  it.each([
    ['2026-11-01', LA, '2026-11-01T07:00:00.000Z'],
    ['2026-11-02', LA, '2026-11-02T08:00:00.000Z'],
    ['2026-03-29', 'Asia/Kathmandu', '2026-03-28T18:15:00.000Z'],
    // Clocks skip midnight: the day begins at one o'clock.
    ['2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    // Clocks go back at midnight: the hour before it comes twice.
    ['2026-10-30', 'Africa/Cairo', '2026-10-29T22:00:00.000Z'],
    ['2026-10-04', 'Australia/Lord_Howe', '2026-10-03T13:30:00.000Z'],
  ])('%s in %s begins at %s', (day, zone, start) => {
    expect(startOfDay(day, zone)?.toISOString()).toBe(start);
  });

  it('begins where the day before ends, in every zone', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const anyDay = fc.date({ min: new Date('2020-01-02'), max: new Date('2030-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...zones), anyDay, (zone, at) => {
        const day = at.toISOString().slice(0, 10);
        const start = startOfDay(day, zone);
        if (start === null) throw new Error('no day');
        expect(dayOf(start, zone) >= day).toBe(true);
        expect(dayOf(new Date(start.getTime() - 1), zone) < day).toBe(true);
        expect(start.getTime() % 900_000).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['2026-02-30', '2026-13-01', 'today', '', '2026-1-1'])('is not %j', (day) => {
    expect(startOfDay(day, LA)).toBeNull();
  });
});

describe('a period as it is typed', () => {
  const november = ['2026-11-01T07:00:00.000Z', '2026-12-01T08:00:00.000Z'];
  it.each([
    ['', november],
    ['this month', november],
    ['Nov', november],
    ['  november  2026 ', november],
    ['2026-11', november],
    ['last month', ['2026-10-01T07:00:00.000Z', '2026-11-01T07:00:00.000Z']],
    ['december', ['2025-12-01T08:00:00.000Z', '2026-01-01T08:00:00.000Z']],
    ['today', ['2026-11-23T08:00:00.000Z', '2026-11-24T08:00:00.000Z']],
    ['yesterday', ['2026-11-22T08:00:00.000Z', '2026-11-23T08:00:00.000Z']],
    ['2026-11-03 to 2026-11-09', ['2026-11-03T08:00:00.000Z', '2026-11-10T08:00:00.000Z']],
    ['2026-11-03', ['2026-11-03T08:00:00.000Z', '2026-11-04T08:00:00.000Z']],
  ])('%j', (typed, wanted) => expect(iso(readPeriod(typed, LA, NOW))).toEqual(wanted));

  it.each(['novembre', 'nowember', '13', '2026-13', 'last year', '2026-11-09 to 2026-11-03', 'mayo', 'x'])(
    'is not guessed at: %j',
    (typed) => expect(readPeriod(typed, LA, NOW)).toBeNull(),
  );
});

describe('months and zones', () => {
  it('are counted back over a year', () => {
    expect([0, 1, 10, 11, 23].map((before) => monthOf(NOW, LA, before))).toEqual([
      '2026-11',
      '2026-10',
      '2026-01',
      '2025-12',
      '2024-12',
    ]);
    expect(iso(monthPeriod('2024-02', 'UTC'))).toEqual([
      '2024-02-01T00:00:00.000Z',
      '2024-03-01T00:00:00.000Z',
    ]);
    expect(monthPeriod('2024-00', 'UTC')).toBeNull();
    expect(daysPeriod('2026-11-02', '2026-11-01', 'UTC')).toBeNull();
  });

  it('are known by name', () => {
    expect([LA, 'UTC', 'Asia/Kathmandu'].every(isTimeZone)).toBe(true);
    expect(['Mars/Olympus', '', '+05:00', 'FOO+3'].some(isTimeZone)).toBe(false);
  });
});
