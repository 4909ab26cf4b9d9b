import { Decimal } from 'decimal.js';
import { Prisma, type Tx } from '../../db/index.ts';
import type { DeckRow } from '../../rating/index.ts';
import { type Ending, type EndingRow, readSuccessors } from './read-successors.ts';

/** The first of many, and how many there are. */
export interface Listed<T> {
  count: number;
  first: T[];
}

/** A row that takes the place of one with another price. */
export interface PriceChange {
  before: DeckRow;
  after: DeckRow;
  /** By how much the rate changes, in percent to one decimal; null from a rate of nothing. */
  percent: string | null;
}

/** Rows of a file that are billed alike. */
export interface BillingTerms {
  firstSeconds: number;
  nextSeconds: number;
  /** The file did not say the increments. */
  isDefault: boolean;
  hasFee: boolean;
  /** Messages, pages and conversations have no increments. */
  isTimed: boolean;
  rows: number;
}

/** What an import does to prices. */
export interface DeckChanges {
  added: Listed<DeckRow>;
  dearer: Listed<PriceChange>;
  cheaper: Listed<PriceChange>;
  /** The same rate with other increments or another fee. */
  otherTerms: Listed<PriceChange>;
  blocked: Listed<DeckRow>;
  ended: Listed<Ending>;
  unchanged: number;
  /** Rows that price until a newer row of an earlier import begins, and not after. */
  overtaken: number;
  terms: BillingTerms[];
}

const MAX_LISTED = 20;

const ROW = Prisma.sql`kind, licence, direction, origin, prefix, destination, trim_scale(rate)::text AS rate,
  first_seconds AS "firstSeconds", next_seconds AS "nextSeconds", trim_scale(fee)::text AS fee, state = 'blocked' AS "isBlocked"`;

/** Reads what the import of this transaction changes, once its rows are stored under `version`. */
export async function readChanges(tx: Tx, version: bigint): Promise<DeckChanges> {
  const counts = new Map(
    (
      await tx.$queryRaw<{ change: string; count: number }[]>`
        SELECT change, count(*)::integer AS count FROM judged GROUP BY change`
    ).map(({ change, count }) => [change, count]),
  );
  const list = async <T>(change: string, read: (change: string) => Promise<T[]>): Promise<Listed<T>> => {
    const count = counts.get(change) ?? 0;
    return { count, first: count === 0 ? [] : await read(change) };
  };
  const rows = (change: string): Promise<DeckRow[]> => readRows(tx, change);
  const changes = (change: string): Promise<PriceChange[]> => readPriceChanges(tx, change);
  return {
    added: await list('added', rows),
    dearer: await list('dearer', changes),
    cheaper: await list('cheaper', changes),
    otherTerms: await list('terms', changes),
    blocked: await list('blocked', rows),
    ended: await readEnded(tx, version),
    unchanged: (counts.get('same') ?? 0) + (counts.get('nothing') ?? 0),
    overtaken: await countOvertaken(tx, version),
    terms: await tx.$queryRaw<BillingTerms[]>`
      SELECT first_seconds AS "firstSeconds", next_seconds AS "nextSeconds", is_default AS "isDefault", fee > 0 AS "hasFee",
        kind IN ('call', 'local', 'toll_free') AS "isTimed", count(*)::integer AS rows
      FROM judged WHERE state = 'priced' GROUP BY 1, 2, 3, 4, 5 ORDER BY rows DESC, 1, 2`,
  };
}

async function countOvertaken(tx: Tx, version: bigint): Promise<number> {
  const [{ count } = { count: 0 }] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::integer AS count FROM judged AS j WHERE is_stored AND EXISTS (
      SELECT FROM rate_row AS newer WHERE newer.key = j.key AND newer.starts_at > j.starts_at AND newer.version < ${version})`;
  return count;
}

async function readRows(tx: Tx, change: string): Promise<DeckRow[]> {
  return await tx.$queryRaw<DeckRow[]>`
    SELECT ${ROW} FROM judged WHERE change = ${change} ORDER BY ordinal LIMIT ${MAX_LISTED}`;
}

async function readPriceChanges(tx: Tx, change: string): Promise<PriceChange[]> {
  const rows = await tx.$queryRaw<
    (DeckRow & { wasRate: string; wasFirst: number; wasNext: number; wasFee: string })[]
  >`
    SELECT ${ROW}, trim_scale(was_rate)::text AS "wasRate", was_first_seconds AS "wasFirst", was_next_seconds AS "wasNext",
      trim_scale(was_fee)::text AS "wasFee"
    FROM judged WHERE change = ${change} ORDER BY ordinal LIMIT ${MAX_LISTED}`;
  return rows.map(({ wasRate, wasFirst, wasNext, wasFee, ...after }) => ({
    before: { ...after, rate: wasRate, firstSeconds: wasFirst, nextSeconds: wasNext, fee: wasFee },
    after,
    percent: percentOf(wasRate, after.rate),
  }));
}

function percentOf(before: string, after: string): string | null {
  const was = new Decimal(before);
  return was.isZero()
    ? null
    : new Decimal(after).dividedBy(was).minus(1).times(100).toDecimalPlaces(1).toString();
}

/** Rows that the file closes or gives an end, and those that it ends by lacking them. */
async function readEnded(tx: Tx, version: bigint): Promise<Listed<Ending>> {
  const ended = Prisma.sql`
    SELECT key, kind, licence, direction, origin, prefix, destination, starts_at AS at FROM judged WHERE change = 'ended'
    UNION ALL SELECT key, kind, licence, direction, origin, prefix, destination, ends_at FROM judged WHERE ends_at IS NOT NULL
    UNION ALL SELECT key, kind, licence, direction, origin, prefix, destination, at FROM lacking WHERE NOT is_coming`;
  const [{ count } = { count: 0 }] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::integer AS count FROM (${ended}) AS ended`;
  if (count === 0) return { count, first: [] };
  const first = await tx.$queryRaw<EndingRow[]>`
    SELECT kind, licence, direction, origin, prefix, destination, at FROM (${ended}) AS ended
    ORDER BY at, key LIMIT ${MAX_LISTED}`;
  return { count, first: await readSuccessors(tx, version, first) };
}
