import { type Db, inTransaction, isUniqueViolation, type Tx } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { type BookedUsage, correctUsage, listUsage, type UsageCursor } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import type { NumberKey } from '../../number-key.ts';
import { type NumberKeyDeps, readNumberKey, recordAudit } from '../../org/index.ts';
import { type Rated, rateTraffic } from '../../rating/index.ts';
import { type DeckHistory, readDeckHistory } from './deck-history.ts';
import { type PartyOf, readParties } from './read-parties.ts';
import { trafficOf } from './traffic-of.ts';

export interface ReRating {
  companyId: bigint;
  /** Usage time, [from, to). */
  from: Date;
  to: Date;
  /** Compare only. */
  dryRun: boolean;
  actor: string;
  reason: string;
  at: Date;
}

export interface ReRated {
  examined: number;
  dearer: number;
  cheaper: number;
  /** What the changes come to: above zero where more is charged. */
  difference: Money;
  /** The decks give no price now: left as they are charged. */
  withoutRate: number;
  /** Charged in a way that the decks of that time do not explain, by hand for instance: left as they are charged. */
  unexplained: number;
}

type Priced = Extract<Rated, { outcome: 'rated' }>;
type Verdict = 'unchanged' | 'withoutRate' | 'unexplained' | { rated: Priced };

const nothing = (): ReRated => ({
  examined: 0,
  dearer: 0,
  cheaper: 0,
  difference: dollars('0'),
  withoutRate: 0,
  unexplained: 0,
});

/** So many records are judged and corrected in one transaction. */
const PAGE = 100;
const PAGE_ATTEMPTS = 5;

/**
 * Rates a company's usage of a period again by the decks known now, and posts the differences as corrections (R8). Only
 * usage whose price the decks of its day explain is touched. A page is a transaction, each revision of a record is
 * corrected once; so it may be stopped and run again. Throws RefillError `company-unknown`. Applies R8.4.
 */
export async function reRate(deps: NumberKeyDeps, order: ReRating): Promise<ReRated> {
  const { db } = deps;
  const partyOf = await readParties(db, order.companyId);
  if (partyOf === null) throw new RefillError('company-unknown', `There is no company ${order.companyId}.`);
  const decks = await readDeckHistory(db);
  const numberKey = await readNumberKey(deps, order.companyId);
  const sum = nothing();
  for (let after: UsageCursor | undefined; ; ) {
    const page = await reRatePage(db, order, { partyOf, decks, numberKey, after });
    for (const key of ['examined', 'dearer', 'cheaper', 'withoutRate', 'unexplained'] as const)
      sum[key] += page.sum[key];
    sum.difference = sum.difference.plus(page.sum.difference);
    if (page.last === undefined) break;
    after = page.last;
  }
  if (!order.dryRun) await inTransaction(db, (tx) => auditReRating(tx, order, sum));
  return sum;
}

interface Means {
  numberKey: NumberKey;
  partyOf: PartyOf;
  decks: DeckHistory;
  after: UsageCursor | undefined;
}

/**
 * One page. It is read and corrected in one snapshot: where a record got another revision meanwhile, the database refuses
 * ours, and the page is judged again.
 */
async function reRatePage(
  db: Db,
  order: ReRating,
  means: Means,
): Promise<{ sum: ReRated; last: UsageCursor | undefined }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(db, (tx) => judgePage(tx, order, means), {
        isolation: 'RepeatableRead',
        timeoutMs: MINUTE_MS,
        retries: 10,
      });
    } catch (error) {
      if (attempt >= PAGE_ATTEMPTS || !isUniqueViolation(error, 'usage_record_pkey')) throw error;
    }
  }
}

async function judgePage(
  tx: Tx,
  order: ReRating,
  { partyOf, decks, numberKey, after }: Means,
): Promise<{ sum: ReRated; last: UsageCursor | undefined }> {
  const { companyId, from, to } = order;
  const records = await listUsage(tx, {
    companyId,
    from,
    to,
    limit: PAGE,
    ...(after === undefined ? {} : { after }),
  });
  const sum = { ...nothing(), examined: records.length };
  for (const usage of records) {
    const verdict = await judge(usage, { partyOf, decks, at: order.at });
    if (verdict === 'unchanged') continue;
    if (typeof verdict === 'string') {
      sum[verdict] += 1;
      continue;
    }
    const { rated } = verdict;
    sum[rated.cost.greaterThan(usage.cost) ? 'dearer' : 'cheaper'] += 1;
    sum.difference = sum.difference.plus(rated.cost).minus(usage.cost);
    if (!order.dryRun) await correct(tx, { ...order, numberKey }, usage, rated);
  }
  return { sum, last: records.length < PAGE ? undefined : records.at(-1) };
}

/** Finds the circumstances under which the decks of its day give the price that was charged, then prices those again. */
async function judge(
  usage: BookedUsage,
  { partyOf, decks, at }: { partyOf: PartyOf; decks: DeckHistory; at: Date },
): Promise<Verdict> {
  const candidates = trafficOf(usage, partyOf(usage));
  if (candidates.length === 0) return 'unchanged';
  const then = await decks(usage.usageAt, usage.postedAt);
  const now = await decks(usage.usageAt, at);
  if (then === now) return 'unchanged';
  const traffic = candidates.find((candidate) => isPriceOf(rateTraffic(then, candidate), usage));
  if (traffic === undefined) return 'unexplained';
  const rated = rateTraffic(now, traffic);
  if (rated.outcome === 'unrated') return 'withoutRate';
  return isPriceOf(rated, usage) ? 'unchanged' : { rated };
}

function isPriceOf(rated: Rated, usage: BookedUsage): boolean {
  return (
    rated.outcome === 'rated' &&
    rated.category === usage.category &&
    rated.billedSeconds === usage.billedSeconds &&
    rated.quantity === usage.quantity &&
    rated.cost.equals(usage.cost)
  );
}

async function correct(
  tx: Tx,
  order: ReRating & { numberKey: NumberKey },
  booked: BookedUsage,
  rated: Priced,
): Promise<void> {
  const { revision, postedAt: _, ...usage } = booked;
  await correctUsage(tx, {
    companyId: order.companyId,
    numberKey: order.numberKey,
    usage: { ...usage, cost: rated.cost, billedSeconds: rated.billedSeconds, price: rated.explanation },
    key: `re-rate/${usage.source}/${usage.externalId}/${revision}`,
    actor: order.actor,
    reason: order.reason,
    at: order.at,
  });
}

async function auditReRating(tx: Tx, order: ReRating, sum: ReRated): Promise<void> {
  const { companyId, at, actor, reason, from, to } = order;
  await recordAudit(tx, {
    companyId,
    at,
    actor,
    surface: 'operator',
    action: 'usage-re-rated',
    reason,
    details: {
      from: from.toISOString(),
      to: to.toISOString(),
      dearer: sum.dearer,
      cheaper: sum.cheaper,
      difference: sum.difference.toFixed(4),
    },
  });
}
