import { isSenderName, isShortCode } from '../phone-number.ts';
import type { CompiledDeck, Price, Wanted } from './compile-deck.ts';
import { prefixesOf } from './places/places.ts';

/** True for a short code or the name of a text's sender: without a country of its own, it is priced as of the office's. */
export function isHomeParty(party: string): boolean {
  return isShortCode(party) || isSenderName(party);
}

/**
 * The row that prices a number of the office's country of which no more is known: the longest prefix that all of them begin
 * with, or any of them where the country shares its calling code with others.
 */
export function findHomePrice(
  deck: CompiledDeck,
  wanted: Omit<Wanted, 'number'>,
  country: string,
): Price | undefined {
  const found = prefixesOf(country).flatMap((prefix) => deck.find({ ...wanted, number: `+${prefix}` }) ?? []);
  return found.reduce<Price | undefined>(
    (best, price) => (best === undefined || price.prefix.length > best.prefix.length ? price : best),
    undefined,
  );
}
