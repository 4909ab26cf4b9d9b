import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { type Money, toMicros } from '../money.ts';
import { logMoneyEvent } from '../money-events.ts';
import { asLedgerCall } from './ledger-error.ts';

export interface Debit {
  companyId: bigint;
  /** Whose general credits; null: the company's pool, or the primary office's where nothing is shared. */
  officeId: bigint | null;
  /** More than zero. */
  amount: Money;
  /** The same key again is the same debit; with other facts it is refused. */
  key: string;
  /** The identifier of what caused it. */
  reference: string;
  actor: string;
  reason: string;
  at: Date;
}

const answer = z.object({
  outcome: z.enum(['posted', 'duplicate']),
  walletId: z.coerce.bigint(),
  seq: z.coerce.bigint(),
});

/**
 * Takes general credits once for its key, the oldest first; what they do not cover is owed (R6).
 * Throws RefillError `bad-facts`, `key-conflict`, `no-book`, `office-unknown`.
 */
export async function debitCredits(tx: Queryable, debit: Debit): Promise<z.output<typeof answer>> {
  const { companyId, officeId, amount, key, reference, actor, reason, at } = debit;
  if (!amount.isPositive() || amount.isZero())
    throw new RefillError('bad-facts', 'A debit is more than nothing.');
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_debit(${companyId}, ${officeId}::bigint, ${toMicros(amount)}, ${key}, ${reference}, ${actor},
        ${reason}, ${at}) AS answer`,
  );
  const debited = answer.parse(rows[0]?.answer);
  if (debited.outcome === 'posted')
    logMoneyEvent(tx, 'credits-deducted', { companyId, office: officeId, amount, reference });
  return debited;
}
