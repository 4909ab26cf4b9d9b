import type { Tx } from '../../../db/index.ts';
import { findCompany, labelScope, listOffices } from '../../../org/index.ts';
import { scopeOf } from '../../orders/order.ts';

/** The credits, by name, whose auto-recharge is on and waits for a card: paused for want of one, or with a retry ahead. */
export async function listWaitingForCard(
  tx: Tx,
  { companyId }: { companyId: bigint },
): Promise<readonly string[]> {
  const company = await findCompany(tx, companyId);
  if (company === null) return [];
  const retried = await tx.purchaseOrder.findMany({
    where: { companyId, kind: 'recharge', retryAt: { not: null }, rechargeWalletId: { not: null } },
    select: { rechargeWalletId: true },
  });
  const walletIds = retried.flatMap(({ rechargeWalletId: id }) => (id === null ? [] : [id]));
  const waiting = await tx.rechargeSetting.findMany({
    where: {
      companyId,
      isOn: true,
      OR: [{ pausedFor: { in: ['declined', 'no_card'] } }, { walletId: { in: walletIds } }],
    },
    select: { officeId: true },
    orderBy: { walletId: 'asc' },
  });
  const offices = await listOffices(tx, companyId);
  return waiting.map((of) => labelScope({ company, offices }, scopeOf(of)));
}
