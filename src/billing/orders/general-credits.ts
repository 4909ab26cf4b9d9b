import type { Tx } from '../../db/index.ts';
import { grantCredits } from '../../ledger/index.ts';
import { findCompany, recordAudit } from '../../org/index.ts';
import { amountOf, amountText, type ConfirmedOrder, nameCard } from './order.ts';
import { type OrderLine, readLines } from './order-lines.ts';

/** Grants a line as general credits, once: the ledger's key is the order and the line. Returns the id of the grant. */
export async function grantGeneral(
  tx: Tx,
  order: Pick<ConfirmedOrder, 'companyId' | 'id'>,
  line: OrderLine,
  by: { actor: string; reason: string; at: Date },
): Promise<bigint> {
  const { grantId } = await grantCredits(tx, {
    companyId: order.companyId,
    officeId: line.officeId,
    kind: 'general',
    amount: amountOf(line),
    key: `order:${order.id}:${line.position}`,
    source: 'purchase',
    reference: order.id.toString(),
    ...by,
  });
  return grantId;
}

/** Whether credit sharing has changed since an order, so that its wallets take none of its credits (R5). */
export async function areSharedOtherwise(tx: Tx, order: ConfirmedOrder): Promise<boolean> {
  const lines = await readLines(tx, order);
  const isPooled = (await findCompany(tx, order.companyId))?.pooled;
  return lines.some(({ officeId }) => (officeId === null) !== isPooled);
}

/** Records which order added general credits, how it was paid and its receipt (R28). */
export async function auditGeneral(
  tx: Tx,
  order: ConfirmedOrder,
  by: { actor: string; surface: 'slack' | 'operator'; receipt: string; at: Date },
): Promise<void> {
  const { receipt, ...who } = by;
  await recordAudit(tx, {
    companyId: order.companyId,
    ...who,
    action: 'credits-added',
    details: {
      order: order.id.toString(),
      amount: amountText(order),
      method: order.method,
      card: await nameCard(tx, order),
      receipt,
    },
  });
}
