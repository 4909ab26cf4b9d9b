/** What a price column's name says it counts; null where it says nothing. */
export interface PriceUnit {
  currency: 'usd' | 'cents' | null;
  per: 'minute' | 'second' | 'hour' | null;
}

/** Months and days in a name like `Effective Date (MM/DD/YYYY)`. */
export type DateOrder = 'mdy' | 'dmy';

const CURRENCY: Readonly<Record<string, 'usd' | 'cents'>> = {
  usd: 'usd',
  us: 'usd',
  dollar: 'usd',
  dollars: 'usd',
  cent: 'cents',
  cents: 'cents',
  ct: 'cents',
  cts: 'cents',
  usc: 'cents',
};
/** Words that say another currency, with its code. */
const FOREIGN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'eur gbp jpy cad aud nzd chf sek nok dkk pln czk huf ron bgn try rub uah inr pkr bdt lkr idr myr thb php vnd krw cny rmb hkd sgd twd zar ngn kes egp aed sar ils brl mxn ars clp cop pen'
      .split(' ')
      .map((code) => [code, code.toUpperCase()]),
  ),
  euro: 'EUR',
  euros: 'EUR',
  pound: 'GBP',
  pounds: 'GBP',
  sterling: 'GBP',
  pence: 'pence',
  penny: 'pence',
  yen: 'JPY',
  rupee: 'INR',
  rupees: 'INR',
};
const PER: Readonly<Record<string, 'minute' | 'second' | 'hour'>> = {
  minute: 'minute',
  minutes: 'minute',
  min: 'minute',
  mins: 'minute',
  second: 'second',
  seconds: 'second',
  sec: 'second',
  secs: 'second',
  s: 'second',
  hour: 'hour',
  hours: 'hour',
  hr: 'hour',
};
const FILLERS = new Set(['per', 'in', 'a', 'the', 'of']);

/** What else stands in the name of a price column, or why it cannot be taken. */
export function readPriceUnit(
  words: readonly string[],
  { isFee }: { isFee: boolean },
): PriceUnit | { fault: string } | null {
  const unit: PriceUnit = { currency: null, per: null };
  for (const word of words) {
    const foreign = FOREIGN[word];
    if (foreign !== undefined) return { fault: `is in ${foreign}: Refill's prices are in US dollars` };
    if (word === 'percent' || word === 'pct') return { fault: 'is a percentage, not an amount' };
    const currency = CURRENCY[word];
    const per = PER[word];
    if (currency !== undefined) unit.currency = unit.currency === 'cents' ? 'cents' : currency;
    else if (per !== undefined && !isFee) {
      if (unit.per !== null && unit.per !== per) return null;
      unit.per = per;
    } else if (!FILLERS.has(word) && !(isFee && word === 'call')) return null;
  }
  return unit;
}

/** Seconds that an increment's column counts in, null where the words are no unit of time. */
export function readIncrementUnit(words: readonly string[]): number | null {
  const units = words.filter((word) => !FILLERS.has(word)).map((word) => PER[word]);
  if (units.length === 0) return 1;
  if (units.length > 1 || units[0] === undefined) return null;
  return { second: 1, minute: 60, hour: 3600 }[units[0]];
}

/** The order that a date column's name says, `none` where it says none, null where the words are something else. */
export function readDateOrder(words: readonly string[]): DateOrder | 'none' | null {
  const rest = words.filter((word) => !['utc', 'gmt', 'date', 'time', 'per', 'yyyy', 'yy'].includes(word));
  if (rest.length === 0) return 'none';
  if (rest.join(' ') === 'mm dd') return words.indexOf('yyyy') === 0 ? 'none' : 'mdy';
  return rest.join(' ') === 'dd mm' ? 'dmy' : null;
}

/** The code of another currency than the dollar in a cell, null for dollars. */
export function foreignCurrency(text: string): string | null {
  const word = text.trim().toLowerCase();
  if (['', 'usd', '$', 'us$', 'us dollar', 'us dollars', 'dollar', 'dollars'].includes(word)) return null;
  return text.trim();
}
