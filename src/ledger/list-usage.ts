import { Prisma, type Queryable } from '../db/index.ts';
import { fromMicros } from '../money.ts';
import type { NewUsage, UsageClass } from './types.ts';
import { filterUsage, type UsageFilter } from './usage-filter.ts';

/** A booked usage as it counts now, after its corrections. */
export interface BookedUsage extends NewUsage {
  /** How often it was corrected. */
  revision: number;
  version: bigint;
  postedAt: Date;
}

/** Where a page ended: the last record's place in the list. */
export type UsageCursor = Pick<BookedUsage, 'usageAt' | 'source' | 'externalId'>;

interface Row {
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
}

/** A page of a company's usage by usage time, the newest first, each record as it counts now (R25). */
export async function listUsage(
  db: Queryable,
  page: UsageFilter & { after?: UsageCursor; limit?: number },
): Promise<BookedUsage[]> {
  const conditions = [
    ...filterUsage(page, 'usage_at'),
    Prisma.sql`NOT EXISTS (SELECT FROM usage_record AS n WHERE n.company_id = u.company_id AND n.source = u.source
      AND n.external_id = u.external_id AND n.revision > u.revision)`,
    ...(page.after === undefined
      ? []
      : [
          Prisma.sql`(u.usage_at, u.source, u.external_id)
            < (${page.after.usageAt}::timestamptz, ${page.after.source}, ${page.after.externalId})`,
        ]),
  ];
  const rows = await db.$queryRaw<Row[]>`
    SELECT u.* FROM usage_record AS u WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY u.usage_at DESC, u.source DESC, u.external_id DESC LIMIT ${page.limit ?? 50}`;
  return rows.map(toBooked);
}

function toBooked(row: Row): BookedUsage {
  return {
    source: row.source,
    externalId: row.external_id,
    revision: row.revision,
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
