import type { Tx } from '../../db/index.ts';
import { grantCredits } from '../../ledger/index.ts';
import { findCompany, recordAudit } from '../../org/index.ts';
import { amountOf, amountText, type ConfirmedOrder, nameCard } from './order.ts';

/** Grants an order's amount as general credits, once: the ledger's key is the order. Returns the id of the grant. */
export async function grantGeneral(
  tx: Tx,
  order: ConfirmedOrder,
  by: { actor: string; reason: string; at: Date },
): Promise<bigint> {
  const { grantId } = await grantCredits(tx, {
    companyId: order.companyId,
    officeId: order.officeId,
    kind: 'general',
    amount: amountOf(order),
    key: `order:${order.id}`,
    source: 'purchase',
    reference: order.id.toString(),
    ...by,
  });
  return grantId;
}

/** Whether the credits that an order was for are shared otherwise by now, so that its wallet takes none of them (R5). */
export async function areSharedOtherwise(
  tx: Tx,
  { companyId, officeId }: Pick<ConfirmedOrder, 'companyId' | 'officeId'>,
): Promise<boolean> {
  return (await findCompany(tx, companyId))?.pooled !== (officeId === null);
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
