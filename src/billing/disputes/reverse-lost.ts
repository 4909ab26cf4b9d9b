import type { Tx } from '../../db/index.ts';
import { reverseGrant } from '../../ledger/index.ts';
import { fromMicros, type Money } from '../../money.ts';

/**
 * Takes back what a lost dispute leaves unpaid (R16): all that the payment credited, or the share of it that was
 * disputed; a bundle may credit more than its price. Nothing while the order has no credit yet: it is called again once
 * it has. Under the company's lock; again it does nothing.
 */
export async function reverseLostCredit(
  tx: Tx,
  order: { companyId: bigint; id: bigint },
  at: Date,
): Promise<void> {
  const { companyId, id: orderId } = order;
  const lost = await tx.dispute.findMany({ where: { companyId, orderId, state: 'lost' } });
  if (lost.length === 0) return;
  const { grantId, amountMicros } = await tx.purchaseOrder.findUniqueOrThrow({
    where: { companyId_id: { companyId, id: orderId } },
  });
  if (grantId === null || amountMicros === null) return;
  const period = await tx.subscriptionPeriod.findFirst({ where: { companyId, orderId } });
  const credit = { paid: amountMicros, credited: period?.creditMicros ?? amountMicros };
  for (const dispute of lost) {
    const share = shareOf(credit, dispute.amountMicros);
    await reverseGrant(tx, {
      companyId,
      grantId,
      ...(share === null ? {} : { amount: share }),
      key: `dispute:${dispute.processorId}`,
      actor: 'processor',
      reason: 'The payment was disputed and given back',
      at,
    });
  }
}

/** What a part of the payment credited, to the micro-dollar and never more; null: all of it. */
function shareOf({ paid, credited }: { paid: bigint; credited: bigint }, disputed: bigint): Money | null {
  return disputed >= paid ? null : fromMicros((credited * disputed) / paid);
}
