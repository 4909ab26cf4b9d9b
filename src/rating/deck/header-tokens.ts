/** Signs that say a unit, as words. */
const SIGNS: Readonly<Record<string, string>> = {
  $: ' usd ',
  '¢': ' cents ',
  '€': ' eur ',
  '£': ' gbp ',
  '¥': ' jpy ',
  '₹': ' inr ',
  '%': ' percent ',
  '/': ' per ',
};
/** `A$`, `HK$`: the letters say whose dollars. */
const OTHER_DOLLAR = /(?<!\p{L})(?!us\$)(\p{L}{1,2})\$/giu;
/** Signs of any other currency and of parts of a hundred: no unit that is known, and none that may be dropped. */
const UNKNOWN_SIGN = /[\p{Sc}‰‱]/gu;

/**
 * The words of a column's name, without case and punctuation: `Price/Min. (USD)`, `price_per_min_usd` and `PricePerMinUSD`
 * have the same four. Signs of units are words: nothing that may change the meaning is dropped.
 */
export function tokensOf(header: string): string[] {
  return header
    .normalize('NFKC')
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)/g, ' ')
    .replace(OTHER_DOLLAR, ' $1dollar ')
    .replace(/[$¢€£¥₹%/]/g, (sign) => SIGNS[sign] ?? sign)
    .replace(UNKNOWN_SIGN, ' sign ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
