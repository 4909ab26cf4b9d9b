import { monthAround } from '../../calendar.ts';
import type { Db } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { QUARTER_HOUR_MS, usageTotals } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import type { Person } from '../../org/index.ts';
import { allowQuery } from '../export/allow-query.ts';
import { periodBefore } from '../usage-query.ts';
import type { Compared, UsageBreakdown } from './read-breakdown.ts';

/** This month's usage in figures, and where it leads. */
export interface MonthSpend extends Pick<UsageBreakdown, 'query' | 'cost'> {
  before: Compared | null;
  /** Kinds that cost something, the dearest first. */
  kinds: { category: string; cost: Money }[];
  /** What a day cost of late. */
  perDay: Money;
  /** What the month comes to at that rate. */
  byMonthEnd: Money;
}

/**
 * What usage cost this month, within what a person may see, beside as much of the month before, and what it comes to by the
 * month's end at the rate of the last 14 days (of 7, where there was no usage before). Throws RefillError `not-allowed`.
 */
export async function readMonthSpend(db: Db, person: Person, now: Date): Promise<MonthSpend> {
  const { timeZone } = person.company;
  const month = monthAround(now, timeZone);
  const before = periodBefore(month, timeZone, now);
  const until = new Date(Math.ceil(now.getTime() / QUARTER_HOUR_MS) * QUARTER_HOUR_MS);
  const back = (days: number): Date => new Date(until.getTime() - days * DAY_MS);
  const totals = async (from: Date, to: Date): Promise<MonthSpend['kinds']> =>
    from >= to
      ? []
      : (await usageTotals(db, { ...allowQuery(person, { from, to }), by: ['category'] })).map(
          ({ category, cost }) => ({ category: category ?? '', cost }),
        );
  const [kinds, earlier, week, weekBefore] = await Promise.all([
    totals(month.from, month.to),
    before === null ? [] : totals(before.from, before.to),
    totals(back(7), until),
    totals(back(14), back(7)),
  ]);
  const cost = sum(kinds);
  const perDay = sum(weekBefore).isZero()
    ? sum(week).dividedBy(7)
    : sum([...week, ...weekBefore]).dividedBy(14);
  const daysToCome = Math.max(0, month.to.getTime() - now.getTime()) / DAY_MS;
  return {
    query: { ...month, timeZone },
    cost,
    kinds: kinds.filter((kind) => !kind.cost.isZero()),
    before: before === null ? null : { ...before, cost: sum(earlier) },
    perDay,
    byMonthEnd: cost.plus(perDay.times(daysToCome)),
  };
}

function sum(kinds: MonthSpend['kinds']): Money {
  return kinds.reduce((total, { cost }) => total.plus(cost), dollars('0'));
}
