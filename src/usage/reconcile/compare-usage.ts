import { type Db, Prisma } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import type { ShapeName } from '../import/file-shapes.ts';
import { API_SOURCE, VENDOR_SOURCE } from '../ingest/usage-sources.ts';

export type DifferenceKind = 'missing' | 'different' | 'extra';
export type DifferentFact = 'time' | 'duration' | 'direction' | 'quantity' | 'cost';

export interface UsageFacts {
  usageAt: Date;
  durationMs: number;
  direction: string;
  /** Null where the file does not say so. */
  quantity: number | null;
  cost: Money | null;
}

/** A record that the file and the books do not have alike. */
export interface UsageDifference {
  /** `missing`: the books lack it. `extra`: the file does. */
  kind: DifferenceKind;
  /** The file's line; null where it has none. */
  line: number | null;
  source: string;
  externalId: string;
  file: UsageFacts | null;
  books: UsageFacts | null;
  differs: DifferentFact[];
  /** Why it is in the inbox instead of the books, where it is. */
  waits: string | null;
}

export interface Compared {
  companyId: bigint;
  shape: ShapeName;
  /** Usage times, [from, to): what the books have of it and the file lacks is extra. */
  period: { from: Date; to: Date };
}

/**
 * By how many milliseconds a file may be off, as it rounds: our own export writes whole seconds; the vendor writes times to
 * the second, and minutes with two decimals where there is no end.
 */
const TOLERANCE_MS: Record<ShapeName, { time: number; duration: number }> = {
  records: { time: 0, duration: 0 },
  export: { time: 999, duration: 0 },
  calls: { time: 1_000, duration: 1_200 },
  texts: { time: 1_000, duration: 0 },
};

/** The usage of the books that a file of this shape speaks for. */
const SPOKEN_FOR: Record<ShapeName, Prisma.Sql> = {
  records: Prisma.sql`u.source = ${API_SOURCE}`,
  export: Prisma.sql`true`,
  calls: Prisma.sql`u.source = ${VENDOR_SOURCE} AND u.external_id LIKE 'call:%'`,
  texts: Prisma.sql`u.source = ${VENDOR_SOURCE} AND u.external_id LIKE 'message:%'`,
};

const PAGE = 500;

/** The first and last usage time of the file; null where it has no record. */
export async function findFiledPeriod(db: Db): Promise<{ first: Date; last: Date } | null> {
  const [row] = await db.$queryRaw<{ first: Date | null; last: Date | null }[]>`
    SELECT min(usage_at) AS first, max(usage_at) AS last FROM filed`;
  return row == null || row.first === null || row.last === null ? null : { first: row.first, last: row.last };
}

