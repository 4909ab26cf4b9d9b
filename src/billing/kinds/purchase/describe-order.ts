import type { Queryable } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { readBalance } from '../../../ledger/index.ts';
import { dollars, fromMicros } from '../../../money.ts';
import { type Company, labelScope, type Person } from '../../../org/index.ts';
import { readOrderApproval } from '../../approvals/read-approval.ts';
import type { BillingDeps } from '../../deps.ts';
import {
  formatReceipt,
  formatReference,
  type OrderRow,
  receiptKey,
  scopeBalance,
  scopeOf,
} from '../../orders/order.ts';
import { listLines } from '../../orders/order-lines.ts';
import { stateOf } from '../../orders/order-state.ts';
import { type PayBy, readPayBy } from '../../orders/pay-by.ts';
import type { Payment } from '../../orders/review-mark.ts';
import { readCharge } from './read-charge.ts';
import type { OrderFacts } from './types.ts';

/**
 * The person's own order. Throws RefillError `order-unknown` for a token that is not theirs: a forged token,
 * another company's and another person's look alike.
 */
export async function findOwnOrder(db: Queryable, person: Person, token: string): Promise<OrderRow> {
  const order = await db.purchaseOrder.findFirst({
    where: { token, companyId: person.company.id, teamId: person.teamId, userId: person.userId },
  });
  if (order === null)
    throw new RefillError('order-unknown', 'That purchase is not known any more.', { token });
  return order;
}

/** The order as its buyer may know it. */
export async function describeOrder(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  order: OrderRow,
  labels: { company: Company; offices: Person['offices'] },
): Promise<OrderFacts> {
  const { db, clock } = deps;
  const attempt = await db.paymentAttempt.findFirst({
    where: { companyId: order.companyId, orderId: order.id },
    orderBy: { number: 'desc' },
  });
  const receiptChannelId = await findReceiptChannel(db, order);
  const approval = await readOrderApproval(db, order);
  const balance = await readBalance(db, order.companyId, clock.now());
  const lines = (await listLines(db, order)).map((line) => ({
    scope: scopeOf(line),
    scopeLabel: labelScope(labels, scopeOf(line)),
    amount: fromMicros(line.amountMicros),
    balance:
      line.balanceAfterMicros === null
        ? scopeBalance(balance, scopeOf(line))
        : fromMicros(line.balanceAfterMicros),
  }));
  const payBy = await readOrderPayBy(db, order, labels.company, clock.now());
  const charge = await readCharge(db, labels.company, order, clock.now());
  const { payment } = charge;
  return {
    token: order.token,
    state: stateOf(order),
    lines,
    amount: order.amountMicros === null ? dollars('0') : fromMicros(order.amountMicros),
    payBy,
    chosenCardId: order.cardId,
    receipt: order.receiptNumber === null ? null : formatReceipt(order.receiptNumber),
    receiptChannelId,
    approval,
    failure: order.failureCode === null ? null : { code: order.failureCode },
    retryWith: isPaidAlike(order, payment) ? null : payment.payBy,
    canRetry: payment.payBy.method === 'invoice' || payment.cardId !== null,
    asksApproval: charge.asks,
    mark: charge.mark,
    reference: formatReference(order),
    actionUrl: order.state === 'needs_action' ? (attempt?.actionUrl ?? null) : null,
    requestedBy: { teamId: order.teamId ?? '', userId: order.userId },
    viewId: order.viewId,
    replyUrl: order.replyUrl,
  };
}

/** Whether another try would be paid as the last one was; without a card there is nothing to offer either. */
function isPaidAlike(order: OrderRow, { payBy, cardId }: Payment): boolean {
  if (payBy.method === 'card' && cardId === null) return true;
  return payBy.method === order.method && cardId === order.cardId;
}

/** The card this order is charged to, not whichever is the default by now. */
async function readOrderPayBy(db: Queryable, order: OrderRow, company: Company, at: Date): Promise<PayBy> {
  if (order.cardId === null) return (await readPayBy(db, company, at)).payBy;
  const card = await db.card.findUniqueOrThrow({
    where: { companyId_id: { companyId: order.companyId, id: order.cardId } },
  });
  const { brand, last4 } = card;
  return { method: 'card', card: { brand, last4, needsReplacing: card.needsReplacingAt !== null } };
}

async function findReceiptChannel(db: Queryable, order: OrderRow): Promise<string | null> {
  const notice = await db.notice.findUnique({
    where: { companyId_dedupeKey: { companyId: order.companyId, dedupeKey: receiptKey(order) } },
  });
  // A receipt that could not be posted for good is in no channel.
  return notice === null || notice.state === 'failed' ? null : notice.channelId;
}
