import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
import type { CardState } from '../orders/card.ts';

/** `charging` and `waiting` (for its answer), or held by the bank; then how it ended. */
export const checkState = z.enum([
  'charging',
  'needs_action',
  'waiting',
  'confirmed',
  'locked',
  'expired',
  'failed',
]);
/** States of a check that is under way. */
const openCheckState = checkState.extract(['charging', 'needs_action', 'waiting']);

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
  check: CheckFacts | null;
}

/** A check under way, as the company's admins may know it: without its amount and its code. */
export interface CheckFacts {
  /** Where its answer is given. */
  token: string;
  state: z.infer<typeof openCheckState>;
  actionUrl: string | null;
  /** What the card's statement shows of the charge, the code masked; null where that is not known (yet). */
  statementHint: string | null;
  /** Whether that code is accepted as well as the amount. */
  takesCode: boolean;
}

/** The states of a check that is under way. */
export const OPEN_CHECK_STATES: CheckFacts['state'][] = openCheckState.options;

/** Whether a check is under way. */
export function isOpenCheck(check: CheckRow | null): check is CheckRow {
  return check !== null && OPEN_CHECK_STATES.some((state) => state === check.state);
}

/** An open check as the company's admins may know it. */
export function toCheckFacts({
  token,
  state,
  actionUrl,
  statementHint,
  statementEncrypted,
}: CheckRow): CheckFacts {
  return {
    token,
    state: state as CheckFacts['state'],
    actionUrl,
    statementHint,
    takesCode: statementEncrypted !== null,
  };
}
