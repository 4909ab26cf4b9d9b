import { dollars, type Money } from '../../money.ts';

/** Lines that are for the same, as one. */
export interface LineSum {
  what: string;
  count: number;
  amount: Money;
}

/** Sums lines by what they are for, in the order in which each came first. Pure. */
export function sumLines(lines: readonly { what: string; amount: Money }[]): LineSum[] {
  const sums = new Map<string, LineSum>();
  for (const { what, amount } of lines) {
    const sum = sums.get(what) ?? { what, count: 0, amount: dollars('0') };
    sums.set(what, { what, count: sum.count + 1, amount: sum.amount.plus(amount) });
  }
  return [...sums.values()];
}
