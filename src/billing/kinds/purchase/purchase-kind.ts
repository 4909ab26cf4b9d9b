import type { Tx } from '../../../db/index.ts';
import { postNotice } from '../../../notices/index.ts';
import { actorOf, findCompany, labelScope, listOffices } from '../../../org/index.ts';
import { areSharedOtherwise, auditGeneral, grantGeneral } from '../../orders/general-credits.ts';
import { amountText, type ConfirmedOrder, findCardName, receiptKey } from '../../orders/order.ts';
import type { OrderKind, Paid } from '../../orders/order-kind.ts';
import { areSameLines, readLines } from '../../orders/order-lines.ts';
import { UNDER_WAY_STATES } from '../../orders/order-state.ts';

/**
 * General credits that a person buys in a modal. Its buyer decides what follows a decline, so most hooks are left out.
 * Applies R16.11.
 */
export const purchaseKind: OrderKind = {
  names: ['purchase'],
  hasBuyer: true,
  isAutomatic: async () => false,
  usesBackupCard: async () => false,
  describe: async () => 'Credits',
  creditLine: async (tx, order, line, at) =>
    await grantGeneral(tx, order, line, { actor: buyerOf(order), reason: 'Credits bought', at }),
  /**
   * The same person confirmed another purchase of the same amounts for the same credits after it, which is paid or under
   * way; or the credits are shared otherwise.
   */
  async isReplaced(tx, order) {
    const { companyId, id, teamId, userId, amountMicros } = order;
    const lines = await readLines(tx, order);
    const later = await tx.purchaseOrder.findMany({
      where: {
        companyId,
        id: { not: id },
        kind: 'purchase',
        ...{ teamId, userId, amountMicros },
        confirmedAt: { gt: order.confirmedAt ?? order.createdAt },
        state: { in: [...UNDER_WAY_STATES, 'settled'] },
      },
      include: { orderLines: true },
    });
    return (
      later.some(({ orderLines }) => areSameLines(orderLines, lines)) || (await areSharedOtherwise(tx, order))
    );
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
      amount: amountText(order),
      lines: paid.lines.map(({ scope, amount, balance }) => ({
        scopeLabel: labelScope({ company, offices }, scope),
        amount: amount.toFixed(2),
        balance: balance.toFixed(),
      })),
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
