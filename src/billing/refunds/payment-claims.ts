import type { Tx } from '../../db/index.ts';

/** A refund or a dispute, as far as it takes a payment's credit. Amounts in micro-dollars. */
export interface PaymentClaim {
  kind: 'refund' | 'dispute';
  id: bigint;
  /** What its reversal is posted under. */
  key: string;
  reason: string;
  amount: bigint;
  /** Whether the payment is taken back now, or is not after all; null: that is not decided. */
  isTaken: boolean | null;
  /** What it took of the credit; null: nothing yet. */
  reversed: bigint | null;
  isRestored: boolean;
}

const REFUNDS: Record<string, boolean | null> = {
  requires_action: null,
  pending: true,
  succeeded: true,
  failed: false,
  canceled: false,
};
const DISPUTES: Record<string, boolean | null> = {
  inquiry: null,
  open: null,
  won: false,
  lost: true,
  closed: false,
};

type OrderKey = { companyId: bigint; orderId: bigint };

/** Every refund and dispute of an order's payments, in the order in which they were noticed. */
export async function listPaymentClaims(tx: Tx, order: OrderKey): Promise<PaymentClaim[]> {
  const where = { companyId: order.companyId, orderId: order.orderId };
  const refunds = await tx.refund.findMany({ where, orderBy: { id: 'asc' } });
  const disputes = await tx.dispute.findMany({ where, orderBy: { id: 'asc' } });
  return [
    ...refunds.map((row) => ({
      kind: 'refund' as const,
      id: row.id,
      key: `refund:${row.processorId}`,
      reason: 'The payment was refunded',
      amount: row.amountMicros,
      isTaken: REFUNDS[row.state] ?? null,
      reversed: row.reversedMicros,
      isRestored: row.restoredAt !== null,
      since: row.noticedAt,
    })),
    ...disputes.map((row) => ({
      kind: 'dispute' as const,
      id: row.id,
      key: `dispute:${row.processorId}`,
      reason: 'The payment was disputed and given back',
      amount: row.amountMicros,
      isTaken: DISPUTES[row.state] ?? null,
      reversed: row.reversedMicros,
      isRestored: row.restoredAt !== null,
      since: row.openedAt,
    })),
  ].toSorted((a, b) => a.since.getTime() - b.since.getTime());
}

/** Stores what became of a claim's reversal. */
export async function saveClaim(
  tx: Tx,
  { companyId }: OrderKey,
  { kind, id }: PaymentClaim,
  data: { reversedMicros: bigint; reversedAt: Date } | { restoredAt: Date },
): Promise<void> {
  const where = { companyId_id: { companyId, id } };
  if (kind === 'refund') await tx.refund.update({ where, data });
  else await tx.dispute.update({ where, data });
}
