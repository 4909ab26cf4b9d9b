import { describe, expect, it } from 'vitest';
import { endOfBillingPeriod, endOfDay, lastTurn, nextTurn } from '../../../src/calendar.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { slowCalendar } from '../../support/reference-calendar.ts';

const ZONES = [
  'America/Los_Angeles',
  'Europe/London',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Beirut',
  'Pacific/Kiritimati',
];

it.each(ZONES)('a day in %s ends where the next begins, however many days later it is', (timeZone) => {
  const { days } = slowCalendar(timeZone, new Date('2027-11-15T00:00:00Z'), 8);
  for (const [index, { at }] of days.slice(0, -31).entries())
    expect(endOfDay(at, timeZone, 30)).toEqual(days[index + 31]?.at);
});

it('the turn before a turn is the one that it follows', () => {
  for (const billingDay of [1, 15, 31]) {
    const calendar = { timeZone: 'America/Santiago', billingDay };
    let turn = nextTurn(calendar, new Date('2027-11-15T00:00:00Z'));
    for (let month = 0; month < 15; month += 1) {
      const next = nextTurn(calendar, turn);
      expect(lastTurn(calendar, next)).toEqual(turn);
      turn = next;
    }
  }
});

describe('billing periods', () => {
  it.each(ZONES)(
    'turn on the billing day at the first instant of the day in %s, over 14 months',
    (timeZone) => {
      const from = new Date('2027-11-15T00:00:00Z');
      const slow = slowCalendar(timeZone, from, 15);
      for (const billingDay of [1, 30, 31]) {
        const turns: string[] = [];
        for (let at = nextTurn({ timeZone, billingDay }, from); turns.length < 14; ) {
          turns.push(at.toISOString());
          at = endOfBillingPeriod({ timeZone, billingDay }, at, 'monthly');
        }
        const expected = slow.turns(billingDay).slice(0, 14);
        expect(turns, `day ${billingDay}`).toEqual(expected.map((at) => at.toISOString()));
      }
    },
  );

  it('of day 31 begin on the last day of short months, leap day included, and return to the 31st', () => {
    const calendar = { timeZone: 'UTC', billingDay: 31 };
    let at = new Date('2027-12-31T00:00:00Z');
    const days = [1, 2, 3, 4].map(() => {
      at = endOfBillingPeriod(calendar, at, 'monthly');
      return at.toISOString().slice(0, 10);
    });
    expect(days).toEqual(['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30']);
  });

  it('of a year last twelve months, from a leap day to the last of February', () => {
    const calendar = { timeZone: 'UTC', billingDay: 29 };
    const end = endOfBillingPeriod(calendar, new Date('2028-02-29T00:00:00Z'), 'annual');
    expect(end.toISOString()).toBe('2029-02-28T00:00:00.000Z');
  });

  it('that begin anywhere last half a month to one and a half, whatever the calendar became', () => {
    for (let day = 0; day < 400; day += 7) {
      const start = new Date(Date.UTC(2027, 0, 1, 7) + day * 24 * HOUR_MS);
      const timeZone = ZONES[day % ZONES.length] ?? 'UTC';
      const end = endOfBillingPeriod({ timeZone, billingDay: (day % 31) + 1 }, start, 'monthly');
      const days = (end.getTime() - start.getTime()) / (24 * HOUR_MS);
      expect(days, start.toISOString()).toBeGreaterThan(12);
      expect(days, start.toISOString()).toBeLessThan(48);
    }
  });
});
