import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import {
  correctUsage,
  type NewUsage,
  postUsage,
  type UsageOutcome,
  type UsageRejection,
} from '../../ledger/index.ts';
import type { Money } from '../../money.ts';
import type { NumberKey } from '../../number-key.ts';
import { readNumberKey, type SecretBox } from '../../org/index.ts';
import { clearFromInbox, type InboxItem, storeInInbox, storeUnattributed } from './inbox.ts';
import { type LegEvent, mergeLegs, storeLegs } from './merge-legs.ts';
import { conflictMessage, type IngestOutcome, rejectionMessages } from './outcomes.ts';
import { prepareRating, type RatingState, readRatingState } from './prepare-rating.ts';
import type { RatedEvent } from './rate-event.ts';
import type { UsageEvent } from './usage-event.ts';

export interface IngestDeps {
  db: Db;
  clock: Clock;
  /** Opens the key of a company's numbers. */
  secrets: SecretBox;
}

interface Batch {
  companyId: bigint;
  /** Set by the endpoint, never by the body (R23). */
  source: string;
  /** The operator accepts what is too old or in the future (R7). */
  force?: boolean;
}

/**
 * Takes events of one source in: whose they are, what they cost, and the ledger's entries. One outcome an event, in
 * order; one bad event never holds up the others. The same key with other facts is a conflict.
 */
export async function ingestEvents(
  deps: IngestDeps,
  batch: Batch & { events: readonly UsageEvent[] },
): Promise<IngestOutcome[]> {
  return (await ingestPricedEvents(deps, batch)).map(({ outcome }) => outcome);
}

/** An outcome, and by how much it changed what the company has used; null where it changed nothing. */
export interface PricedOutcome {
  outcome: IngestOutcome;
  cost: Money | null;
}

/** The same, with what each event cost. */
export async function ingestPricedEvents(
  deps: IngestDeps,
  batch: Batch & { events: readonly UsageEvent[] },
): Promise<PricedOutcome[]> {
  const { events } = batch;
  if (events.length === 0) return [];
  const state = await readRatingState(deps.db, batch);
  return await bookEvents(deps, batch, events, { state, isAdjustable: false });
}

/**
 * The same for a source that reports one thing several times, in legs and versions: for each call or message what is
 * known by now is posted, and where other facts were posted before, the difference (R23). One outcome a leg: its call's. A
 * call under the id of another one waits for the operator: it is neither merged with that, nor charged by its own.
 */
export async function ingestLegs(
  deps: IngestDeps,
  batch: Batch & { legs: readonly LegEvent[] },
): Promise<Map<LegEvent, IngestOutcome>> {
  const priced = await ingestPricedLegs(deps, batch);
  return new Map([...priced].map(([leg, { outcome }]) => [leg, outcome]));
}

/** The same, with what each call cost: legs of one call share one answer. */
export async function ingestPricedLegs(
  deps: IngestDeps,
  batch: Batch & { legs: readonly LegEvent[] },
): Promise<Map<LegEvent, PricedOutcome>> {
  if (batch.legs.length === 0) return new Map();
  const at = deps.clock.now();
  const [{ callOf, others }, state] = await Promise.all([
    storeLegs(deps.db, { ...batch, at }),
    readRatingState(deps.db, batch),
  ]);
  const calls = [...new Set(callOf.values())];
  const outcomes = await bookCalls(
    deps,
    { ...batch, calls: calls.filter((call) => !others.has(call)) },
    state,
  );
  if (others.size > 0) {
    const events = await mergeLegs(deps.db, { ...batch, calls: [...others] });
    const items = events.map((event) => ({ event, reason: 'waiting' as const, message: ANOTHER_CALL }));
    await storeInInbox(deps.db, { ...batch, items, at });
    for (const call of others)
      outcomes.set(call, { outcome: { outcome: 'waiting', message: ANOTHER_CALL }, cost: null });
  }
  return new Map(
    [...callOf].flatMap(([leg, call]) => {
      const outcome = outcomes.get(call);
      return outcome === undefined ? [] : [[leg, outcome]];
    }),
  );
}

export const ANOTHER_CALL = 'another one has this id, at another time; kept for the operator';

/** Books a call or message again by the legs that are kept of it; null where none are. */
export async function ingestStored(
  deps: IngestDeps,
  batch: Batch & { call: string },
): Promise<IngestOutcome | null> {
  const outcomes = await bookCalls(
    deps,
    { ...batch, calls: [batch.call] },
    await readRatingState(deps.db, batch),
  );
  return outcomes.get(batch.call)?.outcome ?? null;
}

async function bookCalls(
  deps: IngestDeps,
  batch: Batch & { calls: readonly string[] },
  state: RatingState,
): Promise<Map<string, PricedOutcome>> {
  if (batch.calls.length === 0) return new Map();
  const events = await mergeLegs(deps.db, batch);
  if (events.length === 0) return new Map();
  const answers = await bookEvents(deps, batch, events, { state, isAdjustable: true });
  return new Map(
    events.flatMap(({ externalId }, index) => {
      const answer = answers[index];
      return answer === undefined ? [] : [[externalId, answer]];
    }),
  );
}

interface PostingOptions {
  numberKey: NumberKey;
  state: RatingState;
  isAdjustable: boolean;
}

/**
 * The ledger's entries are one statement, and so one transaction. Where there is more to keep than those, all of it is
 * one transaction; what is posted may stay in the inbox for a while, as a retry finds it posted.
 */
