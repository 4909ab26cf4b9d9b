/**
 * Sums of usage are kept by quarter-hour and by every attribute of usage, in the posting transaction; by quarter-hour and
 * kind, once it has been over for an hour; and by person for each quarter of a UTC day, once its last quarter-hour has. Those have a
 * few rows for a time however many records fall into it, so what is asked for most is answered as fast in a busy month as in a
 * quiet one. What is not summed up yet is added from its quarter-hours.
 *
 * How far usage is summed up is asked first, and may be further by the time the sums are read: what was summed up then still is.
 * Passed as a value, it lets the planner estimate how much of each table is read.
 */

import { Prisma, type Queryable } from '../db/index.ts';
import { HOUR_MS } from '../durations.ts';
import { filterUsage, type UsageFilter } from './usage-filter.ts';

/** What totals may be grouped by. */
export type TotalsBy = 'category' | 'office' | 'department' | 'member';

/** Until when usage counts as summed up for a company that has no book yet: before any usage. */
export const BEFORE_ANY_USAGE = new Date('0001-01-01T00:00:00Z');
const SIX_HOURS_MS = 6 * HOUR_MS;
const SUMS = 'u.records, u.billed_seconds, u.quantity, u.cost_micros';

/** Asks how far a company's usage is summed up: `summed_until`, a quarter-hour; where none is, before all usage. */
export function askSummedUntil(companyId: bigint): Prisma.Sql {
  return Prisma.sql`SELECT greatest(summed_until, timestamptz '0001-01-01 00:00:00+00') AS summed_until FROM book WHERE company_id = ${companyId}`;
}

/** How far a company's usage is summed up. */
export async function readSummedUntil(db: Queryable, companyId: bigint): Promise<Date> {
  const rows = await db.$queryRaw<{ summed_until: Date }[]>`${askSummedUntil(companyId)}`;
  return rows[0]?.summed_until ?? BEFORE_ANY_USAGE;
}

/** The sums of a filter's usage, from the smallest table that has them, as a table to select from. */
export function usageSums(filter: UsageFilter, by: readonly TotalsBy[], summedUntil: Date): Prisma.Sql {
  const needs = (what: TotalsBy, list: readonly unknown[] | undefined): boolean =>
    by.includes(what) || list !== undefined;
  const department = needs('department', filter.departmentIds ?? filter.within?.departmentIds);
  const member = needs('member', filter.memberIds);
  if (department || (member && needs('category', filter.categories)))
    return sumsOf('usage_rollup', filter, 'u.*');
  return member ? memberSums(filter, summedUntil) : kindSums(filter, summedUntil);
}

/** The sums by quarter-hour (`bucket_at`), office and kind of usage. */
export function kindSums(filter: UsageFilter, summedUntil: Date): Prisma.Sql {
  return joinSums(filter, `u.bucket_at, u.office_id, u.category, ${SUMS}`, [
    ['usage_kind_rollup', filter.from, earlier(filter.to, summedUntil)],
    ['usage_rollup', later(filter.from, summedUntil), filter.to],
  ]);
}

/** Whole quarters of a day, and the quarter-hours of a period before the first and after the last that is summed up. */
function memberSums(filter: UsageFilter, summedUntil: Date): Prisma.Sql {
  const first = new Date(Math.ceil(filter.from.getTime() / SIX_HOURS_MS) * SIX_HOURS_MS);
  const end = earlier(filter.to, summedUntil).getTime();
  const last = new Date(Math.floor(end / SIX_HOURS_MS) * SIX_HOURS_MS);
  const columns = `u.office_id, u.member_id, ${SUMS}`;
  if (first >= last) return sumsOf('usage_rollup', filter, columns);
  return joinSums(filter, columns, [
    ['usage_member_rollup', first, last],
    ['usage_rollup', filter.from, first],
    ['usage_rollup', last, filter.to],
  ]);
}

type Piece = readonly [table: string, from: Date, to: Date];

/** The sums of a period that is put together from several tables. */
function joinSums(filter: UsageFilter, columns: string, pieces: readonly Piece[]): Prisma.Sql {
  const sums = pieces
    .filter(([, from, to]) => from < to)
    .map(([table, from, to]) => sumsOf(table, { ...filter, from, to }, columns));
  return sums.length === 0 ? sumsOf('usage_rollup', filter, columns) : Prisma.join(sums, ' UNION ALL ');
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const later = (a: Date, b: Date): Date => (a < b ? b : a);

function sumsOf(table: string, filter: UsageFilter, columns: string): Prisma.Sql {
  return Prisma.sql`SELECT ${Prisma.raw(columns)} FROM ${Prisma.raw(table)} AS u
    WHERE ${Prisma.join(filterUsage(filter, 'bucket_at'), ' AND ')}`;
}
