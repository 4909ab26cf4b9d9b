import { z } from 'zod';
import { readData } from '../data/read-data.ts';
import { createDigitTrie } from '../digit-trie.ts';

/** Where a number is at home, as far as its prefix shows. */
interface Place {
  /** ISO 3166 alpha-2; `shared`: of no single country of +1; `none`: of no country at all. */
  country: string;
  isTollFree: boolean;
}

const data = z
  .object({ callingCodes: z.string(), areaCodes: z.string(), places: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readData('places.json')));

const callingCodes = new Set(data.callingCodes.split(' '));
const areaCodes = new Set(data.areaCodes.split(' '));
const entries = Object.entries(data.places).flatMap(([label, prefixes]) => {
  const place: Place = { country: label.replace('!', ''), isTollFree: label.endsWith('!') };
  return prefixes.split(' ').map((prefix) => [prefix, place] as const);
});
const trie = createDigitTrie(entries);
/** The first prefix of each country: its calling code, or of +1 a first area code. */
const firstPrefix = new Map(entries.map(([prefix, { country }]) => [country, prefix] as const).reverse());
const prefixesByCountry = new Map<string, string[]>();
for (const [prefix, { country, isTollFree: isFree }] of entries)
  if (!isFree) prefixesByCountry.set(country, [...(prefixesByCountry.get(country) ?? []), prefix]);
const COUNTRIES_OF_PLUS_1 = new Set(
  entries.filter(([prefix]) => prefix.startsWith('1')).map(([, { country }]) => country),
);

/** True for a country that has numbers of its own, by ISO 3166 alpha-2 code. */
export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && firstPrefix.has(code);
}

/**
 * The country of an E.164 number seen from an office's country, null where it has none. Toll-free and personal numbers
 * of +1 belong to all its countries: seen from one of them they are its own, from elsewhere they are the US's.
 */
export function countryOf(number: string, officeCountry: string): string | null {
  const country = trie.longest(number, 1)?.country;
  if (country === undefined || country === 'none') return null;
  if (country === 'shared') return COUNTRIES_OF_PLUS_1.has(officeCountry) ? officeCountry : 'US';
  return country;
}

/** True for an E.164 number whose calls its owner pays. */
export function isTollFree(number: string): boolean {
  return trie.longest(number, 1)?.isTollFree ?? false;
}

/** True for a number of +1 that neither is toll-free nor has a country: premium and personal numbers. */
export function isPremium(number: string): boolean {
  const place = trie.longest(number, 1);
  return place !== undefined && place.country === 'shared' && !place.isTollFree;
}

/** R21: the other party's country differs from the office's. The US and Canada count as one. Applies R21.4. */
export function isInternational(number: string, officeCountry: string): boolean {
  const country = countryOf(number, officeCountry);
  return country === null || union(country) !== union(officeCountry);
}

/**
 * What numbers of a country begin with: its calling code, or where that is another's, what its own are known by. The US
 * and Canada are one here (R21), by +1.
 */
export function prefixesOf(country: string): readonly string[] {
  const code = callingCodeOf(country);
  if (union(country) === 'US') return [code];
  return prefixesByCountry.get(country) ?? [code];
}

/** The calling code of a country, empty where it has no numbers. */
export function callingCodeOf(country: string): string {
  return splitCallingCode(firstPrefix.get(country) ?? '')[0];
}

/** A prefix as people read it: `4420` is `+44 20`; no digits are `any number`. */
export function formatPrefix(digits: string): string {
  if (digits === '') return 'any number';
  const [code, rest] = splitCallingCode(digits);
  return code === '' || rest === '' ? `+${digits}` : `+${code} ${rest}`;
}

/** Digits in their calling code and what follows it; the code is empty where they begin with none. */
export function splitCallingCode(digits: string): [code: string, rest: string] {
  const length = [1, 2, 3].find((size) => callingCodes.has(digits.slice(0, size))) ?? 0;
  return [digits.slice(0, length), digits.slice(length)];
}

/** True for a country's calling code, alone. */
export function isCallingCode(digits: string): boolean {
  return callingCodes.has(digits);
}

/** True for three digits that are in use as an area code of +1. */
export function isAreaCode(digits: string): boolean {
  return areaCodes.has(digits);
}

const union = (country: string): string => (country === 'CA' ? 'US' : country);
