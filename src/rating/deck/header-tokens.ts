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

/**
 * The words of a column's name, without case and punctuation: `Price/Min. (USD)`, `price_per_min_usd` and `PricePerMinUSD`
 * have the same four. Signs of units are words: nothing that may change the meaning is dropped.
 */
export function tokensOf(header: string): string[] {
  return header
    .normalize('NFKC')
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)/g, ' ')
    .replace(/[$¢€£¥₹%/]/g, (sign) => SIGNS[sign] ?? sign)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
