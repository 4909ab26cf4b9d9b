import { describe, expect, it } from 'vitest';
import { monthPeriod } from '../../../src/usage/period.ts';
import { periodBefore, readTypedPeriod, splitPeriod } from '../../../src/usage/usage-query.ts';

const LA = 'America/Los_Angeles';
const NOW = new Date('2026-11-18T20:00:00Z');
const said = (typed: string, zone = LA) => {
  const period = readTypedPeriod(typed, zone, NOW);
  return period === null ? null : [period.from.toISOString(), period.to.toISOString()];
};

describe('periods as people type them', () => {
  it('are whole days of the company, whatever its clocks do in between', () => {
    expect(said('november')).toEqual(['2026-11-01T07:00:00.000Z', '2026-12-01T08:00:00.000Z']);
    expect(said('November', 'Asia/Kathmandu')).toEqual([
      '2026-10-31T18:15:00.000Z',
      '2026-11-30T18:15:00.000Z',
    ]);
    expect(said('oct 3-9')).toEqual(['2026-10-03T07:00:00.000Z', '2026-10-10T07:00:00.000Z']);
    expect(said('Nov. 5')).toEqual(['2026-11-05T08:00:00.000Z', '2026-11-06T08:00:00.000Z']);
    expect(said('dec 30 – 31')).toEqual(['2025-12-30T08:00:00.000Z', '2026-01-01T08:00:00.000Z']);
    expect(said('this week')).toEqual(['2026-11-16T08:00:00.000Z', '2026-11-23T08:00:00.000Z']);
    expect(said('last  week')).toEqual(['2026-11-09T08:00:00.000Z', '2026-11-16T08:00:00.000Z']);
  });

  it('are refused where no calendar has them', () => {
    for (const typed of ['feb 30', 'oct 9-3', 'smarch 3', 'november november', '3-9', 'oct'.repeat(500)])
      expect(said(typed), typed).toBeNull();
  });
});

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
    const week = readTypedPeriod('this week', LA, NOW) ?? expect.fail('no week');
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
      const period = readTypedPeriod(typed, zone, NOW) ?? expect.fail('no period');
      const parts = splitPeriod(period, zone);
      expect(parts.length).toBeLessThanOrEqual(count);
      expect(parts.length).toBeGreaterThan(count - 2);
      expect(parts[0]?.from).toEqual(period.from);
      expect(parts.at(-1)?.to).toEqual(period.to);
      expect(parts.slice(1).map(({ from }) => from)).toEqual(parts.slice(0, -1).map(({ to }) => to));
    }
  });
});
