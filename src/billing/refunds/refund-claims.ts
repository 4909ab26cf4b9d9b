import { announce } from '../orders/moments.ts';
import type { ClaimKind } from '../reversals/payment-claim.ts';
import { notifyRefund } from './notify-refund.ts';

/** Whether a refund in each state takes the payment back; null: that is not decided. */
const IS_TAKEN: Record<string, boolean | null> = {
  requires_action: null,
  pending: true,
  succeeded: true,
  failed: false,
  canceled: false,
};

/** Whether a refund in this state takes the payment back; null: that is not decided. */
export function isRefundTaken(state: string): boolean | null {
  return IS_TAKEN[state] ?? null;
}

/**
 * Refunds: one that is on its way or arrived takes its share of the credit, and is notified with what it paused (R16).
 * Applies R16.3.
 */
export const refundClaims: ClaimKind = {
  reasons: { reversed: 'The payment was refunded', restored: 'The refund did not arrive' },

  async list(tx, order) {
    const rows = await tx.refund.findMany({ where: order, orderBy: { id: 'asc' } });
    return rows.map((row) => ({
      id: row.id,
      key: `refund:${row.processorId}`,
      attemptNumber: row.attemptNumber,
      noticedAt: row.noticedAt,
      amount: row.amountMicros,
      isTaken: isRefundTaken(row.state),
      reversed: row.reversedMicros,
      isRestored: row.restoredAt !== null,
    }));
  },

  async save(tx, key, data) {
    await tx.refund.update({ where: { companyId_id: key }, data });
  },

  async onReversed(tx, key, { amount, walletIds }, at) {
    const answers = await announce('creditRefunded', tx, {
      companyId: key.companyId,
      walletIds,
      amount,
      at,
    });
    await notifyRefund(tx, key, { paused: answers.flat(), at });
  },

  async onRestored(tx, key, at) {
    await notifyRefund(tx, key, { paused: [], at });
  },
};
