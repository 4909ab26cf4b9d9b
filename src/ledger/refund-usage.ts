import type { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { type Money, toMicros } from '../money.ts';
import { logMoneyEvent } from '../money-events.ts';
import { asLedgerCall } from './ledger-error.ts';
import { revised } from './revised-usage.ts';

export interface UsageRefund {
  companyId: bigint;
  source: string;
  externalId: string;
  /** How much of its cost; all of it by default. */
  amount?: Money;
  /** What belongs to a period that is over comes back as general credits instead of lapsing again. */
  keepLapsed?: boolean;
  key: string;
  actor: string;
  reason: string;
  at: Date;
}

/**
 * Gives back what a usage cost, or part of it: first to its class's debt, then to the grants it drew from, the last
 * drawn first (R8). Throws RefillError `usage-unknown`, `refund-too-large`, `key-conflict`, `no-book`.
 */
export async function refundUsage(tx: Queryable, refund: UsageRefund): Promise<z.output<typeof revised>> {
  const amount = refund.amount === undefined ? null : toMicros(refund.amount);
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_refund_usage(${refund.companyId}, ${refund.source}, ${refund.externalId}, ${amount}::bigint,
        ${refund.keepLapsed ?? false}, ${refund.key}, ${refund.actor}, ${refund.reason}, ${refund.at}) AS answer`,
  );
  const refunded = revised.parse(rows[0]?.answer);
  const { companyId, source } = refund;
  const { outcome, drawn, returned } = refunded;
  if (outcome === 'posted') logMoneyEvent(tx, 'usage-refunded', { companyId, source, drawn, returned });
  return refunded;
}
