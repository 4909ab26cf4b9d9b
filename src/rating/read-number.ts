/** What a phone number in writing comes to: E.164, null for a withheld one, or what is wrong with it. */
export type ReadNumber = { number: string | null } | { fault: string };

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
const E164 = /^\+[1-9]\d{6,14}$/;

/** True for a number as the books keep it: a plus, the country code, seven to fifteen digits in all. */
export function isE164(number: string): boolean {
  return E164.test(number);
}

/**
 * Reads a number as people and phone systems write it: `+44 (0)20 7946-0000`, `0044 20…`, `tel:+1…`, `blocked`.
 * Without a country code it could be anybody's: refused rather than guessed.
 */
export function readNumber(text: string | null): ReadNumber {
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
