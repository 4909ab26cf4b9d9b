/** What a phone number in writing comes to: E.164, null for a withheld one, or what is wrong with it. */
export type ReadPhoneNumber = { number: string | null } | { fault: string };

const WITHHELD = new Set([
  '',
  'blocked',
  'anonymous',
  'restricted',
  'private',
  'unknown',
  'withheld',
  'unavailable',
]);
/**
 * The one meaning of E.164 here. The standard ends at 15 digits and names no least; the shortest numbers that are
 * dialled from abroad (Niue, Saint Helena) have 7 with their country code, and fewer are a part of a number.
 */
const E164 = /^\+[1-9]\d{6,14}$/;

/** True for a number as the books keep it: a plus, the country code, seven to fifteen digits in all. */
export function isE164(number: string): boolean {
  return E164.test(number);
}

/**
 * Reads a number as people and phone systems write it: `+44 (0)20 7946-0000`, `0044 20…`, `tel:+1…`, `blocked`.
 * Without a country code it could be anybody's: refused rather than guessed.
 *
 * Read by hand: a numbering plan's table (libphonenumber) refuses numbers of ranges that are newer than itself, and
 * usage of them has to be booked; a test reads every country's numbers as that library writes them.
 */
export function readPhoneNumber(text: string | null): ReadPhoneNumber {
  if (text !== null && E164.test(text)) return { number: text };
  const plain = (text ?? '').normalize('NFKC').trim();
  if (WITHHELD.has(plain.toLowerCase())) return { number: null };
  const digits = plain
    .replace(/^tel:/i, '')
    .replace(/\(0\)/, '')
    .replace(/[\s().\-‐-―/]/g, '')
    .replace(/^00/, '+');
  if (E164.test(digits)) return { number: digits };
  if (/^\d+$/.test(digits)) return { fault: `"${plain}" has no country code: write it like +14155550100` };
  return { fault: `"${plain}" is not a phone number: write it like +14155550100` };
}
