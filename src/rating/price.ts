import { SECOND_MS } from '../durations.ts';
import { dollars, type Money } from '../money.ts';

/** Rates and fees are integers of a billionth of a dollar while they are calculated with. */
export type Nanos = bigint;

const DECIMALS_OF_NANOS = 9;
/** Costs have four decimals (R19). */
const NANOS_PER_TEN_THOUSANDTH = 100_000n;
const SECONDS_PER_MINUTE = 60n;

/** Decimal dollars, at most nine places, to nanos. Throws a RangeError for anything else. */
export function toNanos(decimal: string): Nanos {
  const match = /^(\d+)(?:\.(\d{1,9}))?$/.exec(decimal);
  if (match === null) throw new RangeError(`not a price: ${decimal}`);
  return BigInt(`${match[1]}${(match[2] ?? '').padEnd(DECIMALS_OF_NANOS, '0')}`);
}

/**
 * Billed seconds of an answered call (R19): the first increment, then whole next ones; a started second counts.
 * Applies R19.1.
 */
export function billedSecondsOf(
  durationMs: number,
  increments: { firstSeconds: number; nextSeconds: number },
): number {
  const { firstSeconds, nextSeconds } = increments;
  const seconds = Math.ceil(durationMs / SECOND_MS);
  if (seconds <= firstSeconds) return firstSeconds;
  return firstSeconds + Math.ceil((seconds - firstSeconds) / nextSeconds) * nextSeconds;
}

/** Fee + billed seconds × rate a minute / 60, rounded once, half up, to four decimals (R19). */
export function priceOfSeconds(price: { rate: Nanos; fee: Nanos }, billedSeconds: number): Money {
  const sixtyfold = price.fee * SECONDS_PER_MINUTE + BigInt(billedSeconds) * price.rate;
  return roundOnce(sixtyfold, NANOS_PER_TEN_THOUSANDTH * SECONDS_PER_MINUTE);
}

/** Fee + pieces × rate a piece, rounded once, half up, to four decimals. */
export function priceOfPieces(price: { rate: Nanos; fee: Nanos }, pieces: number): Money {
  return roundOnce(price.fee + BigInt(pieces) * price.rate, NANOS_PER_TEN_THOUSANDTH);
}

function roundOnce(numerator: bigint, denominator: bigint): Money {
  const tenThousandths = (2n * numerator + denominator) / (2n * denominator);
  const digits = tenThousandths.toString().padStart(5, '0');
  return dollars(`${digits.slice(0, -4)}.${digits.slice(-4)}`);
}
