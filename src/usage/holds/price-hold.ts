import { SECOND_MS } from '../../durations.ts';
import type { UsageClass } from '../../ledger/index.ts';
import type { Money } from '../../money.ts';
import { type Party, readDirectory } from '../../org/index.ts';
import { type CallTerms, costOfSeconds, findCallTerms, type Rated, rateTraffic } from '../../rating/index.ts';
import { deckInForce } from '../decks/deck-in-force.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { attribute } from '../ingest/rate-event.ts';
import type { UsageEvent } from '../ingest/usage-event.ts';
import type { HoldBody } from './read-hold-body.ts';

/** Whose a hold is, and what it comes to; `terms` where it grows with the length of a call. */
export type HoldPrice =
  | { outcome: 'priced'; class: UsageClass; party: Party; cost: Money; terms: CallTerms | null }
  | { outcome: 'unrated'; message: string };

/** What is asked for costs as much as the same usage would, by the rates in force now (R18 to R22). */
export async function priceHold(
  deps: Pick<IngestDeps, 'db'>,
  companyId: bigint,
  body: HoldBody,
  at: Date,
): Promise<HoldPrice> {
  const directory = await readDirectory(deps.db, companyId);
  const { party, traffic } = attribute(toEvent(body, at), directory);
  const usageClass = body.kind === 'ai_conversation' ? 'ai' : 'calls';
  if (body.size.unit === 'amount')
    return { outcome: 'priced', class: usageClass, party, cost: body.size.amount, terms: null };
  const deck = await deckInForce(deps.db, at);
  if (traffic.kind !== 'call') return toPrice(rateTraffic(deck, traffic), party);
  const found = findCallTerms(deck, traffic);
  if (found.outcome !== 'priced') return toPrice(found, party);
  const { terms } = found;
  const cost = costOfSeconds(terms, body.size.count);
  return { outcome: 'priced', class: usageClass, party, cost, terms };
}

function toPrice(rated: Rated, party: Party): HoldPrice {
  return rated.outcome === 'unrated'
    ? { outcome: 'unrated', message: rated.explanation }
    : { outcome: 'priced', class: rated.class, party, cost: rated.cost, terms: null };
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
