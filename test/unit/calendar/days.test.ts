import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  dayOf,
  daysPeriod,
  isTimeZone,
  monthAround,
  monthOf,
  monthPeriod,
  startOfDay,
  utcOffsetMs,
  weekdayOf,
  zonedTime,
} from '../../../src/calendar.ts';
import { slowCalendar } from '../../support/reference-calendar.ts';

const LA = 'America/Los_Angeles';
const NOW = new Date('2026-11-24T05:00:00Z'); // the 23rd in Los Angeles
const ZONES = Intl.supportedValuesOf('timeZone').filter(isTimeZone);
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

it('days, months and their instants are those of a calendar that looks at every quarter of an hour', () => {
  const starts = fc.date({ min: new Date('2015-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
  let compared = 0;
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), starts, (timeZone, start) => {
      const from = new Date(Math.floor(start.getTime() / 86_400_000) * 86_400_000);
      const { days } = slowCalendar(timeZone, from, 3, 15);
      for (const [index, { day, at }] of days.entries()) {
        const next = days[index + 1];
        if (next === undefined) break;
        expect([startOfDay(day, timeZone), dayOf(at, timeZone)], `${day} ${timeZone}`).toEqual([at, day]);
        expect(dayOf(new Date(next.at.getTime() - 1), timeZone)).toBe(day);
        expect(daysPeriod(day, day, timeZone)).toEqual({ from: at, to: next.at });
        compared += 1;
      }
      const firsts = days.filter(({ day }) => day.endsWith('-01'));
      const [first, second] = firsts;
      if (first === undefined || second === undefined) return;
      const month = { from: first.at, to: second.at };
      expect(monthPeriod(first.day.slice(0, 7), timeZone)).toEqual(month);
      expect(monthAround(new Date(second.at.getTime() - 1), timeZone)).toEqual(month);
    }),
    { numRuns: 12 },
  );
  expect(compared).toBeGreaterThan(1_000);
});

describe('a local time', () => {
  it('is the instant at which the wall there first shows it, asked for once or again', () => {
    let compared = 0;
    const starts = fc.date({ min: new Date('2015-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), starts, (timeZone, start) => {
        const from = new Date(Math.floor(start.getTime() / 86_400_000) * 86_400_000);
        const slow = slowCalendar(timeZone, from, 4, 15);
        for (const { day } of slow.days.slice(1, -1)) {
          for (const time of ['00:30', '01:00', '01:30', '02:00', '02:30', '03:00', '13:30']) {
            const wanted = slow.find(`${day} ${time}`);
            if (wanted === undefined) continue; // the clocks skip it
            for (const text of [`${day} ${time}:00`, `${day}T${time}`, `${day} ${time}:00.000`])
              expect(zonedTime(text, timeZone), `${text} ${timeZone}`).toEqual(wanted);
            compared += 1;
          }
        }
      }),
      { numRuns: 3 },
    );
    expect(compared).toBeGreaterThan(1_500);
  });

  it('that clocks skip counts on from before the change', () => {
    expect(zonedTime('2026-03-08 02:30:00', LA)?.toISOString()).toBe('2026-03-08T10:30:00.000Z');
    expect(zonedTime('2026-11-20 09:30:15.25', LA)?.toISOString()).toBe('2026-11-20T17:30:15.250Z');
    expect(zonedTime('2026-11-20 09:30:16', LA)?.toISOString()).toBe('2026-11-20T17:30:16.000Z');
    expect(zonedTime('1969-12-31 23:59:59', 'UTC')?.toISOString()).toBe('1969-12-31T23:59:59.000Z');
    expect(zonedTime('1969-12-31 23:59:58', 'UTC')?.toISOString()).toBe('1969-12-31T23:59:58.000Z');
  });

  it.each(['2026-02-30 10:00:00', '2026-11-20 24:00:00', '2026-11-20', 'noon', '2026-11-20 10:61:00', ''])(
    'is not %j',
    (text) => expect(zonedTime(text, LA)).toBeUndefined(),
  );

  it.each(['PST', 'EST', 'BST', 'GMT+2', 'Etc/GMT+5', '-08:00', 'PST8PDT', 'Mars/Olympus', ''])(
    'is not known in the zone %j, which names no region',
    (zone) => expect(zonedTime('2026-11-20 10:00:00', zone)).toBeUndefined(),
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

  it('stand as far from UTC as their clocks do', () => {
    expect(utcOffsetMs(NOW, LA)).toBe(-8 * 3_600_000);
    expect(utcOffsetMs(NOW, 'Asia/Kathmandu')).toBe((5 * 60 + 45) * 60_000);
    expect(utcOffsetMs(new Date('2026-07-01T00:00:00Z'), LA)).toBe(-7 * 3_600_000);
  });
});

describe('days are counted', () => {
  it('over months, years and leap days', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2027-01-01', -1)).toBe('2026-12-31');
    expect(['2026-11-23', '2026-11-29'].map(weekdayOf)).toEqual([1, 7]);
  });
});
