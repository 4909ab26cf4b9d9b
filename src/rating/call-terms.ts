import { z } from 'zod';
import type { Money } from '../money.ts';
import type { CompiledDeck } from './compile-deck.ts';
import { billedSecondsOf, priceOfSeconds } from './price.ts';
import { findCallPrice, type TimelessCall } from './rate-call.ts';
import type { Rated } from './types.ts';

const nanos = z.string().regex(/^\d{1,18}$/);

/**
 * What a call costs by its length, without whom it is with: kept with a hold, so that more seconds of a call under way cost what
 * its first ones did. Rate a minute and fee are billionths of a dollar.
 */
export const callTerms = z.object({
  rateNanos: nanos,
  feeNanos: nanos,
  firstSeconds: z.number().int().min(1),
  nextSeconds: z.number().int().min(1),
});
export type CallTerms = z.output<typeof callTerms>;

/** The terms of a call that begins now; what it comes to where it is free, or there is no rate. */
export function findCallTerms(
  deck: CompiledDeck | null,
  call: TimelessCall,
): Rated | { outcome: 'priced'; terms: CallTerms } {
  const found = findCallPrice(deck, call);
  if ('outcome' in found) return found;
  const { rate, fee, firstSeconds, nextSeconds } = found.price;
  return {
    outcome: 'priced',
    terms: { rateNanos: `${rate}`, feeNanos: `${fee}`, firstSeconds, nextSeconds },
  };
}

/** What so many seconds of a call cost (R19). */
export function costOfSeconds(terms: CallTerms, seconds: number): Money {
  const price = { rate: BigInt(terms.rateNanos), fee: BigInt(terms.feeNanos) };
  return priceOfSeconds(price, billedSecondsOf(seconds * 1_000, terms));
}

/** How many increments so many seconds begin. */
export function countIncrements(terms: CallTerms, seconds: number): number {
  return 1 + Math.ceil(Math.max(0, seconds - terms.firstSeconds) / terms.nextSeconds);
}

/** How many seconds so many increments last. */
export function secondsOfIncrements(terms: CallTerms, increments: number): number {
  return terms.firstSeconds + (increments - 1) * terms.nextSeconds;
}
