import { formatDollars, type Money } from '../../money.ts';

/** An amount to the last digit there is, so that lines add up: `$0.0135`. */
export function exactAmount(amount: Money): string {
  return formatDollars(amount, Math.max(2, amount.decimalPlaces()));
}

/** The same with its sign, where credits come: `+$5.00`. */
export function signedAmount(amount: Money): string {
  return amount.isNegative() ? exactAmount(amount) : `+${exactAmount(amount)}`;
}
