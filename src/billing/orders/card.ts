import type { Queryable } from '../../db/index.ts';

export type CardRow = NonNullable<Awaited<ReturnType<Queryable['card']['findUnique']>>>;

/**
 * What may be done with a card. `unclaimed`: the person who opened the card page has not confirmed yet that it is theirs.
 * `unconfirmed`: the amount of the small charge is still to be given. `locked`: only the operator opens it again.
 * `needs_replacing`: its bank said that it must not be tried again (R14).
 */
export type CardState = 'unclaimed' | 'unconfirmed' | 'usable' | 'locked' | 'needs_replacing';

/** What may be done with a card now. */
export function stateOfCard(card: CardRow): CardState {
  if (card.lockedAt !== null) return 'locked';
  if (card.needsReplacingAt !== null) return 'needs_replacing';
  if (card.confirmedAt !== null) return 'usable';
  return card.claimedAt === null ? 'unclaimed' : 'unconfirmed';
}

const BRANDS: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
};

/** A brand as people know it, of the processor's code; another one as the processor writes it. */
export function brandName(brand: string): string {
  return BRANDS[brand] ?? brand;
}
