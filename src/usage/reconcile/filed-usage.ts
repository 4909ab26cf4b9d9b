import type { Db } from '../../db/index.ts';
import { type GoodRow, sourceOf } from '../import/ingest-rows.ts';
import { connectedMs } from '../ingest/merge-legs.ts';
import type { UsageEvent } from '../ingest/usage-event.ts';

/** A record that a row of the file has, under the key that it has in the books. */
export interface FiledLeg {
  line: number;
  source: string;
  /** Of a call, one of its legs; empty for everything else. */
  leg: string;
  event: UsageEvent;
  /** What the file says beside what the event does; null where it says nothing. */
  quantity: number | null;
  costMicros: bigint | null;
}

/** The records of a row as the file has them; keys are still those of the file. */
export function toFiledLegs({ table, read }: Pick<GoodRow, 'table' | 'read'>): FiledLeg[] {
  const common = { line: table.line, source: sourceOf({ read }), quantity: null, costMicros: null };
  if ('legs' in read) return read.legs.map(({ leg, event }) => ({ ...common, leg, event }));
  const { quantity = null, costMicros = null } = read.original ?? {};
  return [{ ...common, leg: '', event: read.event, quantity, costMicros }];
}

/**
 * The file's records as temporary tables of one database connection, so that a file of any size is compared with the books
 * without being held in memory.
 */
export async function createFiledUsage(db: Db): Promise<void> {
  await db.$executeRaw`
    CREATE TEMP TABLE filed_leg (
      line integer, source text, external_id text, leg text, connected_ms double precision, usage_at timestamptz,
      duration_ms bigint, direction text, quantity integer, cost_micros bigint)`;
}

export async function storeFiledLegs(db: Db, legs: readonly FiledLeg[]): Promise<void> {
  if (legs.length === 0) return;
  const events = legs.map(({ event }) => event);
  await db.$executeRaw`
    INSERT INTO filed_leg SELECT * FROM unnest(${legs.map(({ line }) => line)}::integer[],
      ${legs.map(({ source }) => source)}::text[], ${events.map(({ externalId }) => externalId)}::text[],
      ${legs.map(({ leg }) => leg)}::text[], ${events.map(connectedMs)}::double precision[],
      ${events.map(({ usageAt }) => usageAt)}::timestamptz[],
      ${events.map(({ durationMs }) => Math.round(durationMs))}::bigint[],
      ${events.map(({ direction }) => direction)}::text[], ${legs.map(({ quantity }) => quantity)}::integer[],
      ${legs.map(({ costMicros }) => costMicros)}::bigint[])`;
}

/** One record a key: of a call with several legs the longest, as it is billed (R23). Returns how many there are. */
export async function mergeFiledLegs(db: Db): Promise<number> {
  await db.$executeRaw`
    CREATE TEMP TABLE filed AS SELECT DISTINCT ON (source, external_id) * FROM filed_leg
    ORDER BY source, external_id, connected_ms DESC, leg COLLATE "C", line`;
  await db.$executeRaw`CREATE UNIQUE INDEX ON filed (source, external_id)`;
  await db.$executeRaw`ANALYZE filed`;
  const [row] = await db.$queryRaw<{ records: bigint }[]>`SELECT count(*) AS records FROM filed`;
  return Number(row?.records ?? 0);
}
