import type { ClaimKind } from '../reversals/payment-claim.ts';

/** Whether a dispute in each state takes the payment back; null: that is not decided. */
const IS_TAKEN: Record<string, boolean | null> = {
  inquiry: null,
  open: null,
  won: false,
  lost: true,
  closed: false,
};

/** Whether a dispute in this state takes the payment back; null: that is not decided. */
export function isDisputeTaken(state: string): boolean | null {
  return IS_TAKEN[state] ?? null;
}

/** Disputes: a lost one takes its share of the credit; one won after all gives it back (R16). */
export const disputeClaims: ClaimKind = {
  reasons: {
    reversed: 'The payment was disputed and given back',
    restored: 'The dispute was won after all',
  },

  async list(tx, order) {
    const rows = await tx.dispute.findMany({ where: order, orderBy: { id: 'asc' } });
    return rows.map((row) => ({
      id: row.id,
      key: `dispute:${row.processorId}`,
      attemptNumber: row.attemptNumber,
      noticedAt: row.openedAt,
      amount: row.amountMicros,
      isTaken: isDisputeTaken(row.state),
      reversed: row.reversedMicros,
      isRestored: row.restoredAt !== null,
    }));
  },

  async save(tx, key, data) {
    await tx.dispute.update({ where: { companyId_id: key }, data });
  },
};
