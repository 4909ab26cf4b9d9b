import { describe, expect, it } from 'vitest';
import { readPeriod } from '../../../src/usage/read-period.ts';

const LA = 'America/Los_Angeles';
const NOW = new Date('2026-11-24T05:00:00Z'); // the 23rd in Los Angeles
const NOVEMBER_18 = new Date('2026-11-18T20:00:00Z');
const iso = (period: { from: Date; to: Date } | null): string[] | null =>
  period === null ? null : [period.from.toISOString(), period.to.toISOString()];
const said = (typed: string, zone = LA) => {
  const period = readPeriod(typed, zone, NOVEMBER_18);
  return period === null ? null : [period.from.toISOString(), period.to.toISOString()];
};

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
