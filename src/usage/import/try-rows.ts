import { type Db, inTransaction } from '../../db/index.ts';
import { judgeUsage, type NewUsage, postUsage, readBalance } from '../../ledger/index.ts';
import { dollars, fromMicros, type Money } from '../../money.ts';
import { toRejection } from '../ingest/book-events.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { SAME_ID_REASON } from '../ingest/ingest-events.ts';
import { mergeUnstoredLegs } from '../ingest/merge-legs.ts';
import type { PricedOutcome } from '../ingest/outcomes.ts';
import { conflictMessage } from '../ingest/outcomes.ts';
import { prepareRating, readRatingState } from '../ingest/prepare-rating.ts';
import type { RatedEvent } from '../ingest/rate-event.ts';
import type { UsageEvent } from '../ingest/usage-event.ts';
import { VENDOR_SOURCE } from '../ingest/usage-sources.ts';
import { findBooked } from './find-booked.ts';
import type { GoodRow, RowContext, Taker } from './ingest-rows.ts';

const NOTHING = dollars('0');

/** Costs that the same grants pay: of an office, a class, and a time between two at which a grant begins or ends. */
interface CostPart {
  usage: NewUsage;
  cost: Money;
}

/** Judges rows as posting them would, and posts nothing. */
export interface Trial extends Taker {
  /** What the company's wallets would be overdrawn by in all, after everything that was judged. */
  findDebt(): Promise<Money>;
}

/** A trial of an import. What it remembers grows with the calls of several legs alone. */
export async function createTrial(deps: IngestDeps, context: RowContext): Promise<Trial> {
  const { companyId } = context;
  const turns = await readGrantTurns(deps.db, companyId);
  const parts = new Map<string, CostPart>();
  const calls = new Map<string, { ms: number; cost: Money }>();

  const addCost = (usage: NewUsage, cost: Money): void => {
    const span = turns.filter((turn) => turn <= usage.usageAt.getTime()).length;
    const key = `${usage.officeId}|${usage.class}|${span}`;
    const known = parts.get(key);
    if (known === undefined) parts.set(key, { usage, cost });
    else known.cost = known.cost.plus(cost);
  };

  const judge = async (
    source: string,
    events: readonly UsageEvent[],
    isAdjustable: boolean,
    severalLegs: ReadonlySet<string> = new Set(),
  ): Promise<PricedOutcome[]> => {
    if (events.length === 0) return [];
    const of = { companyId, source };
    const rate = await prepareRating(deps.db, of, await readRatingState(deps.db, of), events);
    const rated = events.map(rate);
    const records = rated.flatMap(({ usage }) => (usage === null ? [] : [usage]));
    const judged = await judgeUsage(deps.db, { ...context, at: deps.clock.now(), records });
    const answers = new Map(records.map((record, at) => [record, judged[at]] as const));
    const isConflict = (usage: NewUsage | null): usage is NewUsage =>
      usage !== null && answers.get(usage)?.outcome === 'conflict';
    const booked = await findBooked(deps.db, companyId, records.filter(isConflict));
    return rated.map((each): PricedOutcome => {
      const { usage } = each;
      if (usage === null) return { outcome: { outcome: 'unrated', message: each.message }, cost: null };
      const answer = answers.get(usage);
      if (answer === undefined || answer.outcome === 'duplicate')
        return { outcome: { outcome: 'duplicate' }, cost: null };
      if (answer.outcome === 'rejected') return { outcome: toRejection(answer.reason), cost: null };
      if (answer.outcome !== 'conflict') return toPosted(each, usage, severalLegs.has(usage.externalId));
      if (!isAdjustable) return { outcome: { outcome: 'conflict', message: conflictMessage }, cost: null };
      if (BigInt(each.event.version) <= answer.bookedVersion)
        return { outcome: { outcome: 'duplicate' }, cost: null };
      const before = booked.get(`${usage.source} ${usage.externalId}`)?.costMicros ?? 0n;
      const cost = usage.cost.minus(fromMicros(before));
      addCost(usage, cost);
      return { outcome: { outcome: 'adjusted', isAttributed: each.party.isAttributed }, cost };
    });
  };

  /** Of a call whose other legs came before, only what its cost grows by. */
  const toPosted = (each: RatedEvent, usage: NewUsage, hasOtherLegs: boolean): PricedOutcome => {
    const { isAttributed } = each.party;
    const before = hasOtherLegs ? calls.get(usage.externalId) : undefined;
    const ms = each.event.answeredAt === null ? -1 : each.event.durationMs;
    if (before !== undefined && before.ms >= ms) return { outcome: { outcome: 'duplicate' }, cost: null };
    if (hasOtherLegs) calls.set(usage.externalId, { ms, cost: usage.cost });
    const cost = usage.cost.minus(before?.cost ?? NOTHING);
    addCost(usage, cost);
    return { outcome: { outcome: before === undefined ? 'posted' : 'adjusted', isAttributed }, cost };
  };

  return {
    events: (source, rows) =>
      judge(
        source,
        rows.flatMap(({ read }) => ('event' in read ? [read.event] : [])),
        false,
      ),
    legs: async (rows) => {
      const legs = rows.flatMap(({ read }) => ('legs' in read ? read.legs : []));
      const of = { companyId, source: VENDOR_SOURCE, legs };
      const { events, others } = await mergeUnstoredLegs(deps.db, of);
      const severalLegs = new Set(rows.filter((row) => row.hasOtherLegs).flatMap(keysOf));
      const answers = await judge(VENDOR_SOURCE, events, true, severalLegs);
      const byCall = new Map(events.map(({ externalId }, at) => [externalId, answers[at]] as const));
      const another: PricedOutcome = { outcome: { outcome: 'waiting', message: SAME_ID_REASON }, cost: null };
      return new Map(
        legs.flatMap((leg) => {
          const answer = others.includes(leg) ? { ...another } : byCall.get(leg.event.externalId);
          return answer === undefined ? [] : [[leg, answer]];
        }),
      );
    },
    findDebt: () => tryDebt(deps, context, [...parts.values()]),
  };
}

