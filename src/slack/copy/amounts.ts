import type { AmountFault } from '../../money.ts';

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
