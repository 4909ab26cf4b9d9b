/**
 * Sums of usage are kept three times over, in the same statement: by quarter-hour and everything that usage is told apart by;
 * by quarter-hour and kind; and by a quarter of a UTC day and person. The second and third have a few rows for a time
 * however many records fall into it, so what is asked for most is answered as fast in a busy month as in a quiet one.
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
  if (department || (member && needs('category', filter.categories))) return sumsOf('usage_rollup', filter);
  return member ? memberSums(filter) : sumsOf('usage_kind_rollup', filter);
}

/** Whole quarters of a day, and the quarter-hours of a period before the first and after the last of them. */
function memberSums(filter: UsageFilter): Prisma.Sql {
  const from = new Date(Math.ceil(filter.from.getTime() / SIX_HOURS_MS) * SIX_HOURS_MS);
  const to = new Date(Math.floor(filter.to.getTime() / SIX_HOURS_MS) * SIX_HOURS_MS);
  if (from >= to) return sumsOf('usage_rollup', filter);
  const columns = Prisma.raw(`u.office_id, u.member_id, ${SUMS}`);
  const parts = [
    sumsOf('usage_member_rollup', { ...filter, from, to }, columns),
    ...(filter.from < from ? [sumsOf('usage_rollup', { ...filter, to: from }, columns)] : []),
    ...(to < filter.to ? [sumsOf('usage_rollup', { ...filter, from: to }, columns)] : []),
  ];
  return Prisma.join(parts, ' UNION ALL ');
}

function sumsOf(table: string, filter: UsageFilter, columns = Prisma.raw('u.*')): Prisma.Sql {
  return Prisma.sql`SELECT ${columns} FROM ${Prisma.raw(table)} AS u
    WHERE ${Prisma.join(filterUsage(filter, 'bucket_at'), ' AND ')}`;
}
