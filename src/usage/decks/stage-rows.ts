import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from '../../db/index.ts';
import { type DeckFile, type FileRow, keyOf } from '../../rating/index.ts';

/** How a row prices; `closed` ends the row of its key. */
export const rowState = z.enum(['priced', 'blocked', 'closed']);

/** So many rows go to the database at once: the client remembers what its last hundred statements were given. */
const PAGE = 250;

/**
 * Puts a file's rows into the transaction's own table `staged`, those without a date from `beginsAt` on, a page in memory at a
 * time. Returns how many they are, and the digest of the import: of these rows and of `before`, the import before it. A row with a date keeps
 * it, also in the past. Applies R18.10.
 */
export async function stageRows(
  tx: Tx,
  rows: DeckFile['rows'],
  { beginsAt, before, onProgress }: { beginsAt: Date; before: string; onProgress: (rows: number) => void },
): Promise<{ count: number; digest: string }> {
  await tx.$executeRaw`
    CREATE TEMP TABLE staged (
      ordinal integer, key text COLLATE "C", kind text, licence text, direction text, origin text, prefix text,
      starts_at timestamptz, ends_at timestamptz, state text, destination text, rate numeric, first_seconds integer,
      next_seconds integer, fee numeric, is_default boolean) ON COMMIT DROP`;
  const hash = createHash('sha256').update(before);
  let count = 0;
  let page: ReturnType<typeof toStaged>[] = [];
  const store = async (): Promise<void> => {
    if (page.length === 0) return;
    const json = JSON.stringify(page);
    page = [];
    hash.update(json);
    await tx.$executeRaw`
      INSERT INTO staged SELECT * FROM jsonb_to_recordset(${json}::jsonb) AS r(
        ordinal integer, key text, kind text, licence text, direction text, origin text, prefix text,
        starts_at timestamptz, ends_at timestamptz, state text, destination text, rate numeric, first_seconds integer,
        next_seconds integer, fee numeric, is_default boolean)`;
    onProgress(count);
  };
  for await (const row of rows) {
    count += 1;
    page.push(toStaged(row, count, beginsAt));
    if (page.length === PAGE) await store();
  }
  await store();
  await tx.$executeRaw`CREATE INDEX ON staged (key)`;
  await tx.$executeRaw`ANALYZE staged`;
  return { count, digest: hash.digest('hex') };
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
