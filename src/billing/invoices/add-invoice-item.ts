import type { Tx } from '../../db/index.ts';
import type { ConfirmedOrder } from '../orders/order.ts';
import { kindOf } from '../orders/order-kind.ts';

/** Puts a credit that is paid by invoice on the company's next one, in the transaction of the credit (R10). */
export async function addInvoiceItem(
  tx: Tx,
  { order, receiptNumber, at }: { order: ConfirmedOrder; receiptNumber: bigint; at: Date },
): Promise<void> {
  if (order.method !== 'invoice') return;
  const { companyId, id: orderId, amountMicros } = order;
  const description = await kindOf(order).describe(tx, order);
  await tx.invoiceItem.create({
    data: { companyId, orderId, amountMicros, description, receiptNumber, at },
  });
}
