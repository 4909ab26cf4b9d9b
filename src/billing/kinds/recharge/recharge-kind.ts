import { canBuyFor } from '../../../org/index.ts';
import { areSharedOtherwise, auditGeneral, grantGeneral } from '../../orders/general-credits.ts';
import type { OrderKind } from '../../orders/order-kind.ts';
import { UNDER_WAY_STATES } from '../../orders/order-state.ts';
import { AUTO_RECHARGE_ACTOR } from './decide-recharge.ts';
import { endUnverified, retryOrPause, waitForProcessor } from './decline-recharge.ts';
import { notifyRecharge } from './notify-recharge.ts';
import { dropWaiting, fitsDay, needsRecharge } from './retry-recharge.ts';
import { isOnFor, walletOf } from './settings.ts';

/** General credits that are added when a wallet falls below its threshold (R11). Nobody is there when it is charged. */
export const rechargeKind: OrderKind = {
  names: ['recharge'],
  hasBuyer: false,
  isAutomatic: async () => true,
  usesBackupCard: isOnFor,
  describe: async () => 'Auto-recharge',
  creditLine: async (tx, order, line, at) =>
    await grantGeneral(tx, order, line, { actor: AUTO_RECHARGE_ACTOR, reason: 'Auto-recharge', at }),
  /** A later recharge of the same credits is paid or under way, or the credits are shared otherwise. */
  async isReplaced(tx, order) {
    const later = await tx.purchaseOrder.count({
      where: {
        companyId: order.companyId,
        id: { gt: order.id },
        rechargeWalletId: walletOf(order),
        state: { in: [...UNDER_WAY_STATES, 'settled'] },
      },
    });
    return later > 0 || (await areSharedOtherwise(tx, order));
  },
  async onSettled(tx, order, { at, receipt }) {
    await auditGeneral(tx, order, { actor: AUTO_RECHARGE_ACTOR, surface: 'operator', receipt, at });
    await notifyRecharge(tx, order, at, { status: 'added', receipt });
  },
  onDeclined: retryOrPause,
  onRefused: waitForProcessor,
  onNeedsAction: async (tx, order, { actionUrl, at }) =>
    await notifyRecharge(tx, order, at, { status: 'needs_action', actionUrl }),
  verification: {
    isAllowed: (person, scopes) => scopes.every((scope) => canBuyFor(person, scope)),
    async isWanted(tx, order, at) {
      if (await needsRecharge(tx, order, at)) return true;
      await dropWaiting(tx, order, at, 'needless');
      return false;
    },
    fitsLimits: fitsDay,
    onAsked: async (tx, order, { failureCode, at }) =>
      await notifyRecharge(tx, order, at, { status: 'to_verify', failureCode }),
    onExpired: endUnverified,
  },
};
