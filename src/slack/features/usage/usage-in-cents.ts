import { roundToCents } from '../../../money.ts';
import type { UsageBreakdown } from '../../../usage/index.ts';
import { costsInCents } from '../../kit/costs-in-cents.ts';
import { sumOf } from './sum-of.ts';

/**
 * A breakdown in whole cents, as it is shown (R24.6): its types add up to its total, and so do its users with those who are not
 * listed.
 */
export function usageInCents(usage: UsageBreakdown): UsageBreakdown {
  const { cost, kinds, people, before } = usage;
  const unlisted = { cost: cost.minus(sumOf(people)) };
  const ofPeople = costsInCents<{ cost: typeof cost }>([...people, unlisted]);
  return {
    ...usage,
    cost: roundToCents(cost),
    kinds: costsInCents(kinds),
    people: people.map((each, index) => ({ ...each, cost: ofPeople[index]?.cost ?? each.cost })),
    before:
      before === null
        ? null
        : { ...before, cost: roundToCents(before.cost), kinds: costsInCents(before.kinds) },
  };
}
