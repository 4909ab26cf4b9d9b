import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { type Money, toMicros } from '../money.ts';
import { asLedgerCall } from './ledger-error.ts';
import { refusingLimit } from './spending-limit.ts';
import type { UsageClass } from './types.ts';

export interface NewHold {
  companyId: bigint;
  /** The call's own; the same key again is the same hold, with other facts it is refused. */
  key: string;
  /** As of usage: null, or one without credits of its own, counts to the primary office (R5). */
  officeId: bigint | null;
  /** Whom it is for, where that is known. */
  departmentId?: bigint | null;
  memberId?: bigint | null;
  class: UsageClass;
  amount: Money;
  /** From here on it may be freed by `expireHolds`; its usage may still settle it. */
  expiresAt: Date;
  at: Date;
}

/** Why a hold was refused: too few credits, or a spending limit. */
export const holdLimit = z.enum(['credits', 'spending_limit']);
export type HoldLimit = z.output<typeof holdLimit>;

/** The answer of the functions that place and extend holds; a refusal without a limit was for want of credits. */
export const holdAnswer = z.object({
  outcome: z.enum(['posted', 'duplicate', 'refused']),
  limit: holdLimit.optional(),
  /** The spending limit that leaves no room for it. */
  spendingLimit: refusingLimit.optional(),
});

/**
 * Keeps an amount back for usage under way, so that nothing else can spend it. `refused`: less than that is available
 * for the class, or with it a spending limit of the office, department or person would be exceeded, which
 * `spendingLimit` is (R31); nothing was held. Throws RefillError `bad-facts`, `key-conflict`, `no-book`.
 */
export async function placeHold(tx: Queryable, hold: NewHold): Promise<z.output<typeof holdAnswer>> {
  if (!hold.amount.isPositive() || hold.amount.isZero())
    throw new RefillError('bad-facts', 'A hold keeps more than nothing.');
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      /* prepared: place-hold */ SELECT ledger_place_hold(${hold.companyId}, ${hold.key}, ${hold.officeId}::bigint,
        ${hold.departmentId ?? null}::bigint, ${hold.memberId ?? null}::bigint, ${hold.class}, ${toMicros(hold.amount)}, ${hold.expiresAt}, ${hold.at}) AS answer`,
  );
  return holdAnswer.parse(rows[0]?.answer);
}
