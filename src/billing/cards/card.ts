import type { Queryable } from '../../db/index.ts';
import type { CardState } from '../orders/card.ts';

export type CheckRow = NonNullable<Awaited<ReturnType<Queryable['cardCheck']['findUnique']>>>;
/** A company's card as its admins may know it. */
export interface CardFacts {
  cardId: bigint;
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
  state: CardState;
  isDefault: boolean;
  /** Charged by auto-recharge when the default one is declined. */
  isFallback: boolean;
  addedBy: { teamId: string; userId: string };
  /** The check under way: where its answer is given, and how far it is. */
  check: { token: string; state: 'charging' | 'needs_action' | 'waiting'; actionUrl: string | null } | null;
}
