import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { type Money, toMicros } from '../money.ts';
import { logMoneyEvent } from '../money-events.ts';
import { asLedgerCall } from './ledger-error.ts';

export interface ScopeChange {
  companyId: bigint;
  pooled: boolean;
  /** When sharing ends: which office gets how much of the pool's general credits; together exactly what is there. */
  allocation?: readonly { officeId: bigint; amount: Money }[];
  key: string;
  actor: string;
  reason: string;
  at: Date;
}

const answer = z.object({ outcome: z.enum(['posted', 'duplicate']), pooled: z.boolean() });

/**
 * Shares a company's credits, or deals them out again (R5). Sharing brings every office's general credits and debt to
 * the pool and leaves bundles where they are; ending it gives the pool's debt and bundles to the primary office.
 * Billing refuses this while an order is open. Throws RefillError `allocation-mismatch`, `office-unknown`,
 * `key-conflict`, `no-book`.
 */
export async function setPooled(tx: Queryable, change: ScopeChange): Promise<z.output<typeof answer>> {
  const shares = change.allocation?.map(({ officeId, amount }) => ({
    officeId: officeId.toString(),
    micros: toMicros(amount).toString(),
  }));
  const allocation = JSON.stringify(shares ?? []);
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_set_pooled(${change.companyId}, ${change.pooled}, ${allocation}::jsonb, ${change.key},
        ${change.actor}, ${change.reason}, ${change.at}) AS answer`,
  );
  const changed = answer.parse(rows[0]?.answer);
  const { companyId } = change;
  if (changed.outcome === 'posted')
    logMoneyEvent(tx, 'credit-sharing-changed', { companyId, pooled: changed.pooled });
  return changed;
}
