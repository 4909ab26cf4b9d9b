import { dollars, type Money } from '../../../money.ts';

/** What several things cost together. */
export function sumOf(costs: readonly { cost: Money }[]): Money {
  return costs.reduce((sum, { cost }) => sum.plus(cost), dollars('0'));
}
