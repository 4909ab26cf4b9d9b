import type { NewUsage } from '../../ledger/index.ts';
import type { Directory, Party } from '../../org/index.ts';
import { isE164 } from '../../phone-number.ts';
import {
  type AnyTraffic,
  type CallTraffic,
  isTollFree,
  type Licence,
  licenceOf,
  type Rated,
  rateTraffic,
} from '../../rating/index.ts';
import type { DeckAt } from '../decks/deck-in-force.ts';
import type { UsageEvent } from './usage-event.ts';

/** An event with whose it is and what it comes to. */
export interface RatedEvent {
  event: UsageEvent;
  party: Party;
  /** Null: there is no rate, so it is not posted (R18). */
  usage: NewUsage | null;
  /** Why there is no rate; else how the price came about. */
  message: string;
}

/** Attributes an event to its owner and prices it (R1, R5, R18–R22). */
export function rateEvent(
  source: string,
  event: UsageEvent,
  directory: Directory,
  deckAt: DeckAt,
): RatedEvent {
  const { party, traffic } = attribute(event, directory);
  const rated = rateTraffic(deckAt(event.usageAt), traffic);
  return {
    event,
    party,
    usage: rated.outcome === 'rated' ? toUsage(source, event, party, rated) : null,
    message: rated.explanation,
  };
}

/** Whose an event is, and what rating sees of it. */
export function attribute(event: UsageEvent, directory: Directory): { party: Party; traffic: AnyTraffic } {
  const hint =
    event.internalNumber === null ? event.party : { internalNumber: event.internalNumber, ...event.party };
  const party = directory.findParty(hint);
  return { party, traffic: toTraffic(event, party, directory) };
}

function toTraffic(event: UsageEvent, party: Party, directory: Directory): AnyTraffic {
  const { direction, externalNumber } = event;
  const isInternal = event.isInternal ?? (externalNumber !== null && directory.isOwnNumber(externalNumber));
  if (event.kind === 'call') return toCall(event, party, isInternal);
  const common = {
    direction,
    externalNumber,
    isInternal,
    officeCountry: party.officeCountry,
    at: event.usageAt,
  };
  switch (event.kind) {
    case 'sms':
    case 'mms':
      return {
        ...common,
        kind: event.kind,
        text: event.text,
        recipients: event.recipients,
        isFailed: event.isFailed,
      };
    case 'fax':
      return { ...common, kind: 'fax', pages: event.pages, isFailed: event.isFailed };
    case 'ai_conversation':
      return { ...common, kind: 'ai_conversation', hasResponded: event.hasResponded };
  }
}

/** Nearly all usage is calls: written out, as spreading objects into one another costs more than pricing them. */
function toCall(event: UsageEvent, party: Party, isInternal: boolean): CallTraffic {
  const { internalNumber } = event;
  const call: CallTraffic = {
    kind: 'call',
    direction: event.direction,
    externalNumber: event.externalNumber,
    internalNumber,
    isInternal,
    officeCountry: party.officeCountry,
    at: event.usageAt,
    answeredAt: event.answeredAt,
    durationMs: event.durationMs,
    licence: licenceFor(party),
    isTollFreeLine:
      party.isTollFreeLine ||
      (internalNumber !== null && isE164(internalNumber) && isTollFree(internalNumber)),
  };
  if (party.localPrefixes !== null) call.localPrefixes = party.localPrefixes;
  return call;
}

/** An unknown line is not treated as one whose local calls are free: what is unknown is never free. */
function licenceFor(party: Party): Licence {
  return (party.licence === null ? null : licenceOf(party.licence)) ?? 'support';
}

function toUsage(
  source: string,
  event: UsageEvent,
  party: Party,
  rated: Extract<Rated, { outcome: 'rated' }>,
): NewUsage {
  return {
    source,
    externalId: event.externalId,
    officeId: party.officeId,
    departmentId: party.departmentId,
    memberId: party.memberId,
    class: rated.class,
    category: rated.category,
    direction: event.direction,
    externalNumber: event.externalNumber,
    internalNumber: event.internalNumber,
    usageAt: event.usageAt,
    durationMs: Math.round(event.durationMs),
    billedSeconds: rated.billedSeconds,
    quantity: rated.quantity,
    cost: rated.cost,
    price: rated.explanation,
    version: BigInt(event.version),
  };
}
