import { Prisma, type Queryable } from '../db/index.ts';
import { fromMicros } from '../money.ts';
import { QUARTER_HOUR_MS } from './quarter-hours.ts';
import type { NewUsage, UsageClass } from './types.ts';
import { filterUsage, type UsageFilter } from './usage-filter.ts';
import { readSummedUntil, usageSums } from './usage-sums.ts';

/** A posted usage as it counts now, after its corrections. */
export interface BookedUsage extends NewUsage {
  /** How often it was corrected. */
  revision: number;
  /** It had a number that was erased: for its age, or on request. */
  areNumbersErased: boolean;
  version: bigint;
  postedAt: Date;
}

/** Where a page ended: the last record's place in the list. */
export type UsageCursor = Pick<BookedUsage, 'usageAt' | 'source' | 'externalId'>;

/** A row of usage_record, as SQL returns it. */
export interface UsageRow {
  source: string;
  external_id: string;
  revision: number;
  office_id: bigint | null;
  department_id: bigint | null;
  member_id: bigint | null;
  class: UsageClass;
  category: string;
  direction: 'inbound' | 'outbound';
  external_number: string | null;
  internal_number: string | null;
  usage_at: Date;
  duration_ms: bigint;
  billed_seconds: number;
  quantity: number;
  cost_micros: bigint;
  price: string | null;
  version: bigint;
  posted_at: Date;
  are_numbers_erased: boolean;
}

/** Whether the numbers of a record `u` were erased: a record without any has the digest of none, and no salt either. */
export const NUMBERS_ERASED = Prisma.raw(
  `(u.salt IS NULL AND u.numbers_digest <> ledger_numbers_digest(NULL, NULL, NULL))`,
);

type Page = UsageFilter & { after?: UsageCursor; limit?: number };

const A_PAGE = 50;

/** A page of a company's usage by usage time, the newest first, each record as it counts now (R25). */
export async function listUsage(db: Queryable, page: Page): Promise<BookedUsage[]> {
  const conditions = [
    ...filterUsage(page, 'usage_at'),
    ...(await withinSums(db, page)),
    Prisma.sql`NOT EXISTS (SELECT FROM usage_record AS n WHERE n.company_id = u.company_id AND n.source = u.source
      AND n.external_id = u.external_id AND n.revision > u.revision)`,
    ...(page.after === undefined
      ? []
      : [
          Prisma.sql`(u.usage_at, u.source, u.external_id)
            < (${page.after.usageAt}::timestamptz, ${page.after.source}, ${page.after.externalId})`,
        ]),
  ];
  const rows = await db.$queryRaw<UsageRow[]>`
    SELECT u.*, ${NUMBERS_ERASED} AS are_numbers_erased
    FROM usage_record AS u WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY u.usage_at DESC, u.source DESC, u.external_id DESC LIMIT ${page.limit ?? A_PAGE}`;
  return rows.map(toBooked);
}

/**
 * Records are found by time or by person. A small office in a busy company, or a kind of usage that is rare, may have its
 * page far back, or none: the sums show which quarter-hours hold that usage, so that no others are read.
 */
async function withinSums(db: Queryable, page: Page): Promise<Prisma.Sql[]> {
  const isByTime = page.memberIds === undefined;
  const isThinned = page.officeIds ?? page.departmentIds ?? page.categories ?? page.within;
  if (!isByTime || isThinned === undefined) return [];
  const from = new Date(Math.floor(page.from.getTime() / QUARTER_HOUR_MS) * QUARTER_HOUR_MS);
  const to = page.after === undefined ? page.to : new Date(page.after.usageAt.getTime() + 1);
  const sums = usageSums({ ...page, from, to }, [], await readSummedUntil(db, page.companyId));
  // The first and the last quarter-hour may have all of their usage outside the page.
  const enough = (page.limit ?? A_PAGE) + 2;
  return [
    Prisma.sql`u.usage_at >= (SELECT min(bucket_at) FROM (SELECT bucket_at FROM (${sums}) AS sums
      GROUP BY bucket_at HAVING sum(records) > 0 ORDER BY bucket_at DESC LIMIT ${enough}) AS newest)`,
  ];
}

export function toBooked(row: UsageRow): BookedUsage {
  return {
    source: row.source,
    externalId: row.external_id,
    revision: row.revision,
    areNumbersErased: row.are_numbers_erased,
    officeId: row.office_id,
    departmentId: row.department_id,
    memberId: row.member_id,
    class: row.class,
    category: row.category,
    direction: row.direction,
    externalNumber: row.external_number,
    internalNumber: row.internal_number,
    usageAt: row.usage_at,
    durationMs: Number(row.duration_ms),
    billedSeconds: row.billed_seconds,
    quantity: row.quantity,
    cost: fromMicros(row.cost_micros),
    price: row.price,
    version: row.version,
    postedAt: row.posted_at,
  };
}
