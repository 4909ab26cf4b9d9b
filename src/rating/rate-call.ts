import { SECOND_MS } from '../durations.ts';
import { dollars } from '../money.ts';
import { isE164, isShortCode } from '../phone-number.ts';
import type { CompiledDeck, Price } from './compile-deck.ts';
import { findHomePrice } from './home-price.ts';
import { countryOf, isInternational, isPremium } from './places/places.ts';
import { billedSecondsOf, priceOfSeconds } from './price.ts';
import type { CallTraffic, Category, Rated } from './types.ts';
import { unrated } from './unrated.ts';

const FREE = dollars('0');
/** Where an office's own country is its included local area unless it has a list (R1). */
const NORTH_AMERICA = new Set(['US', 'CA']);

type CallCategory = Extract<Category, 'internal' | 'local' | 'domestic' | 'toll_free' | 'international'>;

/** A call of which the length is not known, or does not matter yet. */
export type TimelessCall = Omit<CallTraffic, 'durationMs'>;

/**
 * What a call costs (R18 to R21). Internal calls and a Talk licence's calls inside the local area are free regardless of the
 * deck says; Support and Sell pay for those by the deck's `local` rows, and are `domestic`.
 * Applies R1.2, R19.2, R20.3, R21.1, R21.2 and R21.3.
 */
export function rateCall(deck: CompiledDeck | null, call: CallTraffic): Rated {
  const found = findCallPrice(deck, call);
  if ('outcome' in found) return found;
  const { price, category } = found;
  const billedSeconds = billedSecondsOf(call.durationMs, price);
  return {
    outcome: 'rated',
    class: 'calls',
    category,
    cost: priceOfSeconds(price, billedSeconds),
    billedSeconds,
    quantity: 1,
    prefix: price.prefix,
    explanation: explain(price, { category, seconds: Math.ceil(call.durationMs / SECOND_MS), billedSeconds }),
  };
}

/** The row that prices a call however long it lasts; what it comes to where none is needed, or none is there. */
export function findCallPrice(
  deck: CompiledDeck | null,
  call: TimelessCall,
): Rated | { price: Price; category: CallCategory } {
  if (call.isInternal) return free('internal', 'free: both ends are the company’s own');
  const { externalNumber } = call;
  if (externalNumber !== null && !isE164(externalNumber) && !isShortCode(externalNumber))
    return unrated('bad-number', `"${externalNumber}" is not a phone number`);
  const isLocal = externalNumber !== null && isInLocalArea(call, externalNumber);
  const category = categoryOf(call, isLocal);
  if (category === 'local') return free('local', 'free: inside the office’s local area');
  if (call.answeredAt === null) return free(category, 'free: not answered');
  if (deck === null) return unrated('no-deck', 'no rates are in force at that time');
  const price = findPrice(deck, call, { category, isLocal });
  if (price === undefined) return refuse(call);
  if (price.isBlocked) return unrated('blocked', `the deck blocks calls to or from ${price.place}`);
  return { price, category };
}

function categoryOf(call: TimelessCall, isLocal: boolean): CallCategory {
  if (call.isTollFreeLine && call.direction === 'inbound') return 'toll_free';
  if (isLocal && call.licence === 'talk') return 'local';
  if (call.externalNumber === null || isShortCode(call.externalNumber)) return 'domestic';
  return isInternational(call.externalNumber, call.officeCountry) ? 'international' : 'domestic';
}

/**
 * R1: the office's list of prefixes, by default its country for North America; a premium number is never inside. A short
 * code is of the office's country, and of no list.
 */
function isInLocalArea(call: TimelessCall, externalNumber: string): boolean {
  const { localPrefixes, officeCountry } = call;
  if (localPrefixes !== undefined)
    return localPrefixes.some((prefix) => externalNumber.startsWith(`+${prefix.replace(/^\+/, '')}`));
  if (!NORTH_AMERICA.has(officeCountry)) return false;
  if (isShortCode(externalNumber)) return true;
  return countryOf(externalNumber, officeCountry) === officeCountry && !isPremium(externalNumber);
}

function findPrice(
  deck: CompiledDeck,
  call: TimelessCall,
  { category, isLocal }: { category: CallCategory; isLocal: boolean },
): Price | undefined {
  const { licence, direction, officeCountry: origin, externalNumber: number } = call;
  if (category === 'toll_free') {
    const own = call.internalNumber ?? null;
    const line = own !== null && isE164(own) ? own : null;
    return deck.find({ kind: 'toll_free', licence, direction, origin, number: line });
  }
  const find = (kind: 'local' | 'call') =>
    number !== null && isShortCode(number)
      ? findHomePrice(deck, { kind, licence, direction, origin }, origin)
      : deck.find({ kind, licence, direction, origin, number });
  return (isLocal ? find('local') : undefined) ?? find('call');
}

function refuse(call: TimelessCall): Rated {
  if (call.isTollFreeLine && call.direction === 'inbound')
    return unrated('no-rate', `no rate for calls to toll-free lines of an office in ${call.officeCountry}`);
  if (call.externalNumber === null)
    return unrated('no-number', 'the other number is withheld, and no rate covers every number');
  return unrated('no-rate', `no ${call.direction} rate covers ${call.externalNumber}`);
}

function free(category: CallCategory, explanation: string): Rated {
  return {
    outcome: 'rated',
    class: 'calls',
    category,
    cost: FREE,
    billedSeconds: 0,
    quantity: 1,
    prefix: null,
    explanation,
  };
}

function explain(
  price: Price,
  call: { category: CallCategory; seconds: number; billedSeconds: number },
): string {
  const place = call.category === 'toll_free' && price.prefix === '' ? 'toll-free line' : price.place;
  const fee = price.feeInWords === null ? '' : ` + ${price.feeInWords} connection fee`;
  return `${place}, ${price.rateInWords}/min${fee}, ${call.seconds} s billed as ${call.billedSeconds} s`;
}
