import { RefillError } from '../../../errors.ts';
import { canBuyFor, mayAnswer } from '../../../org/index.ts';
import type { Approvable } from '../../approvals/approvable.ts';
import { findAsker } from '../../approvals/subject.ts';
import { amountText, scopeOf } from '../../orders/order.ts';
import { showToBuyer } from '../../orders/order-jobs.ts';
import { type LinedOrder, toWanted } from '../../orders/order-lines.ts';
import { moveOrder } from '../../orders/order-state.ts';
import { readPayBy } from '../../orders/pay-by.ts';
import { claimPurchase } from './claim-purchase.ts';
import { assertMayBuy } from './review-purchase.ts';

/** A purchase above the approval limit: it waits as an order, and is charged once it is approved (R9). */
export const purchaseApprovable: Approvable<LinedOrder> = {
  kind: 'purchase',
  parse: (stored) => stored as LinedOrder,
  keyOf: () => null,
  scopesOf: ({ lines }) => lines.map(scopeOf),
  amountOf: amountText,
  rightToAnswer: async (_db, _company, { lines }) => lines.map(scopeOf),
  mayAsk: async (_db, person, { lines }) => mayAnswer(person, lines.map(scopeOf)),
  chargesAtOnce: () => true,
  async apply(tx, order, { approval, decidedBy, at, log }) {
    const buyer = await findAsker(tx, approval);
    if (!order.lines.every((line) => canBuyFor(buyer, scopeOf(line))))
      throw new RefillError('requester-may-not', 'The requester may not add these credits any more.');
    await assertMayBuy(tx, buyer, { lines: toWanted(order.lines) }, at);
    const payment = await readPayBy(tx, buyer.company, at);
    const claim = {
      payment,
      actor: decidedBy,
      action: 'purchase-approved',
      viewId: order.viewId,
      at,
    } as const;
    await claimPurchase({ log }, tx, order, claim);
  },
  async onClosed(tx, order, isApproved) {
    if (!isApproved) await moveOrder(tx, order, 'abandoned');
    await showToBuyer(tx, order);
  },
  linesOf: ({ lines }) => toWanted(lines),
  describe: () => null,
  auditOf: (order) => ({ order: order.id.toString(), amount: amountText(order) }),
};
