import { Decimal } from 'decimal.js';

/**
 * Money is a Decimal of US dollars in code and an integer of micro-dollars (BIGINT) in the database.
 * This file alone converts between the two; no JavaScript number ever holds an amount.
 */
export type Money = Decimal;

/** An integer count of micro-dollars ($0.000001), as stored. */
export type Micros = bigint;

const Dollars = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });
const MICROS_PER_DOLLAR = 1_000_000;
const AMOUNT = /^\d{1,9}(\.\d+)?$/;

/** Dollars from a decimal string or Decimal, e.g. `dollars('12.50')`. Throws on anything that is not a number. */
export function dollars(value: string | Decimal): Money {
  const amount = new Dollars(value);
  if (!amount.isFinite()) throw new RangeError(`not an amount: ${String(value)}`);
  return amount;
}

/** Dollars to stored micro-dollars. Throws a RangeError for a fraction of a micro-dollar rather than round it away. */
export function toMicros(amount: Money): Micros {
  if (!(amount.decimalPlaces() <= 6))
    throw new RangeError(`${amount.toString()} is finer than a micro-dollar`);
  return BigInt(amount.times(MICROS_PER_DOLLAR).toFixed());
}

/** Stored micro-dollars to dollars. */
export function fromMicros(micros: Micros): Money {
  return new Dollars(micros.toString()).dividedBy(MICROS_PER_DOLLAR);
}

/** Dollars to whole cents, as card processors count. Throws a RangeError for a fraction of a cent. */
export function toCents(amount: Money): number {
  const cents = new Dollars(amount).times(100);
  if (!cents.isInteger() || cents.abs().greaterThan(Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`${amount.toString()} is not a whole number of cents`);
  }
  return cents.toNumber();
}

/** Whole cents, as card processors count, to dollars. */
export function fromCents(cents: number): Money {
  if (!Number.isSafeInteger(cents)) throw new RangeError(`${cents} is not a whole number of cents`);
  return new Dollars(cents).dividedBy(100);
}

/** What was wrong with a typed amount; the surface that asked puts it into words. */
export type AmountFault = 'empty' | 'not-a-number' | 'not-positive' | 'too-precise';

/**
 * Reads a dollar amount as a person types it: `50`, `$50`, `$1,000.00`, full-width digits (`５０`).
 * Thousands separators must stand where thousands stand; at most two decimals; more than zero.
 */
export function parseDollars(text: string): { amount: Money } | { fault: AmountFault } {
  const plain = text.normalize('NFKC').replace(/\s+/g, '');
  if (plain === '' || plain === '$') return { fault: 'empty' };
  const unsigned = plain.replace(/^([-−+]?)(?:US\$|USD\$?|\$)/i, '$1').replace(/USD$/i, '');
  if (/^[-−]\d/.test(unsigned)) return { fault: 'not-positive' };
  const grouped = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(unsigned);
  const digits = grouped ? unsigned.replaceAll(',', '') : unsigned;
  if (!AMOUNT.test(digits)) return { fault: 'not-a-number' };
  const amount = dollars(digits);
  if (amount.isZero()) return { fault: 'not-positive' };
  if (amount.decimalPlaces() > 2) return { fault: 'too-precise' };
  return { amount };
}

/** Dollars as people read them: `$1,234.50`, `−$3.20` (a true minus sign); two decimals unless told. */
export function formatDollars(amount: Money, decimals = 2): string {
  const [whole = '0', fraction] = amount.abs().toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const isZeroAsShown = /^[0.]*$/.test(amount.abs().toFixed(decimals));
  const sign = amount.isNegative() && !isZeroAsShown ? '−' : '';
  return `${sign}$${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Whole cents of a balance as it is shown: what can be spent is rounded down, what is overdrawn away from zero. */
export function floorToCents(amount: Money): Money {
  return new Dollars(amount).toDecimalPlaces(2, Decimal.ROUND_FLOOR);
}

/** Whole cents of what something cost, as it is shown. */
export function roundToCents(amount: Money): Money {
  return new Dollars(amount).toDecimalPlaces(2);
}

/**
 * Parts in whole cents, as they are shown beside their total, which they add up to (R24.6): each is rounded down, and the cents that are
 * missing go to those that lost most by it, of equals to the first. `total`: their sum in whole cents, however it was rounded.
 */
export function shareCents(parts: readonly Money[], total: Money): Money[] {
  const floors = parts.map(floorToCents);
  const lost = parts.map((part, index) => part.minus(floors[index] ?? part));
  const missing = toCents(floors.reduce((left, floor) => left.minus(floor), total));
  const order = [...parts.keys()].sort((a, b) => (lost[b] ?? total).comparedTo(lost[a] ?? total) || a - b);
  const raised = new Set(order.slice(0, Math.max(0, missing)));
  return floors.map((floor, index) => (raised.has(index) ? floor.plus('0.01') : floor));
}

/** A balance as people read it: `$75.24` of $75.249, `−$3.21` of −$3.201. */
export function formatBalance(amount: Money): string {
  return formatDollars(floorToCents(amount));
}

/** By how much a balance is overdrawn, within a sentence: `$3.21` of −$3.201. */
export function formatDebt(balance: Money): string {
  return formatDollars(floorToCents(balance).abs());
}
