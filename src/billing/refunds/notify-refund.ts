import type { Tx } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { postNotice } from '../../notices/index.ts';
import { findCompany, labelScopes, listOffices } from '../../org/index.ts';
import { findCardName, formatReceipt, formatRefundReceipt, scopeOf } from '../orders/order.ts';
import { listLines } from '../orders/order-lines.ts';

/**
 * Says in the channel how a refund stands, in one message that follows it, with what it took of the credit and whose
 * auto-recharge it paused.
 */
export async function notifyRefund(
  tx: Tx,
  { companyId, id }: { companyId: bigint; id: bigint },
  { paused, at }: { paused: readonly bigint[]; at: Date },
): Promise<void> {
  const company = await findCompany(tx, companyId);
  const refund = await tx.refund.findUniqueOrThrow({ where: { companyId_id: { companyId, id } } });
  const order = await tx.purchaseOrder.findUniqueOrThrow({
    where: { companyId_id: { companyId, id: refund.orderId } },
  });
  if (company === null) return;
  const offices = await listOffices(tx, companyId);
  const scopes = (await listLines(tx, order)).map(scopeOf);
  const [walletId] = paused;
  await postNotice(tx, {
    companyId,
    dedupeKey: `refund:${id}`,
    at,
    facts: {
      kind: 'refund',
      state: refund.restoredAt === null ? 'refunded' : 'returned',
      amount: fromMicros(refund.amountMicros).toFixed(2),
      paid: fromMicros(order.amountMicros ?? 0n).toFixed(2),
      receipt: order.receiptNumber === null ? '' : formatReceipt(order.receiptNumber),
      ownReceipt:
        order.receiptNumber === null
          ? ''
          : formatRefundReceipt(
              order.receiptNumber,
              await tx.refund.count({ where: { companyId, orderId: order.id, id: { lte: id } } }),
            ),
      card: await findCardName(tx, order),
      taken: fromMicros(refund.reversedMicros ?? 0n).toFixed(2),
      scopeLabel: labelScopes({ company, offices }, scopes),
      pausedToken: walletId?.toString() ?? null,
      at: at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}
