import { type Batch, bookEvents } from './book-events.ts';
import { storeInInbox } from './inbox.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { type LegEvent, mergeLegs, storeLegs } from './merge-legs.ts';
import type { IngestOutcome, PricedOutcome } from './outcomes.ts';
import { type RatingState, readRatingState } from './prepare-rating.ts';
import type { UsageEvent } from './usage-event.ts';

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
    const items = events.map((event) => ({ event, reason: 'waiting' as const, message: SAME_ID_REASON }));
    await storeInInbox(deps.db, { ...batch, items, at });
    for (const call of others)
      outcomes.set(call, { outcome: { outcome: 'waiting', message: SAME_ID_REASON }, cost: null });
  }
  return new Map(
    [...callOf].flatMap(([leg, call]) => {
      const outcome = outcomes.get(call);
      return outcome === undefined ? [] : [[leg, outcome]];
    }),
  );
}

/** Why a call under the id of another call waits (R23.3). */
export const SAME_ID_REASON = 'another one has this id, at another time; kept for the operator';

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
