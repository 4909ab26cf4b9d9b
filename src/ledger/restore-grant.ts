import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { fromMicros } from '../money.ts';
import { logMoneyEvent } from '../money-events.ts';
import { asLedgerCall } from './ledger-error.ts';

export interface Restoration {
  companyId: bigint;
  /** The key under which the credit was reversed. */
  reversalKey: string;
  key: string;
  actor: string;
  reason: string;
  at: Date;
}

const answer = z
  .object({ outcome: z.enum(['posted', 'duplicate']), restoredMicros: z.coerce.bigint() })
  .transform(({ restoredMicros, ...rest }) => ({ ...rest, restored: fromMicros(restoredMicros) }));

/**
 * Gives back what a reversal took, once for its key, because the payment was not taken back after all: to what is owed,
 * then to the grants it took from, then as new general credits (R16). Throws RefillError `reversal-unknown`,
 * `key-conflict`, `no-book`.
 */
export async function restoreGrant(
  tx: Queryable,
  restoration: Restoration,
): Promise<z.output<typeof answer>> {
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_restore_grant(${restoration.companyId}, ${restoration.reversalKey}, ${restoration.key},
        ${restoration.actor}, ${restoration.reason}, ${restoration.at}) AS answer`,
  );
  const posted = answer.parse(rows[0]?.answer);
  const { companyId } = restoration;
  if (posted.outcome === 'posted')
    logMoneyEvent(tx, 'credits-restored', { companyId, amount: posted.restored });
  return posted;
}
