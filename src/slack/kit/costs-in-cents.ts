import { dollars, type Money, roundToCents, shareCents } from '../../money.ts';

/** Costs in whole cents, as they are shown (R24.6): they add up to what they come to together. */
export function costsInCents<Of extends { cost: Money }>(all: readonly Of[]): Of[] {
  const total = all.reduce((sum, { cost }) => sum.plus(cost), dollars('0'));
  const costs = shareCents(
    all.map(({ cost }) => cost),
    roundToCents(total),
  );
  return all.map((each, index) => ({ ...each, cost: costs[index] ?? each.cost }));
}
