import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/durations.ts';
import { dollars, toMicros } from '../../../../src/money.ts';
import { judgeHour, type SpendHistory, type SpendSum } from '../../../../src/usage/surprises/judge-hour.ts';

const ZONE = 'America/New_York';
/** A Wednesday, 10:00 in New York (EDT). */
const MORNING = new Date('2026-09-16T14:00:00Z');
/** The same day, 22:00. */
const NIGHT = new Date('2026-09-17T02:00:00Z');

const hour = (from: Date, cost: string, calls = 1, minutes = 59) => ({
  from,
  to: new Date(from.getTime() + minutes * MINUTE_MS),
  calls,
  micros: toMicros(dollars(cost)),
});
const before = (at: Date, days: number, cost: string, hours = 0): SpendSum => ({
  hourAt: new Date(at.getTime() - days * DAY_MS + hours * HOUR_MS),
  calls: 3,
  micros: toMicros(dollars(cost)),
});
const since = (at: Date, days: number): Date => new Date(at.getTime() - days * DAY_MS);
const known = (at: Date, ...hours: SpendSum[]): SpendHistory => ({ hours, officeSince: since(at, 60) });
const judge = (spent: ReturnType<typeof hour>, history: SpendHistory, isAbroad = false, timeZone = ZONE) =>
  judgeHour(spent, history, { timeZone, isAbroad })?.rule ?? null;

describe('an hour of spending', () => {
  it.each([
    ['24.99', null],
    ['25.00', null],
    ['25.01', 'above_usual'],
  ])('of a quiet office is unusual above $25: %s', (cost, rule) => {
    expect(judge(hour(MORNING, cost), known(MORNING))).toBe(rule);
  });

  it.each([
    ['40.00', null],
    ['40.000001', 'above_usual'],
  ])('is unusual above four times the largest comparable hour, $10: %s', (cost, rule) => {
    const history = known(MORNING, before(MORNING, 1, '10'), before(MORNING, 2, '4'));
    expect(judge(hour(MORNING, cost), history)).toBe(rule);
  });

  it('says what is usual', () => {
    const surprise = judgeHour(hour(MORNING, '50'), known(MORNING, before(MORNING, 1, '10')), {
      timeZone: ZONE,
      isAbroad: false,
    });
    expect(surprise?.usualMicros).toBe(10_000_000n);
  });

  it.each([
    [6.999, '50.00', null],
    [6.999, '50.01', 'new_office'],
    [7, '25.01', 'above_usual'],
  ])('of an office with %d days of history is unusual above another amount: %s', (days, cost, rule) => {
    expect(judge(hour(MORNING, cost), { hours: [], officeSince: since(MORNING, days) })).toBe(rule);
    expect(judge(hour(MORNING, '50.01'), { hours: [], officeSince: null })).toBe('new_office');
  });

  it('is compared with 28 days, and not with itself', () => {
    const spent = hour(MORNING, '90');
    expect(judge(spent, known(MORNING, before(MORNING, 28, '30')))).toBeNull();
    expect(judge(spent, known(MORNING, before(MORNING, 29, '30')))).toBe('above_usual');
    expect(judge(spent, known(MORNING, before(MORNING, 0, '90')))).toBe('above_usual');
    expect(judge(spent, known(MORNING, before(MORNING, 0, '30', -1)))).toBeNull();
  });

  it('is compared with workdays on workdays, and with weekends at weekends', () => {
    const saturday = before(MORNING, 4, '30');
    expect(judge(hour(MORNING, '90'), known(MORNING, saturday))).toBe('above_usual');
    expect(
      judge(hour(new Date(saturday.hourAt.getTime() + DAY_MS), '90'), known(MORNING, saturday)),
    ).toBeNull();
  });

  it.each([
    ['2026-09-16T11:00:00Z', '2026-09-16T11:59:00Z', 'above_usual'],
    ['2026-09-16T11:01:00Z', '2026-09-16T12:00:00Z', null],
    ['2026-09-16T19:00:00Z', '2026-09-16T19:59:00Z', null],
    ['2026-09-16T20:00:00Z', '2026-09-16T20:59:00Z', 'above_usual'],
  ])('from %s to %s is compared with the third of the day from 8:00 to 16:00, or not', (from, to, rule) => {
    const history = known(MORNING, before(MORNING, 1, '30'));
    const spent = { ...hour(new Date(from), '90'), to: new Date(to) };
    expect(judge(spent, history)).toBe(rule);
  });

  it('keeps its third of the day when clocks change: 8:00 is 12:00 UTC before, and 13:00 UTC after', () => {
    // Clocks go back on November 1, 2026.
    const eight = { hourAt: new Date('2026-10-30T12:00:00Z'), calls: 3, micros: 30_000_000n };
    const after = (at: string) => judge(hour(new Date(at), '90'), known(new Date(at), eight));
    expect(after('2026-11-02T13:00:00Z')).toBeNull();
    expect(after('2026-11-02T12:00:00Z')).toBe('above_usual');
  });

  it('is of the zone that it is asked for', () => {
    const history = known(MORNING, before(MORNING, 1, '30'));
    // 8:30 in New York is of the third of 10:00 there; in Sydney it is 22:30, and the other was midnight.
    const spent = hour(new Date('2026-09-16T12:30:00Z'), '90', 1, 20);
    expect(judge(spent, history)).toBeNull();
    expect(judge(spent, history, false, 'Australia/Sydney')).toBe('above_usual');
  });
});

describe('a country that was not called in 28 days', () => {
  const old = (days: number) => known(NIGHT, before(NIGHT, days, '1'));

  it.each([
    ['9.99', 9, null],
    ['10.00', 1, 'new_country'],
    ['0.50', 10, 'new_country'],
  ])('is a surprise at night from $10 or ten calls: %s, %d calls', (cost, calls, rule) => {
    expect(judge(hour(NIGHT, cost, calls), known(NIGHT), true)).toBe(rule);
  });

  it('is none where it was called within 28 days, nor the office’s own', () => {
    expect(judge(hour(NIGHT, '12'), old(28), true)).toBeNull();
    expect(judge(hour(NIGHT, '12'), old(29), true)).toBe('new_country');
    expect(judge(hour(NIGHT, '12'), known(NIGHT), false)).toBeNull();
  });

  it.each([
    ['18:59 to 19:30', '2026-09-16T22:59:00Z', 31, null],
    ['19:00 to 19:30', '2026-09-16T23:00:00Z', 30, 'new_country'],
    ['6:30 to 6:59', '2026-09-16T10:30:00Z', 29, 'new_country'],
    ['6:30 to 7:00', '2026-09-16T10:30:00Z', 30, null],
    ['Saturday at noon', '2026-09-19T16:00:00Z', 30, 'new_country'],
    ['Friday at noon', '2026-09-18T16:00:00Z', 30, null],
  ])('is a surprise from 19:00 to 7:00 and at weekends: %s', (_, from, minutes, rule) => {
    const at = new Date(from);
    expect(judge(hour(at, '12', 1, minutes), known(at), true)).toBe(rule);
  });

  it('is no surprise of its own in an office without a week of history', () => {
    expect(judge(hour(NIGHT, '12'), { hours: [], officeSince: since(NIGHT, 3) }, true)).toBeNull();
  });
});
