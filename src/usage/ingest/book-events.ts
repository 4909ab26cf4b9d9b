import { inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import {
  correctUsage,
  type NewUsage,
  postUsage,
  type UsageOutcome,
  type UsageRejection,
} from '../../ledger/index.ts';
import type { NumberKey } from '../../number-key.ts';
import { readNumberKey } from '../../org/index.ts';
import { clearFromInbox, type InboxItem, storeInInbox, storeUnattributed } from './inbox.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { conflictMessage, type IngestOutcome, type PricedOutcome, rejectionMessages } from './outcomes.ts';
import { prepareRating, type RatingState } from './prepare-rating.ts';
import type { RatedEvent } from './rate-event.ts';
import type { UsageEvent } from './usage-event.ts';

/** Events that arrive together. */
export interface Batch {
  companyId: bigint;
  /** Set by the endpoint, never by the body (R23). */
  source: string;
  /** The operator accepts what is too old or in the future (R7). */
  force?: boolean;
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
export async function bookEvents(
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
