import {
  type AiTraffic,
  type CallTraffic,
  type CompiledDeck,
  compileDeck,
  type FaxTraffic,
  type MessageTraffic,
  parseDeck,
  type RateDeck,
  type Rated,
  toVersions,
} from '../../src/rating/index.ts';

const AT = new Date('2026-11-14T09:30:00Z');

/** A deck from the text of its file; throws on a fault, so that no test rates with half of one. */
export function deckOf(text: string): RateDeck {
  const { rows, faults } = parseDeck(text);
  const decks = toVersions(rows);
  const [deck] = decks;
  if (deck === undefined || decks.length > 1 || faults.length > 0)
    throw new Error(`not one deck: ${JSON.stringify(faults)}`);
  return deck;
}

/** The same, ready to rate with. */
export function ratesOf(text: string): CompiledDeck {
  return compileDeck(deckOf(text));
}

/** A Talk user in San Francisco called London for a minute, unless told otherwise. */
export function call(facts: Partial<CallTraffic> = {}): CallTraffic {
  return {
    kind: 'call',
    direction: 'outbound',
    externalNumber: '+442079460000',
    isInternal: false,
    officeCountry: 'US',
    at: AT,
    answeredAt: AT,
    durationMs: 60_000,
    licence: 'talk',
    isTollFreeLine: false,
    ...facts,
  };
}

/** A short text from San Francisco to New York, unless told otherwise. */
export function message(facts: Partial<MessageTraffic> = {}): MessageTraffic {
  return {
    kind: 'sms',
    direction: 'outbound',
    externalNumber: '+12125550100',
    isInternal: false,
    officeCountry: 'US',
    at: AT,
    text: 'On my way',
    recipients: 1,
    isFailed: false,
    ...facts,
  };
}

/** A fax of one page, unless told otherwise. */
export function fax(facts: Partial<FaxTraffic> = {}): FaxTraffic {
  const { direction, externalNumber, isInternal, officeCountry, at } = message();
  return {
    kind: 'fax',
    direction,
    externalNumber,
    isInternal,
    officeCountry,
    at,
    pages: 1,
    isFailed: false,
    ...facts,
  };
}

/** A conversation with the AI agent, which responded unless told otherwise. */
export function conversation(facts: Partial<AiTraffic> = {}): AiTraffic {
  const { isInternal, officeCountry, at } = message();
  return {
    kind: 'ai_conversation',
    direction: 'inbound',
    externalNumber: null,
    isInternal,
    officeCountry,
    at,
    hasResponded: true,
    ...facts,
  };
}

/** What was rated in short: cost, category and prefix, or the reason why it was not. */
export function inShort(rated: Rated): string {
  if (rated.outcome === 'unrated') return rated.reason;
  return `${rated.cost.toFixed(4)} ${rated.category} ${rated.prefix ?? '-'}`;
}
