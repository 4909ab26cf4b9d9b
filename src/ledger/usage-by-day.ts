import type { Queryable } from '../db/index.ts';
import { DAY_MS } from '../durations.ts';
import { fromMicros, type Money } from '../money.ts';
import { kindSums, readSummedUntil } from './usage-sums.ts';

/** What an office's usage of one kind cost in a day. */
export interface UsageOfDay {
  /** 0 is the day that ends with the period. */
  daysBack: number;
  /** The office it is reported for. */
  officeId: bigint | null;
  category: string;
  cost: Money;
}

/** What usage cost in each of so many times 24 hours before `to`, a quarter-hour, from quarter-hour sums; free usage is left out. */
export async function usageByDay(
  db: Queryable,
  period: { companyId: bigint; to: Date; days: number },
): Promise<UsageOfDay[]> {
  const from = new Date(period.to.getTime() - period.days * DAY_MS);
  const summedUntil = await readSummedUntil(db, period.companyId);
  const rows = await db.$queryRaw<{ days_back: number; office_id: bigint; category: string; cost: bigint }[]>`
    SELECT ceil(extract(epoch FROM ${period.to}::timestamptz - bucket_at) / 86400)::int - 1 AS days_back,
      office_id, category, sum(cost_micros)::bigint AS cost
    FROM (${kindSums({ companyId: period.companyId, from, to: period.to }, summedUntil)}) AS u
    GROUP BY 1, 2, 3 HAVING sum(cost_micros) > 0 ORDER BY 1, 2, 3`;
  return rows.map((row) => ({
    daysBack: row.days_back,
    officeId: row.office_id || null,
    category: row.category,
    cost: fromMicros(row.cost),
  }));
}
