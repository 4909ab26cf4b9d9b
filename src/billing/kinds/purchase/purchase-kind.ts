import type { Tx } from '../../../db/index.ts';
import { postNotice } from '../../../notices/index.ts';
import { actorOf, findCompany, labelScope, listOffices } from '../../../org/index.ts';
import { areSharedOtherwise, auditGeneral, grantGeneral } from '../../orders/general-credits.ts';
import { amountText, type ConfirmedOrder, findCardName, receiptKey, scopeOf } from '../../orders/order.ts';
import type { OrderKind, Paid } from '../../orders/order-kind.ts';
import { UNDER_WAY } from '../../orders/order-state.ts';

/** General credits that a person buys in a modal. Its buyer decides what follows a decline, so most hooks are left out. */
export const purchaseKind: OrderKind = {
  names: ['purchase'],
  hasBuyer: true,
  isAutomatic: async () => false,
  usesBackupCard: async () => false,
  describe: async () => 'Credits',
  credit: async (tx, order, at) =>
    await grantGeneral(tx, order, { actor: buyerOf(order), reason: 'Credits bought', at }),
  /**
   * The same person confirmed another purchase of the same amount for the same credits after it, which is paid or under
   * way; or the credits are shared otherwise.
   */
  async isReplaced(tx, { companyId, id, teamId, userId, officeId, amountMicros, ...order }) {
    const later = await tx.purchaseOrder.count({
      where: {
        companyId,
        id: { not: id },
        kind: 'purchase',
        ...{ teamId, userId, officeId, amountMicros },
        confirmedAt: { gt: order.confirmedAt ?? order.createdAt },
        state: { in: [...UNDER_WAY, 'settled'] },
      },
    });
    return later > 0 || (await areSharedOtherwise(tx, { companyId, officeId }));
  },
  async onSettled(tx, order, paid) {
    const { at, receipt } = paid;
    await auditGeneral(tx, order, { actor: buyerOf(order), surface: 'slack', receipt, at });
    await postReceipt(tx, order, paid);
  },
};

async function postReceipt(tx: Tx, order: ConfirmedOrder, paid: Paid): Promise<void> {
  const company = await findCompany(tx, order.companyId);
  if (company === null) return;
  const offices = await listOffices(tx, order.companyId);
  const card = await findCardName(tx, order);
  await postNotice(tx, {
    companyId: order.companyId,
    dedupeKey: receiptKey(order),
    at: paid.at,
    facts: {
      kind: 'receipt',
      scopeLabel: labelScope({ company, offices }, scopeOf(order)),
      amount: amountText(order),
      balance: paid.balance.toFixed(),
      receipt: paid.receipt,
      byUserId: order.userId,
      payBy: card === null ? { method: 'invoice' } : { method: 'card', ...card },
      at: paid.at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}

function buyerOf({ teamId, userId }: ConfirmedOrder): string {
  return teamId === null ? userId : actorOf({ teamId, userId });
}
