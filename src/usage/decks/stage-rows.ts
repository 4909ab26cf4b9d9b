import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from '../../db/index.ts';
import { type FileRow, keyOf } from '../../rating/index.ts';

/** How a row prices; `closed` ends the row of its key. */
export const rowState = z.enum(['priced', 'blocked', 'closed']);

/** So many rows go to the database at once. */
const PAGE = 5_000;

/**
 * Puts a file's rows into the transaction's own table `staged`, those without a date from `beginsAt` on. Answers the digest of
 * the import: of these rows and of `before`, the import before it.
 */
export async function stageRows(
  tx: Tx,
  rows: readonly FileRow[],
  { beginsAt, before, onProgress }: { beginsAt: Date; before: string; onProgress: (rows: number) => void },
): Promise<string> {
  await tx.$executeRaw`
    CREATE TEMP TABLE staged (
      ordinal integer, key text COLLATE "C", kind text, licence text, direction text, origin text, prefix text,
      starts_at timestamptz, ends_at timestamptz, state text, destination text, rate numeric, first_seconds integer,
      next_seconds integer, fee numeric, is_default boolean) ON COMMIT DROP`;
  const hash = createHash('sha256').update(before);
  for (let from = 0; from < rows.length; from += PAGE) {
    const page = JSON.stringify(
      rows.slice(from, from + PAGE).map((row, at) => toStaged(row, from + at + 1, beginsAt)),
    );
    hash.update(page);
    await tx.$executeRaw`
      INSERT INTO staged SELECT * FROM jsonb_to_recordset(${page}::jsonb) AS r(
        ordinal integer, key text, kind text, licence text, direction text, origin text, prefix text,
        starts_at timestamptz, ends_at timestamptz, state text, destination text, rate numeric, first_seconds integer,
        next_seconds integer, fee numeric, is_default boolean)`;
    onProgress(Math.min(from + PAGE, rows.length));
  }
  await tx.$executeRaw`CREATE INDEX ON staged (key)`;
  await tx.$executeRaw`ANALYZE staged`;
  return hash.digest('hex');
}

function toStaged(
  { row, from, to, isClosed, hasDefaultIncrements }: FileRow,
  ordinal: number,
  beginsAt: Date,
) {
  return {
    ordinal,
    key: keyOf(row),
    kind: row.kind,
    licence: row.licence,
    direction: row.direction,
    origin: row.origin,
    prefix: row.prefix,
    starts_at: from ?? beginsAt,
    ends_at: to,
    state: isClosed ? rowState.enum.closed : row.isBlocked ? rowState.enum.blocked : rowState.enum.priced,
    destination: row.destination,
    rate: row.rate,
    first_seconds: row.firstSeconds,
    next_seconds: row.nextSeconds,
    fee: row.fee,
    is_default: hasDefaultIncrements,
  };
}
