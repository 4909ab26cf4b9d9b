import type { Tx } from '../../../db/index.ts';
import type { Company } from '../../../org/index.ts';
import { moveOrders } from '../../orders/order-state.ts';

/** Closes the purchases that are not confirmed or were declined, because their credits are shared otherwise from now on. */
export async function abandonPurchases(tx: Tx, { company }: { company: Company }): Promise<void> {
  await abandon(tx, company.id);
}

/** The same for a company that is closed. */
export async function abandonForClosing(
  tx: Tx,
  { company }: { company: Company },
): Promise<{ drafts: number }> {
  return { drafts: await abandon(tx, company.id) };
}

/** The same for a company that leaves its workspace, whose modals and messages are out of reach. */
export async function abandonForMove(tx: Tx, { company }: { company: Company }): Promise<{ drafts: number }> {
  const drafts = await abandon(tx, company.id);
  await tx.purchaseOrder.updateMany({
    where: { companyId: company.id },
    data: { viewId: null, replyUrl: null },
  });
  return { drafts };
}

async function abandon(tx: Tx, companyId: bigint): Promise<number> {
  const open = { companyId, kind: 'purchase' };
  return (await moveOrders(tx, open, { from: ['draft', 'declined'], to: 'abandoned' })).length;
}