async function bookEvents(
  deps: IngestDeps,
  batch: Batch,
  events: readonly UsageEvent[],
  options: Omit<PostingOptions, 'numberKey'>,
): Promise<PricedOutcome[]> {
  const how = { ...options, numberKey: await readNumberKey(deps, batch.companyId) };
  const rate = await prepareRating(deps.db, batch, how.state, events);
  const rated = events.map(rate);
  const at = deps.clock.now();
  const plain = rated.flatMap(({ usage, party }) => (usage !== null && party.isAttributed ? [usage] : []));
  if (plain.length < rated.length || batch.force === true)
    return await inTransaction(deps.db, async (tx) =>
      settleAnswers(tx, at, batch, await post(tx, at, batch, { ...how, rated }), { ...how, rated }),
    );
  const answers = await postUsage(deps.db, {
    companyId: batch.companyId,
    at,
    numberKey: how.numberKey,
    records: plain,
  });
  const isDone = answers.every(({ outcome }) => outcome === 'posted' || outcome === 'duplicate');
  return isDone
    ? await settleAnswers(deps.db, at, batch, answers, { ...how, rated })
    : await inTransaction(deps.db, (tx) => settleAnswers(tx, at, batch, answers, { ...how, rated }));
}

async function post(
  tx: Tx,
  at: Date,
  { companyId, force }: Batch,
  { rated, numberKey }: PostingOptions & { rated: readonly RatedEvent[] },
): Promise<UsageOutcome[]> {
  const records = rated.flatMap(({ usage }) => (usage === null ? [] : [usage]));
  return records.length === 0
    ? []
    : await postUsage(tx, { companyId, at, numberKey, records, ...(force === true ? { force } : {}) });
}

/** What follows from the ledger's answers: later facts corrected, and what is kept or need not be kept any more. */
export async function settleAnswers(
  tx: Queryable,
  at: Date,
  { companyId, source }: Batch,
  answers: readonly UsageOutcome[],
  { rated, ...how }: PostingOptions & { rated: readonly RatedEvent[] },
): Promise<PricedOutcome[]> {
  const posted = answers.values();
  const priced: PricedOutcome[] = [];
  const inbox: InboxItem[] = [];
  for (const each of rated) {
    const answer = each.usage === null ? null : (posted.next().value ?? null);
    const one: PricedOutcome =
      each.usage === null || answer === null
        ? { outcome: { outcome: 'unrated', message: each.message }, cost: null }
        : await toOutcome(tx, at, companyId, each, each.usage, answer, how);
    priced.push(one);
    const { outcome } = one;
    if (outcome.outcome === 'unrated' || outcome.outcome === 'waiting')
      inbox.push({ event: each.event, reason: outcome.outcome, message: outcome.message });
  }
  const outcomes = priced.map(({ outcome }) => outcome);
  await storeInInbox(tx, { companyId, source, items: inbox, at });
  if (how.state.hasInbox)
    await clearFromInbox(tx, { companyId, source, externalIds: idsOfBooked(rated, outcomes) });
  await storeUnattributed(tx, {
    companyId,
    source,
    at,
    events: rated.filter((_, i) => isUnattributed(outcomes[i])).map(({ event }) => event),
  });
  return priced;
}

async function toOutcome(
  tx: Queryable,
  at: Date,
  companyId: bigint,
  { event, party }: RatedEvent,
  usage: NewUsage,
  answer: UsageOutcome,
  { numberKey, isAdjustable }: PostingOptions,
): Promise<PricedOutcome> {
  const { isAttributed } = party;
  switch (answer.outcome) {
    case 'posted':
      return { outcome: { outcome: 'posted', isAttributed }, cost: usage.cost };
    case 'duplicate':
      return { outcome: { outcome: 'duplicate' }, cost: null };
    case 'conflict': {
      if (!isAdjustable) return { outcome: { outcome: 'conflict', message: conflictMessage }, cost: null };
      const corrected = await correctUsage(tx, {
        companyId,
        numberKey,
        usage,
        version: BigInt(event.version),
        key: `event:${usage.source}:${event.externalId}:${event.version}`,
        actor: usage.source,
        reason: 'A later event of the phone system',
        at,
      });
      return corrected.outcome === 'stale'
        ? { outcome: { outcome: 'duplicate' }, cost: null }
        : {
            outcome: { outcome: 'adjusted', isAttributed },
            cost: corrected.drawn.minus(corrected.returned),
          };
    }
    case 'rejected':
      return { outcome: toRejection(answer.reason), cost: null };
  }
}

/** What is of another time than now is kept for the operator; everything else is for the sender to mend. */
export function toRejection(reason: UsageRejection): IngestOutcome {
  const message = rejectionMessages[reason];
  return reason === 'future' || reason === 'too-old'
    ? { outcome: 'waiting', message }
    : { outcome: 'rejected', message };
}

function idsOfBooked(rated: readonly RatedEvent[], outcomes: readonly IngestOutcome[]): string[] {
  const booked = ['posted', 'adjusted', 'duplicate'];
  return rated
    .filter((_, i) => booked.includes(outcomes[i]?.outcome ?? 'rejected'))
    .map(({ event }) => event.externalId);
}

function isUnattributed(outcome: IngestOutcome | undefined): boolean {
  return (
    outcome !== undefined &&
    (outcome.outcome === 'posted' || outcome.outcome === 'adjusted') &&
    !outcome.isAttributed
  );
}
