import { Decimal } from 'decimal.js';
import type { Draw } from './draw.ts';

/** A price as it is meant, whatever a file makes of it. */
export interface TruePrice {
  prefix: string;
  country: string;
  /** Dollars a minute. */
  rate: string;
  first: number;
  next: number;
  fee: string;
  /** The day it begins, null: since ever. */
  from: string | null;
  /** Its last day, null: none. */
  until: string | null;
  state: 'open' | 'closed' | 'blocked';
}

export interface TrueCall {
  number: string;
  seconds: number;
  at: Date;
}

const COUNTRIES: readonly (readonly [code: string, name: string])[] = [
  ['33', 'France'],
  ['44', 'United Kingdom'],
  ['49', 'Germany'],
  ['81', 'Japan'],
  ['353', 'Ireland'],
  ['420', 'Czech Republic'],
  ['971', 'United Arab Emirates'],
];
const INCREMENTS = [
  [60, 60],
  [30, 6],
  [6, 6],
  [1, 1],
  [60, 1],
] as const;
const DAYS = ['2026-03-01', '2026-06-15', '2026-11-02', '2026-11-13', '2026-12-24'];
const SECONDS = [1, 6, 7, 29, 30, 31, 59, 60, 61, 121, 366];

/** Draws the prices of a deck: nested prefixes, some with two prices by date, some closed or blocked. */
export function drawTruth(draw: Draw): TruePrice[] {
  const hasDates = draw.isTrue(0.6);
  const hasStates = draw.isTrue(0.4);
  // One for all, so that a layout may leave out what nobody distinguishes.
  const common = draw.isTrue(0.3) ? { ...terms(draw) } : null;
  const prices: TruePrice[] = [];
  for (const [code, country] of COUNTRIES.slice(0, 2 + draw.below(COUNTRIES.length - 1))) {
    const prefixes = new Set([code]);
    for (let more = draw.below(5); more > 0; more -= 1) prefixes.add(`${code}${1 + draw.below(899)}`);
    for (const prefix of prefixes) {
      const price = (from: string | null): TruePrice => ({
        prefix,
        country,
        rate: rateOf(draw),
        ...(common ?? terms(draw)),
        from,
        until: hasDates && draw.isTrue(0.15) ? '2026-11-20' : null,
        state:
          hasStates && prefix !== code && draw.isTrue(0.3)
            ? draw.isTrue(0.5)
              ? 'closed'
              : 'blocked'
            : 'open',
      });
      const days = hasDates ? draw.shuffled(DAYS).slice(0, 1 + draw.below(2)) : [null];
      prices.push(
        ...days
          .map(price)
          .map((one) => ({ ...one, until: one.from !== null && one.from > '2026-11-20' ? null : one.until })),
      );
    }
  }
  return prices;
}

function terms(draw: Draw): { first: number; next: number; fee: string } {
  const [first, next] = draw.pick(INCREMENTS);
  return { first, next, fee: draw.isTrue(0.4) ? `0.00${1 + draw.below(9)}` : '0' };
}

/** A multiple of sixty at the sixth place: exact a second, too. */
function rateOf(draw: Draw): string {
  return new Decimal(60 * (50 + draw.below(2_000))).dividedBy(1_000_000).toString();
}

/** Draws calls to numbers of the prices and beside them, around the days on which something changes. */
export function drawCalls(draw: Draw, prices: readonly TruePrice[]): TrueCall[] {
  return Array.from({ length: 40 }, () => {
    const { prefix } = draw.pick(prices);
    const begin = draw.isTrue(0.8) ? prefix : prefix.slice(0, 3);
    const day = draw.pick([...DAYS, '2026-11-20', '2026-11-21']);
    const at = new Date(Date.parse(`${day}T00:00:00Z`) - (draw.isTrue(0.5) ? 1 : -1));
    return {
      number: `+${begin}${String(draw.below(1_000_000_000)).padStart(9, '1')}`.slice(0, 13),
      seconds: draw.pick(SECONDS),
      at,
    };
  });
}

/** What a call costs by the prices as they are meant: worked out without the code under test. */
export function owedFor({ number, seconds, at }: TrueCall, prices: readonly TruePrice[]): string {
  const day = at.toISOString().slice(0, 10);
  for (let length = number.length - 1; length > 0; length -= 1) {
    const prefix = number.slice(1, length + 1);
    const begun = prices
      .filter((price) => price.prefix === prefix && (price.from ?? '') <= day)
      .toSorted((a, b) => (a.from ?? '').localeCompare(b.from ?? ''));
    const price = begun.at(-1);
    if (price === undefined || price.state === 'closed' || (price.until !== null && day > price.until))
      continue;
    if (price.state === 'blocked') return 'unrated';
    let billed = price.first;
    while (billed < seconds) billed += price.next;
    return new Decimal(price.rate)
      .times(billed)
      .dividedBy(60)
      .plus(price.fee)
      .toFixed(4, Decimal.ROUND_HALF_UP);
  }
  return 'unrated';
}
