import type { AmountFault } from '../../money.ts';

/** What is wrong with an amount that was typed. */
const AMOUNT_FAULTS: Record<AmountFault, string> = {
  empty: 'Type an amount in dollars, like 50.',
  'not-a-number': 'That is not an amount. Type dollars like 50 or 12.50.',
  'not-positive': 'Type an amount above zero.',
  'too-precise': 'Cents are the smallest part: type two decimals at most, like 12.34.',
};

export function describeFault(fault: AmountFault): string {
  return AMOUNT_FAULTS[fault];
}
