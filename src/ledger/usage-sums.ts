/**
 * Sums of usage are kept by quarter-hour and everything that usage is told apart by, with every posting; and, an hour after a
 * quarter-hour is over, by quarter-hour and kind, and by quarter of a UTC day and person. Those have a few rows for a time
 * however many records fall into it, so what is asked for most is answered as fast in a busy month as in a quiet one. The
 * last hour, which is not summed up yet, is added from its quarter-hours.
 */
import { Prisma } from '../db/index.ts';
import { filterUsage, type UsageFilter } from './usage-filter.ts';

/** What totals may be told apart by. */
export type TotalsBy = 'category' | 'office' | 'department' | 'member';

const SIX_HOURS_MS = 21_600_000;
const SUMS = 'u.records, u.billed_seconds, u.quantity, u.cost_micros';

/** The sums of a filter's usage, from the smallest table that has them, as a table to select from. */
export function usageSums(filter: UsageFilter, by: readonly TotalsBy[]): Prisma.Sql {
  const needs = (what: TotalsBy, list: readonly unknown[] | undefined): boolean =>
    by.includes(what) || list !== undefined;
  const department = needs('department', filter.departmentIds);
  const member = needs('member', filter.memberIds);
  if (department || (member && needs('category', filter.categories)))
    return sumsOf('usage_rollup', filter, 'u.*');
  return member ? memberSums(filter) : kindSums(filter);
}

/** The sums by quarter-hour (`bucket_at`), office and kind of usage. */
export function kindSums(filter: UsageFilter): Prisma.Sql {
  const columns = `u.bucket_at, u.office_id, u.category, ${SUMS}`;
  const summedUntil = summedUntilOf(filter);
  return Prisma.sql`${sumsOf('usage_kind_rollup', filter, columns)} AND u.bucket_at < ${summedUntil}
    UNION ALL ${sumsOf('usage_rollup', filter, columns)} AND u.bucket_at >= ${summedUntil}`;
}

/** Whole quarters of a day, and the quarter-hours of a period before the first and after the last that is summed up. */
function memberSums(filter: UsageFilter): Prisma.Sql {
  const from = new Date(Math.ceil(filter.from.getTime() / SIX_HOURS_MS) * SIX_HOURS_MS);
  const to = new Date(Math.floor(filter.to.getTime() / SIX_HOURS_MS) * SIX_HOURS_MS);
  const columns = `u.office_id, u.member_id, ${SUMS}`;
  if (from >= to) return sumsOf('usage_rollup', filter, columns);
  const summedUntil = Prisma.sql`greatest(${from}::timestamptz, least(${to}::timestamptz, ${summedUntilOf(filter)}))`;
  return Prisma.sql`${sumsOf('usage_member_rollup', { ...filter, from, to }, columns)} AND u.bucket_at < ${summedUntil}
    UNION ALL ${sumsOf('usage_rollup', { ...filter, to: from }, columns)}
    UNION ALL ${sumsOf('usage_rollup', { ...filter, from }, columns)} AND u.bucket_at >= ${summedUntil}`;
}

function summedUntilOf({ companyId }: UsageFilter): Prisma.Sql {
  return Prisma.sql`(SELECT summed_until FROM book WHERE company_id = ${companyId})`;
}

function sumsOf(table: string, filter: UsageFilter, columns: string): Prisma.Sql {
  return Prisma.sql`SELECT ${Prisma.raw(columns)} FROM ${Prisma.raw(table)} AS u
    WHERE ${Prisma.join(filterUsage(filter, 'bucket_at'), ' AND ')}`;
}
