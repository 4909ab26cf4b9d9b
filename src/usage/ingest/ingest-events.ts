import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { correctUsage, type NewUsage, postUsage, type UsageOutcome } from '../../ledger/index.ts';
import { readDirectory } from '../../org/index.ts';
import { readDecks } from '../decks/deck-in-force.ts';
import { clearFromInbox, type InboxItem, keepInInbox, keepUnattributed } from './inbox.ts';
import { keepLegs, type LegEvent, lockLegs, mergeLegs } from './merge-legs.ts';
import { conflictWords, type IngestOutcome, rejectionWords } from './outcomes.ts';
import { type RatedEvent, rateEvent } from './rate-event.ts';
import type { UsageEvent } from './usage-event.ts';

export interface IngestDeps {
  db: Db;
  clock: Clock;
}

interface Batch {
  companyId: bigint;
  /** Set by the endpoint, never by the body (R23). */
  source: string;
}

/**
 * Takes events of one source in: whose they are, what they cost, and the ledger's entries, all in one transaction.
 * One outcome an event, in order; one bad event never holds up the others. The same key with other facts is a conflict.
 */
export async function ingestEvents(
  deps: IngestDeps,
  batch: Batch & { events: readonly UsageEvent[]; force?: boolean },
): Promise<IngestOutcome[]> {
  const { events } = batch;
  if (events.length === 0) return [];
  const rate = await prepareRating(deps, batch, events);
  const rated = events.map(rate);
  return await inTransaction(deps.db, (tx) => book(tx, deps.clock.now(), batch, rated, false));
}

/**
 * The same for a source that tells of one thing several times, in legs and versions: for each call or message what is
 * known by now is booked, and where other facts were booked before, the difference (R23). One outcome a call.
 */
export async function ingestLegs(
  deps: IngestDeps,
  batch: Batch & { legs: readonly LegEvent[] },
): Promise<Map<string, IngestOutcome>> {
  const { legs } = batch;
  if (legs.length === 0) return new Map();
  // Legs that came before may be older: the decks of a day around these are enough, as a call is one moment.
  const rate = await prepareRating(
    deps,
    batch,
    legs.map(({ event }) => event),
  );
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const calls = await keepLegs(tx, { ...batch, at });
    return await bookCalls(tx, at, { ...batch, calls }, rate);
  });
}

/** Books a call or message anew by the legs that are kept of it; null where none are. */
export async function ingestKept(
  deps: IngestDeps,
  batch: Batch & { call: UsageEvent; force: boolean },
): Promise<IngestOutcome | null> {
  const { externalId } = batch.call;
  const rate = await prepareRating(deps, batch, [batch.call]);
  return await inTransaction(deps.db, async (tx) => {
    await lockLegs(tx, batch);
    const outcomes = await bookCalls(tx, deps.clock.now(), { ...batch, calls: [externalId] }, rate);
    return outcomes.get(externalId) ?? null;
  });
}

async function bookCalls(
  tx: Tx,
  at: Date,
  batch: Batch & { calls: readonly string[]; force?: boolean },
  rate: (event: UsageEvent) => RatedEvent,
): Promise<Map<string, IngestOutcome>> {
  const events = await mergeLegs(tx, batch);
  const answers = await book(tx, at, batch, events.map(rate), true);
  return new Map(
    events.flatMap(({ externalId }, index) => {
      const answer = answers[index];
      return answer === undefined ? [] : [[externalId, answer]];
    }),
  );
}

const DAY_MS = 24 * 3_600_000;

/** What rates events of about these times: the directory as it is, and the decks in force. */
export async function prepareRating(
  { db }: Pick<IngestDeps, 'db'>,
  { companyId, source }: Batch,
  events: readonly UsageEvent[],
): Promise<(event: UsageEvent) => RatedEvent> {
  const times = events.map(({ usageAt }) => usageAt.getTime());
  const span = {
    from: new Date(times.reduce((a, b) => Math.min(a, b)) - DAY_MS),
    to: new Date(times.reduce((a, b) => Math.max(a, b)) + DAY_MS),
  };
  const [directory, deckAt] = await Promise.all([readDirectory(db, companyId), readDecks(db, span)]);
  return (event) => rateEvent(source, event, directory, deckAt);
}

async function book(
  tx: Tx,
  at: Date,
  batch: Batch & { force?: boolean },
  rated: readonly RatedEvent[],
  isAdjustable: boolean,
): Promise<IngestOutcome[]> {
  const { companyId, source } = batch;
  const records = rated.flatMap(({ usage }) => (usage === null ? [] : [usage]));
  const posted = (
    records.length === 0
      ? []
      : await postUsage(tx, { companyId, at, records, ...(batch.force === true ? { force: true } : {}) })
  ).values();
  const outcomes: IngestOutcome[] = [];
  const inbox: InboxItem[] = [];
  for (const each of rated) {
    const answer = each.usage === null ? null : (posted.next().value ?? null);
    const outcome =
      each.usage === null || answer === null
        ? { outcome: 'unrated' as const, words: each.words }
        : await toOutcome(tx, at, companyId, each, each.usage, answer, isAdjustable);
    outcomes.push(outcome);
    if (outcome.outcome === 'unrated' || outcome.outcome === 'waiting')
      inbox.push({ event: each.event, reason: outcome.outcome, words: outcome.words });
  }
  await keepInInbox(tx, { companyId, source, items: inbox, at });
  await clearFromInbox(tx, {
    companyId,
    source,
    externalIds: idsOf(rated, outcomes, ['posted', 'adjusted', 'duplicate']),
  });
  await keepUnattributed(tx, {
    companyId,
    source,
    at,
    events: rated.filter((_, i) => isUnattributed(outcomes[i])).map(({ event }) => event),
  });
  return outcomes;
}

async function toOutcome(
  tx: Tx,
  at: Date,
  companyId: bigint,
  { event, party }: RatedEvent,
  usage: NewUsage,
  answer: UsageOutcome,
  isAdjustable: boolean,
): Promise<IngestOutcome> {
  const { isAttributed } = party;
  switch (answer.outcome) {
    case 'posted':
      return { outcome: 'posted', isAttributed };
    case 'duplicate':
      return { outcome: 'duplicate' };
    case 'conflict': {
      if (!isAdjustable) return { outcome: 'conflict', words: conflictWords };
      const corrected = await correctUsage(tx, {
        companyId,
        usage,
        version: BigInt(event.version),
        key: `event:${usage.source}:${event.externalId}:${event.version}`,
        actor: usage.source,
        reason: 'A later event of the phone system',
        at,
      });
      return 'outcome' in corrected && corrected.outcome === 'stale'
        ? { outcome: 'duplicate' }
        : { outcome: 'adjusted', isAttributed };
    }
    case 'rejected': {
      const words = rejectionWords[answer.reason];
      return answer.reason === 'future' || answer.reason === 'too-old'
        ? { outcome: 'waiting', words }
        : { outcome: 'rejected', words };
    }
  }
}

function idsOf(
  rated: readonly RatedEvent[],
  outcomes: readonly IngestOutcome[],
  wanted: readonly IngestOutcome['outcome'][],
): string[] {
  return rated
    .filter((_, i) => wanted.includes(outcomes[i]?.outcome ?? 'rejected'))
    .map(({ event }) => event.externalId);
}

function isUnattributed(outcome: IngestOutcome | undefined): boolean {
  return (
    outcome !== undefined &&
    (outcome.outcome === 'posted' || outcome.outcome === 'adjusted') &&
    !outcome.isAttributed
  );
}
