import type { AmountFault, Money } from '../../money.ts';

/** What is wrong with an amount that was typed. */
const AMOUNT_FAULTS: Record<AmountFault, string> = {
  empty: 'Enter a dollar amount, like 50 or 12.50.',
  'not-a-number': 'Enter a dollar amount, like 50 or 12.50.',
  'not-positive': 'Enter an amount above zero.',
  'too-precise': 'Use at most two decimal places, like 12.34.',
};

export function describeFault(fault: AmountFault): string {
  return AMOUNT_FAULTS[fault];
}

/** `up 18%`, by whole per cent; null where that is none. There has to be something to compare with. */
export function trendOf(amount: Money, before: Money): string | null {
  const percent = amount.minus(before).dividedBy(before).times(100).round().toNumber();
  if (percent === 0) return null;
  return `${percent > 0 ? 'up' : 'down'} ${Math.abs(percent).toLocaleString('en-US')}%`;
}
