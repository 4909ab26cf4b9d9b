import type { Tx } from '../../db/index.ts';

const DESCRIPTIONS: Record<string, string> = {
  recharge: 'Auto-recharge',
  bundle: 'Bundle',
  recurring: 'Recurring credits',
};

/** Puts a credit on the company's next invoice, in the transaction of the credit (R10). */
export async function addInvoiceItem(
  tx: Tx,
  order: { companyId: bigint; id: bigint; kind: string; amountMicros: bigint | null; receiptNumber: bigint },
  at: Date,
): Promise<void> {
  const period = await tx.subscriptionPeriod.findUnique({
    where: { companyId_orderId: { companyId: order.companyId, orderId: order.id } },
  });
  await tx.invoiceItem.create({
    data: {
      companyId: order.companyId,
      orderId: order.id,
      amountMicros: order.amountMicros ?? 0n,
      description: period?.name ?? DESCRIPTIONS[order.kind] ?? 'Credits',
      receiptNumber: order.receiptNumber,
      at,
    },
  });
}
