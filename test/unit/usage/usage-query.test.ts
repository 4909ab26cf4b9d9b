import { describe, expect, it } from 'vitest';
import { monthPeriod } from '../../../src/calendar.ts';
import { readPeriod } from '../../../src/usage/read-period.ts';
import { periodBefore, splitPeriod } from '../../../src/usage/usage-query.ts';

const LA = 'America/Los_Angeles';
const NOW = new Date('2026-11-18T20:00:00Z');

describe('what a month is compared with', () => {
  const month = (name: string) => monthPeriod(name, LA) ?? expect.fail('no month');
  it('is the whole month before once it is over, and only as much of it before that', () => {
    expect(periodBefore(month('2026-10'), LA, NOW)).toEqual({ ...month('2026-09'), isPart: false });
    const part = periodBefore(month('2026-11'), LA, NOW);
    expect(part?.isPart).toBe(true);
    expect(part?.to).toEqual(new Date('2026-10-18T20:00:00.000Z'));
  });

  it('never reaches into the month itself', () => {
    const end = new Date('2026-03-31T23:59:00Z');
    expect(periodBefore(month('2026-03'), LA, end)?.to).toEqual(month('2026-02').to);
  });

  it('is nothing for other periods, and for months to come', () => {
    const week = readPeriod('this week', LA, NOW) ?? expect.fail('no week');
    expect(periodBefore(week, LA, NOW)).toBeNull();
    expect(periodBefore(month('2026-12'), LA, NOW)).toBeNull();
  });
});

describe('the parts of a period', () => {
  it.each([
    ['yesterday', 1],
    ['this week', 7],
    ['november', 5],
    ['2025-12-01 to 2026-11-30', 20],
  ])('of %s are %i, without gaps', (typed, count) => {
    for (const zone of [LA, 'Asia/Kathmandu', 'America/Havana']) {
      const period = readPeriod(typed, zone, NOW) ?? expect.fail('no period');
      const parts = splitPeriod(period, zone);
      expect(parts.length).toBeLessThanOrEqual(count);
      expect(parts.length).toBeGreaterThan(count - 2);
      expect(parts[0]?.from).toEqual(period.from);
      expect(parts.at(-1)?.to).toEqual(period.to);
      expect(parts.slice(1).map(({ from }) => from)).toEqual(parts.slice(0, -1).map(({ to }) => to));
    }
  });
});
