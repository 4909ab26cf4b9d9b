import { Prisma, type Queryable } from '../db/index.ts';
import { fromMicros, type Money } from '../money.ts';
import { requireQuarterHours } from './quarter-hours.ts';
import type { UsageFilter } from './usage-filter.ts';
import { readSummedUntil, type TotalsBy, usageSums } from './usage-sums.ts';

export interface UsageTotal {
  category: string | null;
  /** Null where totals are not grouped by it, and where the usage has none. */
  officeId: bigint | null;
  departmentId: bigint | null;
  memberId: bigint | null;
  records: number;
  billedSeconds: number;
  quantity: number;
  cost: Money;
}

const COLUMNS = {
  category: 'category',
  office: 'office_id',
  department: 'department_id',
  member: 'member_id',
} as const;

interface Row {
  category: string | null;
  office_id: bigint | null;
  department_id: bigint | null;
  member_id: bigint | null;
  records: bigint;
  billed_seconds: bigint;
  quantity: bigint;
  cost: bigint;
}

/**
 * Sums of usage by usage time, from quarter-hour sums (R25): the period's bounds lie on quarter-hours, as midnights of
 * every time zone do. Late events and corrections count in the period they belong to.
 * Throws RefillError `bad-range`. Applies R25.1.
 */
export async function usageTotals(
  db: Queryable,
  filter: UsageFilter & { by: readonly TotalsBy[] },
): Promise<UsageTotal[]> {
  requireQuarterHours(filter, 'totals');
  const chosen = new Set(filter.by);
  const columns = Object.entries(COLUMNS).map(([by, column]) =>
    chosen.has(by as TotalsBy) ? column : `NULL AS ${column}`,
  );
  const groups = filter.by.length === 0 ? '()' : filter.by.map((by) => COLUMNS[by]).join(', ');
  const summedUntil = await readSummedUntil(db, filter.companyId);
  const rows = await db.$queryRaw<Row[]>`
    SELECT ${Prisma.raw(columns.join(', '))}, sum(records)::bigint AS records, sum(billed_seconds)::bigint AS billed_seconds,
      sum(quantity)::bigint AS quantity, sum(cost_micros)::bigint AS cost
    FROM (${usageSums(filter, filter.by, summedUntil)}) AS u
    GROUP BY ${Prisma.raw(groups)} HAVING sum(records) > 0 ORDER BY cost DESC, 1, 2, 3, 4`;
  return rows.map((row) => ({
    category: row.category,
    officeId: row.office_id || null,
    departmentId: row.department_id || null,
    memberId: row.member_id || null,
    records: Number(row.records),
    billedSeconds: Number(row.billed_seconds),
    quantity: Number(row.quantity),
    cost: fromMicros(row.cost),
  }));
}
