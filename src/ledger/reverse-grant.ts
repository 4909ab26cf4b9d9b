import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { fromMicros, type Money, toMicros } from '../money.ts';
import { logMoneyEvent } from '../money-events.ts';
import { asLedgerCall } from './ledger-error.ts';

export interface Reversal {
  companyId: bigint;
  /** Which credit, by the number that granting it answered. */
  grantId: bigint;
  /** How much of it; all that was not reversed before by default. */
  amount?: Money;
  key: string;
  actor: string;
  reason: string;
  at: Date;
}

const answer = z
  .object({
    outcome: z.enum(['posted', 'duplicate']),
    entries: z.array(z.object({ walletId: z.coerce.bigint(), seq: z.coerce.bigint() })),
    reversedMicros: z.coerce.bigint(),
  })
  .transform(({ reversedMicros, ...rest }) => ({ ...rest, reversed: fromMicros(reversedMicros) }));

/**
 * Takes a credit back because its payment was: what is left of it, then what has lapsed of it counts as taken, then other
 * general credits, then debt (R16).
 * Throws RefillError `grant-unknown`, `reversal-too-large`, `key-conflict`, `no-book`.
 */
export async function reverseGrant(tx: Queryable, reversal: Reversal): Promise<z.output<typeof answer>> {
  const amount = reversal.amount === undefined ? null : toMicros(reversal.amount);
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_reverse_grant(${reversal.companyId}, ${reversal.grantId}, ${amount}::bigint, ${reversal.key},
        ${reversal.actor}, ${reversal.reason}, ${reversal.at}) AS answer`,
  );
  const { companyId, grantId: grant } = reversal;
  const posted = answer.parse(rows[0]?.answer);
  if (posted.outcome === 'posted')
    logMoneyEvent(tx, 'credits-reversed', { companyId, grant, amount: posted.reversed });
  return posted;
}
