import { dollars } from '../money.ts';
import { isE164 } from '../phone-number.ts';
import type { CompiledDeck, Price } from './compile-deck.ts';
import { findHomePrice, isHomeParty } from './home-price.ts';
import { priceOfPieces } from './price.ts';
import { countSegments } from './sms-segments.ts';
import type { AiTraffic, FaxTraffic, MessageTraffic, Rated } from './types.ts';
import { unrated } from './unrated.ts';

type Pieces = MessageTraffic | FaxTraffic | AiTraffic;

const NOTHING = dollars('0');
const WORDS = {
  sms: { one: 'segment', many: 'segments' },
  mms: { one: 'message', many: 'messages' },
  fax: { one: 'page', many: 'pages' },
  ai_conversation: { one: 'conversation', many: 'conversations' },
} as const;

/**
 * What a message, fax or AI conversation costs (R20, R22): by the piece, for each recipient; nothing if it failed, or if
 * the agent did not respond. Applies R20.2.
 */
export function ratePieces(deck: CompiledDeck | null, traffic: Pieces): Rated {
  if (traffic.isInternal && traffic.kind !== 'ai_conversation')
    return free(traffic, 'free: both ends are the company’s own');
  const unpaid = whyUnpaid(traffic);
  if (unpaid !== null) return free(traffic, unpaid);
  const number = numberOf(traffic);
  const isHome = number !== null && isHomeParty(number);
  if (number !== null && !isE164(number) && !isHome)
    return unrated('bad-number', `"${number}" is not a phone number`);
  if (deck === null) return unrated('no-deck', 'no rates are in force at that time');
  const { kind, direction, officeCountry: origin } = traffic;
  const wanted = { kind, licence: null, direction, origin };
  const price = isHome ? findHomePrice(deck, wanted, origin) : deck.find({ ...wanted, number });
  if (price === undefined) return refuse(traffic, number);
  if (price.isBlocked) return unrated('blocked', `the deck blocks messages to or from ${price.place}`);
  const quantity = countPieces(traffic);
  return {
    outcome: 'rated',
    class: kind === 'ai_conversation' ? 'ai' : 'calls',
    category: kind,
    cost: priceOfPieces(price, quantity),
    billedSeconds: 0,
    quantity,
    prefix: price.prefix,
    explanation: explain(traffic, price, quantity),
  };
}

function whyUnpaid(traffic: Pieces): string | null {
  if (traffic.kind === 'ai_conversation')
    return traffic.hasResponded ? null : 'free: the agent did not respond';
  return traffic.isFailed ? 'free: not delivered' : null;
}

/** The party that finds the rate; a conversation with an agent has none. */
function numberOf(traffic: Pieces): string | null {
  return traffic.kind === 'ai_conversation' ? null : traffic.externalNumber;
}

function countPieces(traffic: Pieces): number {
  switch (traffic.kind) {
    case 'sms':
      return (traffic.segments ?? countSegments(traffic.text)) * traffic.recipients;
    case 'mms':
      return traffic.recipients;
    case 'fax':
      return traffic.pages;
    case 'ai_conversation':
      return 1;
  }
}

function refuse(traffic: Pieces, number: string | null): Rated {
  const what = { sms: 'SMS', mms: 'MMS', fax: 'fax', ai_conversation: 'AI conversation' }[traffic.kind];
  if (traffic.kind === 'ai_conversation') return unrated('no-rate', `no rate for an ${what}`);
  if (number === null)
    return unrated('no-number', 'the other number is withheld, and no rate covers every number');
  return unrated(
    'no-rate',
    `no ${traffic.direction} ${what} rate covers ${traffic.externalNumber} from ${traffic.officeCountry}`,
  );
}

function free(traffic: Pieces, explanation: string): Rated {
  const category = traffic.isInternal && traffic.kind !== 'ai_conversation' ? 'internal' : traffic.kind;
  return {
    outcome: 'rated',
    class: traffic.kind === 'ai_conversation' ? 'ai' : 'calls',
    category,
    cost: NOTHING,
    billedSeconds: 0,
    quantity: 0,
    prefix: null,
    explanation,
  };
}

function explain(traffic: Pieces, price: Price, quantity: number): string {
  const { one, many } = WORDS[traffic.kind];
  const place = price.prefix === '' ? '' : `${price.place}, `;
  const fee = price.feeInWords === null ? '' : ` + ${price.feeInWords} fee`;
  const total = `${place}${price.rateInWords} a ${one}${fee}, ${quantity} ${quantity === 1 ? one : many}`;
  if (traffic.kind !== 'sms' || traffic.recipients === 1) return total;
  return `${total} (${quantity / traffic.recipients} for each of ${traffic.recipients} recipients)`;
}
