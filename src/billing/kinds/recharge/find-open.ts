import type { Queryable } from '../../../db/index.ts';
import { type ConfirmedOrder, toConfirmed } from '../../orders/order.ts';
import { UNDER_WAY_STATES } from '../../orders/order-state.ts';

/** The one recharge of a wallet that is under way or waits to be tried again, or null. The database admits no second. */
export async function findOpenRecharge(
  db: Queryable,
  { companyId, walletId }: { companyId: bigint; walletId: bigint },
): Promise<ConfirmedOrder | null> {
  const row = await db.purchaseOrder.findFirst({
    where: {
      companyId,
      rechargeWalletId: walletId,
      OR: [{ state: { in: UNDER_WAY_STATES } }, { retryAt: { not: null } }],
    },
  });
  return row === null ? null : toConfirmed(row);
}
