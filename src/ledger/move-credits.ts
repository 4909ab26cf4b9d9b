import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { type Money, toMicros } from '../money.ts';
import { logMoneyEvent } from '../money-events.ts';
import { asLedgerCall } from './ledger-error.ts';

export interface CreditMove {
  companyId: bigint;
  fromOfficeId: bigint;
  toOfficeId: bigint;
  /** More than zero, at most what the giver has free. */
  amount: Money;
  /** The same key again is the same move; with other facts it is refused. */
  key: string;
  actor: string;
  reason: string;
  at: Date;
}

const answer = z.object({ outcome: z.enum(['posted', 'duplicate']) });

/**
 * Moves general credits between two offices once for its key, the oldest grants first; they fill what the receiver owes.
 * Throws RefillError `bad-facts`, `allocation-mismatch` where less is free (credits before debt and holds that bundles do not
 * cover), `office-unknown` (also for one office twice, and while credits are shared), `key-conflict`, `no-book`.
 */
export async function moveCredits(tx: Queryable, move: CreditMove): Promise<z.output<typeof answer>> {
  const { companyId, fromOfficeId, toOfficeId, amount, key, actor, reason, at } = move;
  if (!amount.isPositive() || amount.isZero())
    throw new RefillError('bad-facts', 'A move is more than nothing.');
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_move_credits(${companyId}, ${fromOfficeId}, ${toOfficeId}, ${toMicros(amount)}, ${key}, ${actor},
        ${reason}, ${at}) AS answer`,
  );
  const moved = answer.parse(rows[0]?.answer);
  if (moved.outcome === 'posted')
    logMoneyEvent(tx, 'credits-moved', { companyId, from: fromOfficeId, to: toOfficeId, amount });
  return moved;
}