function keysOf({ read }: GoodRow): string[] {
  return 'legs' in read ? read.legs.map(({ event }) => event.externalId) : [];
}

/** When a grant of the company begins or ends: between two such times, the same ones pay. */
async function readGrantTurns(db: Db, companyId: bigint): Promise<number[]> {
  const grants = await db.creditGrant.findMany({
    where: { companyId, isOpen: true },
    select: { effectiveAt: true, expiresAt: true },
  });
  const times = grants.flatMap(({ effectiveAt, expiresAt }) => [effectiveAt.getTime(), expiresAt.getTime()]);
  return [...new Set(times)].filter(Number.isFinite).sort((a, b) => a - b);
}

/** Carries a figure out of a transaction that must leave nothing behind. */
class RolledBack extends Error {
  constructor(readonly debt: Money) {
    super('nothing is kept');
  }
}

/** Posts the sums of a trial, reads what the company then owes, and rolls all of it back. */
async function tryDebt(
  { db, clock }: IngestDeps,
  { companyId, numberKey }: RowContext,
  parts: readonly CostPart[],
): Promise<Money> {
  const at = clock.now();
  try {
    return await inTransaction(db, async (tx) => {
      const records = parts
        .filter(({ cost }) => cost.isPositive())
        .map(({ usage, cost }, serial) => ({
          ...usage,
          source: 'trial',
          externalId: `${at.getTime()}:${serial}`,
          cost,
        }));
      await postUsage(tx, { companyId, at, numberKey, records });
      throw new RolledBack(await readDebt(tx, companyId, at));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.debt;
    throw error;
  }
}

/** What a company's wallets are overdrawn by, in all. */
export async function readDebt(
  db: Parameters<typeof readBalance>[0],
  companyId: bigint,
  at: Date,
): Promise<Money> {
  const { wallets } = await readBalance(db, companyId, at);
  return wallets.reduce((sum, { debt }) => sum.plus(debt.calls).plus(debt.ai), NOTHING);
}
