import type { Db } from '../../db/index.ts';
import { SECOND_MS } from '../../durations.ts';
import type { UsageClass } from '../../ledger/index.ts';
import type { Money } from '../../money.ts';
import type { Directory, Party } from '../../org/index.ts';
import { type CallTerms, costOfSeconds, findCallTerms, rateTraffic } from '../../rating/index.ts';
import { readDecks } from '../decks/deck-in-force.ts';
import { attribute } from '../ingest/rate-event.ts';
import type { UsageEvent } from '../ingest/usage-event.ts';
import type { HoldBody } from './read-hold-body.ts';

/** Whose a hold is, and what it comes to; `terms` where it grows with the length of a call. Without a cost nothing prices it. */
export type HoldPrice = { class: UsageClass; party: Party } & (
  | { cost: Money; terms: CallTerms | null }
  | { cost: null; terms: null; message: string }
);

/**
 * What is asked for costs as much as the same usage would, by the rates in force now (R18 to R22). `newestDeck`: the last import of
 * rates, as the caller has just read it.
 */
export async function priceHold(
  db: Db,
  body: HoldBody,
  { directory, newestDeck, at }: { directory: Directory; newestDeck: bigint; at: Date },
): Promise<HoldPrice> {
  const { party, traffic } = attribute(toEvent(body, at), directory);
  const of = { class: body.kind === 'ai_conversation' ? 'ai' : 'calls', party } as const;
  if (body.size.unit === 'amount') return { ...of, cost: body.size.amount, terms: null };
  const deckAt = await readDecks(db, { from: at, to: at }, newestDeck);
  const deck = deckAt(at);
  const found = traffic.kind === 'call' ? findCallTerms(deck, traffic) : rateTraffic(deck, traffic);
  switch (found.outcome) {
    case 'unrated':
      return { ...of, cost: null, terms: null, message: found.explanation };
    case 'rated':
      return { ...of, class: found.class, cost: found.cost, terms: null };
    case 'priced':
      return { ...of, cost: costOfSeconds(found.terms, body.size.count), terms: found.terms };
  }
}

/** The usage as it would be if it went as far as is asked, from now. */
function toEvent({ size, ...body }: HoldBody, at: Date): UsageEvent {
  const pieces = size.unit === 'pieces' ? size.count : 1;
  return {
    externalId: body.id,
    kind: body.kind,
    direction: body.direction,
    externalNumber: body.externalNumber,
    internalNumber: body.internalNumber,
    party: body.party,
    usageAt: at,
    answeredAt: at,
    durationMs: size.unit === 'seconds' ? size.count * SECOND_MS : 0,
    isInternal: body.isInternal,
    isFailed: false,
    // A recipient of a text without content is one segment: so many recipients are so many pieces.
    text: null,
    recipients: pieces,
    pages: pieces,
    hasResponded: true,
    version: '0',
  };
}
