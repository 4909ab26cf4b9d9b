import { isDatabaseUnavailable } from '../../db/index.ts';
import { hasCode, RefillError } from '../../errors.ts';
import { groupBy } from '../../group-by.ts';
import type { NumberKey } from '../../number-key.ts';
import type { TableRow } from '../../tables/index.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { ingestPricedEvents, ingestPricedLegs } from '../ingest/ingest-events.ts';
import type { LegEvent } from '../ingest/merge-legs.ts';
import type { PricedOutcome } from '../ingest/outcomes.ts';
import { conflictMessage } from '../ingest/outcomes.ts';
import { API_SOURCE, VENDOR_SOURCE } from '../ingest/usage-sources.ts';
import { markFromFile } from '../surprises/mark-from-file.ts';
import { findBooked } from './find-booked.ts';
import { keyHere } from './read-export-rows.ts';
import type { ReadRow } from './read-rows.ts';

/** A row that was understood. */
export interface GoodRow {
  table: TableRow;
  read: Exclude<ReadRow, { message: string }>;
  /** Other rows of the file are legs of the same call, or say the same of it. */
  hasOtherLegs: boolean;
}

/** The result of a record of a row. */
export interface Taken {
  good: GoodRow;
  /** The record's key. */
  key: string;
  priced: PricedOutcome;
}

/** How records are taken: posted, or only judged. */
export interface Taker {
  events(source: string, rows: readonly GoodRow[]): Promise<PricedOutcome[]>;
  /** An answer a leg; those of one call share it. */
  legs(rows: readonly GoodRow[]): Promise<Map<LegEvent, PricedOutcome>>;
}

export interface RowContext {
  companyId: bigint;
  numberKey: NumberKey;
}

/** After so many single rows that fail in a row, the fault is not the rows'. */
const MAX_FAILING = 20;
/** Refusals of one usage; any other refusal is of the company or the books. */
const OF_ONE_USAGE = ['bad-facts', 'usage-time', 'key-conflict'] as const;

/**
 * Takes rows in, an answer for each of their records. A row that fails for a reason of its own is found by halving, and
 * holds up none of its neighbours; what is not the rows' fault is thrown.
 */
export async function ingestRows(
  deps: IngestDeps,
  context: RowContext,
  taker: Taker,
  rows: readonly GoodRow[],
  failing = { count: 0 },
): Promise<Taken[]> {
  if (rows.length === 0) return [];
  try {
    const taken = await takeTogether(deps, context, taker, rows);
    failing.count = 0;
    return taken;
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    if (error instanceof RefillError && !hasCode(error, ...OF_ONE_USAGE)) throw error;
    const [first] = rows;
    if (rows.length === 1 && first !== undefined) {
      failing.count += 1;
      if (failing.count > MAX_FAILING) throw error;
      const message = `it could not be posted: ${describeFailure(error)}`;
      return [{ good: first, key: '', priced: { outcome: { outcome: 'rejected', message }, cost: null } }];
    }
    const middle = Math.ceil(rows.length / 2);
    return [
      ...(await ingestRows(deps, context, taker, rows.slice(0, middle), failing)),
      ...(await ingestRows(deps, context, taker, rows.slice(middle), failing)),
    ];
  }
}

async function takeTogether(
  deps: IngestDeps,
  context: RowContext,
  taker: Taker,
  rows: readonly GoodRow[],
): Promise<Taken[]> {
  const [first] = rows;
  if (first === undefined) return [];
  if ('legs' in first.read) return await takeLegs(taker, rows);
  const { known, fresh } = await sortOut(deps, context, rows);
  const taken = [...known];
  for (const [source, group] of groupBy(fresh, sourceOf)) {
    const answers = await taker.events(source, group);
    for (const [at, good] of group.entries()) {
      const priced = answers[at];
      if (priced !== undefined && 'event' in good.read)
        taken.push({ good, key: good.read.event.externalId, priced });
    }
  }
  return taken;
}

/** A call's answer belongs to its first row. */
async function takeLegs(taker: Taker, rows: readonly GoodRow[]): Promise<Taken[]> {
  const answers = await taker.legs(rows);
  const counted = new Set<PricedOutcome>();
  const taken: Taken[] = [];
  for (const good of rows)
    for (const leg of 'legs' in good.read ? good.read.legs : []) {
      const priced = answers.get(leg);
      if (priced === undefined || counted.has(priced)) continue;
      counted.add(priced);
      taken.push({ good, key: leg.event.externalId, priced });
    }
  return taken;
}

/** Of an export: what is posted here already under the very key, and the rest under the key that it has here. */
async function sortOut(
  { db }: IngestDeps,
  { companyId, numberKey }: RowContext,
  rows: readonly GoodRow[],
): Promise<{ known: Taken[]; fresh: GoodRow[] }> {
  const exported = rows.filter(({ read }) => 'event' in read && read.original !== undefined);
  if (exported.length === 0) return { known: [], fresh: [...rows] };
  const booked = await findBooked(
    db,
    companyId,
    exported.map((row) => ({ source: sourceOf(row), externalId: eventOf(row)?.externalId ?? '' })),
  );
  const known: Taken[] = [];
  const fresh: GoodRow[] = [];
  for (const row of rows) {
    const event = eventOf(row);
    const before = booked.get(`${sourceOf(row)} ${event?.externalId}`);
    if (event === null || !('event' in row.read)) continue;
    if (before === undefined) {
      const externalId = keyHere(event.externalId, event.externalNumber, numberKey);
      fresh.push({ ...row, read: { ...row.read, event: { ...event, externalId } } });
      continue;
    }
    const isSame =
      Math.abs(before.usageAt.getTime() - event.usageAt.getTime()) < 1_000 &&
      Number(before.durationMs) === Math.round(event.durationMs) &&
      before.quantity === row.read.original?.quantity &&
      before.direction === event.direction;
    known.push({
      good: row,
      key: event.externalId,
      priced: {
        outcome: isSame ? { outcome: 'duplicate' } : { outcome: 'conflict', message: conflictMessage },
        cost: null,
      },
    });
  }
  return { known, fresh };
}

function eventOf({ read }: GoodRow) {
  return 'event' in read ? read.event : null;
}

/** The source under which a row's records are in the books. */
export function sourceOf({ read }: Pick<GoodRow, 'read'>): string {
  return 'event' in read ? (read.source ?? API_SOURCE) : VENDOR_SOURCE;
}

function describeFailure(error: unknown): string {
  if (error instanceof RefillError) return error.message;
  return error instanceof Error ? (error.message.split('\n').at(-1) ?? error.name) : String(error);
}

/** Posts. */
export function createPoster(deps: IngestDeps, { companyId }: RowContext): Taker {
  return {
    async events(source, rows) {
      const events = rows.flatMap((row) => eventOf(row) ?? []);
      await markFromFile(deps, { companyId, source }, events);
      return await ingestPricedEvents(deps, { companyId, source, events });
    },
    async legs(rows) {
      const legs = rows.flatMap(({ read }) => ('legs' in read ? read.legs : []));
      const of = { companyId, source: VENDOR_SOURCE };
      await markFromFile(
        deps,
        of,
        legs.map(({ event }) => event),
      );
      return await ingestPricedLegs(deps, { ...of, legs });
    },
  };
}
