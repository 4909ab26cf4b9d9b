import { z } from 'zod';
import { Prisma, type Queryable } from '../../db/index.ts';
import type { DeckRow } from '../../rating/index.ts';

export const deckRow = z.object({
  key: z.string(),
  kind: z.enum(['call', 'local', 'toll_free', 'sms', 'mms', 'fax', 'ai_conversation']),
  licence: z.enum(['talk', 'support', 'sell']).nullable(),
  direction: z.enum(['inbound', 'outbound']).nullable(),
  origin: z.string().nullable(),
  prefix: z.string(),
  destination: z.string(),
  rate: z.string(),
  firstSeconds: z.number().int(),
  nextSeconds: z.number().int(),
  fee: z.string(),
  isBlocked: z.boolean(),
});

/** So many rows are read at once. */
const PAGE = 20_000;

/**
 * The rows in force at an instant as of an import: of each key the newest that has begun, of one time the later import's,
 * unless it is closed or has ended (R18). `keys`: only these. Applies R18.1 and R18.6.
 */
export async function readRowsInForce(
  db: Queryable,
  { at, newest, keys }: { at: Date; newest: bigint; keys?: readonly string[] },
): Promise<DeckRow[]> {
  const rows: DeckRow[] = [];
  for (let after = ''; ; ) {
    const page = z.array(deckRow).parse(await readPage(db, { at, newest, keys, after }));
    for (const { key: _, ...row } of page) rows.push(row);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return rows;
    after = last.key;
  }
}

async function readPage(
  db: Queryable,
  {
    at,
    newest,
    keys,
    after,
  }: { at: Date; newest: bigint; keys: readonly string[] | undefined; after: string },
): Promise<unknown> {
  const wanted = keys === undefined ? Prisma.empty : Prisma.sql`AND key = ANY(${[...keys]}::text[])`;
  return await db.$queryRaw`
    SELECT key, kind, licence, direction, origin, prefix, destination, trim_scale(rate)::text AS rate,
      first_seconds AS "firstSeconds", next_seconds AS "nextSeconds", trim_scale(fee)::text AS fee,
      state = 'blocked' AS "isBlocked"
    FROM (
      SELECT DISTINCT ON (key) * FROM rate_row
      WHERE key > ${after} AND starts_at <= ${at} AND version <= ${newest} ${wanted}
      ORDER BY key, starts_at DESC, version DESC) AS newest
    WHERE state <> 'closed' AND (ends_at IS NULL OR ends_at > ${at})
    ORDER BY key LIMIT ${PAGE}`;
}