/** Compares the file's records with the books, into the connection's own table `difference`; answers how many of each kind. */
export async function compareFiled(
  db: Db,
  { companyId, shape, period }: Compared,
): Promise<Record<DifferenceKind, number> & { waiting: number }> {
  const { time, duration } = TOLERANCE_MS[shape];
  await db.$executeRaw`
    CREATE TEMP TABLE difference AS
    SELECT row_number() OVER (ORDER BY line NULLS LAST, books_usage_at, source, external_id) AS ordinal, found.* FROM (
      SELECT CASE WHEN b.usage_at IS NULL THEN 'missing' ELSE 'different' END AS kind, f.line, f.source, f.external_id,
        f.usage_at AS file_usage_at, f.duration_ms AS file_duration_ms, f.direction AS file_direction,
        f.quantity AS file_quantity, f.cost_micros AS file_cost_micros, b.usage_at AS books_usage_at,
        b.duration_ms AS books_duration_ms, b.direction AS books_direction, b.quantity AS books_quantity,
        b.cost_micros AS books_cost_micros, d.differs, i.words AS waits
      FROM filed AS f
      LEFT JOIN LATERAL (
        SELECT u.* FROM usage_record AS u
        WHERE u.company_id = ${companyId} AND u.source = f.source AND u.external_id = f.external_id
        ORDER BY u.revision DESC LIMIT 1) AS b ON true
      CROSS JOIN LATERAL (SELECT array_remove(ARRAY[
        CASE WHEN abs(extract(epoch FROM f.usage_at - b.usage_at)) * 1000 > ${time} THEN 'time' END,
        CASE WHEN abs(f.duration_ms - b.duration_ms) > ${duration} THEN 'duration' END,
        CASE WHEN f.direction <> b.direction THEN 'direction' END,
        CASE WHEN f.quantity <> b.quantity THEN 'quantity' END,
        CASE WHEN f.cost_micros <> b.cost_micros THEN 'cost' END], NULL) AS differs) AS d
      LEFT JOIN usage_inbox AS i ON b.usage_at IS NULL AND i.company_id = ${companyId} AND i.source = f.source
        AND i.external_id = f.external_id
      WHERE b.usage_at IS NULL OR cardinality(d.differs) > 0
      UNION ALL
      SELECT 'extra', NULL, u.source, u.external_id, NULL, NULL, NULL, NULL, NULL, u.usage_at, u.duration_ms, u.direction,
        u.quantity, u.cost_micros, '{}', NULL
      FROM usage_record AS u
      WHERE u.company_id = ${companyId} AND u.usage_at >= ${period.from} AND u.usage_at < ${period.to}
        AND ${SPOKEN_FOR[shape]}
        AND NOT EXISTS (SELECT FROM filed AS f WHERE f.source = u.source AND f.external_id = u.external_id)
        AND NOT EXISTS (SELECT FROM usage_record AS n WHERE n.company_id = u.company_id AND n.source = u.source
          AND n.external_id = u.external_id AND n.revision > u.revision AND n.revision > 0)) AS found`;
  await db.$executeRaw`CREATE UNIQUE INDEX ON difference (ordinal)`;
  const rows = await db.$queryRaw<{ kind: DifferenceKind; found: bigint; waiting: bigint }[]>`
    SELECT kind, count(*) AS found, count(waits) AS waiting FROM difference GROUP BY kind`;
  const counts = { missing: 0, different: 0, extra: 0, waiting: 0 };
  for (const { kind, found, waiting } of rows) {
    counts[kind] = Number(found);
    counts.waiting += Number(waiting);
  }
  return counts;
}

/** What was compared, by the file's lines, then what is extra by its time; a page in memory at a time. */
export async function* readDifferences(db: Db): AsyncGenerator<UsageDifference> {
  for (let after = 0n; ; ) {
    const page = await db.$queryRaw<DifferenceRow[]>`
      SELECT * FROM difference WHERE ordinal > ${after} ORDER BY ordinal LIMIT ${PAGE}`;
    for (const row of page) yield toDifference(row);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.ordinal;
  }
}

type Side<S extends string> = { [K in `${S}_usage_at`]: Date | null } & {
  [K in `${S}_duration_ms` | `${S}_cost_micros`]: bigint | null;
} & { [K in `${S}_quantity`]: number | null } & { [K in `${S}_direction`]: string | null };
type DifferenceRow = Side<'file'> &
  Side<'books'> & {
    ordinal: bigint;
    kind: DifferenceKind;
    line: number | null;
    source: string;
    external_id: string;
    differs: DifferentFact[];
    waits: string | null;
  };

function toDifference(row: DifferenceRow): UsageDifference {
  const { kind, line, source, external_id: externalId, differs, waits } = row;
  return {
    kind,
    line,
    source,
    externalId,
    differs: kind === 'different' ? differs : [],
    waits,
    file: toFacts(
      row.file_usage_at,
      row.file_duration_ms,
      row.file_direction,
      row.file_quantity,
      row.file_cost_micros,
    ),
    books: toFacts(
      row.books_usage_at,
      row.books_duration_ms,
      row.books_direction,
      row.books_quantity,
      row.books_cost_micros,
    ),
  };
}

function toFacts(
  usageAt: Date | null,
  durationMs: bigint | null,
  direction: string | null,
  quantity: number | null,
  costMicros: bigint | null,
): UsageFacts | null {
  if (usageAt === null) return null;
  return {
    usageAt,
    durationMs: Number(durationMs),
    direction: direction ?? '',
    quantity,
    cost: costMicros === null ? null : fromMicros(costMicros),
  };
}
