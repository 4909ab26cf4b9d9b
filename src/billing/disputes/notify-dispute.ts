import type { Tx } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { type NoticeFacts, postNotice } from '../../notices/index.ts';
import { findCompany } from '../../org/index.ts';
import { formatReceipt } from '../orders/order.ts';

type DisputeRow = NonNullable<Awaited<ReturnType<Tx['dispute']['findUnique']>>>;

/** Says in the channel how a dispute stands, in one message that follows it. */
export async function notifyDispute(
  tx: Tx,
  { companyId, id, orderId }: DisputeRow,
  state: Extract<NoticeFacts, { kind: 'dispute' }>['state'],
  at: Date,
): Promise<void> {
  const company = await findCompany(tx, companyId);
  const order = await tx.purchaseOrder.findUniqueOrThrow({
    where: { companyId_id: { companyId, id: orderId } },
  });
  if (company === null) return;
  await postNotice(tx, {
    companyId,
    dedupeKey: `dispute:${id}`,
    at,
    facts: {
      kind: 'dispute',
      state,
      amount: fromMicros(order.amountMicros ?? 0n).toFixed(2),
      invoice: null,
      receipt: order.receiptNumber === null ? '' : formatReceipt(order.receiptNumber),
      at: at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}
