import { Decimal } from 'decimal.js';
import { RefillError } from '../errors.ts';
import { dollars, type Money } from '../money.ts';

/** Per cent of a limit at which its people are notified, unless they choose others. Applies R31.4. */
export const DEFAULT_LIMIT_LEVELS: readonly number[] = [50, 80, 100];
/** The level that every limit has: it is reached. */
const FULL = 100;
const MAX_LEVELS = 10;
const MAX_AMOUNT = dollars('999999999.99');

/** Levels in ascending order, each once, the limit itself with them. Throws RefillError `bad-facts` for what is none. */
export function readLevels(levels: readonly number[]): number[] {
  const all = [...new Set([...levels, FULL])].toSorted((a, b) => a - b);
  if (all.length > MAX_LEVELS || all.some((level) => !Number.isInteger(level) || level < 1 || level > FULL))
    throw new RefillError('bad-facts', `Levels are whole per cents from 1 to 100, at most ${MAX_LEVELS}.`);
  return all;
}

/** A limit's amount: nothing, or dollars in whole cents. Throws RefillError `bad-facts`. */
export function requireLimitAmount(amount: Money): Money {
  if (amount.isNegative() || amount.greaterThan(MAX_AMOUNT) || amount.decimalPlaces() > 2)
    throw new RefillError('bad-facts', 'A spending limit is an amount in whole cents, or $0.');
  return amount;
}

interface Spending {
  amount: Money;
  spent: Money;
}

/** The highest level that is reached; 0: none. A limit of nothing is reached by the first usage that costs anything. */
export function reachedLevel({ amount, spent, levels }: Spending & { levels: readonly number[] }): number {
  if (!spent.greaterThan(0)) return 0;
  const isReached = (level: number): boolean => spent.times(100).greaterThanOrEqualTo(amount.times(level));
  return levels.findLast(isReached) ?? 0;
}

/** How much of a limit is spent, in whole per cent, rounded down: 100 is said only where it is reached. */
export function percentSpent({ amount, spent }: Spending): number {
  if (amount.isZero()) return spent.greaterThan(0) ? FULL : 0;
  const percent = spent.times(100).dividedBy(amount).toDecimalPlaces(0, Decimal.ROUND_FLOOR).toNumber();
  return Math.max(percent, 0);
}
