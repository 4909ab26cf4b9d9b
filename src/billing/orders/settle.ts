import { inTransaction, type Tx } from '../../db/index.ts';
import { grantCredits } from '../../ledger/index.ts';
import { fromMicros, type Money, toMicros } from '../../money.ts';
import { postNotice } from '../../notices/index.ts';
import { actorOf, findCompany, labelScope, listOffices, lockCompany, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { addInvoiceItem } from '../invoices/add-invoice-item.ts';
import { notifyRecharge } from '../kinds/recharge/notify-recharge.ts';
import { creditPeriodOfOrder } from '../kinds/subscription/credit-period.ts';
import { reversePayment } from '../refunds/reverse-payment.ts';
import { answerWithPurchase } from '../requests/answer-request.ts';
import type { Attempt } from './attempts.ts';
import { moveOrder } from './confirm.ts';
import { formatReceipt, nameCard, type OrderRow, readScopeBalance, receiptKey, scopeOf } from './order.ts';
import { enqueueShow } from './order-jobs.ts';

/**
 * Credits a paid (or invoiced) order: the result of the charge, the credit, the receipt and its notice are one
 * transaction, and the order's state makes it happen once however often it is called.
 */
export async function settleOrder(
  deps: BillingDeps,
  order: OrderRow,
  attempt: Attempt | null,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const now = deps.clock.now();
    const fresh = await tx.purchaseOrder.findUniqueOrThrow({
      where: { companyId_id: { companyId: order.companyId, id: order.id } },
    });
    if (fresh.state === 'settled') return;
    if (attempt !== null) await markSucceeded(tx, attempt, now);
    const amount = fromMicros(fresh.amountMicros ?? 0n);
    const grantId = isOfPeriod(fresh) ? null : await grantPurchase(tx, fresh, amount, now);
    const balance = await readScopeBalance(tx, fresh.companyId, scopeOf(fresh), now);
    const { lastReceiptNumber } = await tx.company.update({
      where: { id: fresh.companyId },
      data: { lastReceiptNumber: { increment: 1 } },
    });
    await moveOrder(tx, fresh, {
      state: 'settled',
      settledAt: now,
      nextLookAt: null,
      failureCode: null,
      retryAt: null,
      verifyUntil: null,
      refusedSince: null,
      receiptNumber: lastReceiptNumber,
      grantId,
      balanceAfterMicros: toMicros(balance),
    });
    const receipt = formatReceipt(lastReceiptNumber);
    if (fresh.method === 'invoice')
      await addInvoiceItem(tx, { ...fresh, receiptNumber: lastReceiptNumber }, now);
    if (isOfPeriod(fresh)) await creditPeriodOfOrder(tx, fresh, { at: now, receipt });
    else await tell(tx, fresh, { amount, balance, receipt, at: now });
    await reversePayment(tx, fresh, now);
  });
}

/** Bundles and recurring funds are credited by their period, and told with it. */
function isOfPeriod({ kind }: OrderRow): boolean {
  return kind === 'bundle' || kind === 'recurring';
}

async function grantPurchase(tx: Tx, order: OrderRow, amount: Money, at: Date): Promise<bigint> {
  const { grantId } = await grantCredits(tx, {
    companyId: order.companyId,
    officeId: order.officeId,
    kind: 'general',
    amount,
    key: `order:${order.id}`,
    source: 'purchase',
    reference: order.id.toString(),
    actor: creditedTo(order),
    reason: order.kind === 'recharge' ? 'Auto-recharge' : 'Credits bought',
    at,
  });
  return grantId;
}

async function markSucceeded(tx: Tx, attempt: Attempt, now: Date): Promise<void> {
  await tx.paymentAttempt.update({
    where: {
      companyId_orderId_number: {
        companyId: attempt.companyId,
        orderId: attempt.orderId,
        number: attempt.number,
      },
    },
    // One that had failed and was paid all the same has failed no more.
    data: {
      state: 'succeeded',
      finishedAt: now,
      failureKind: null,
      failureCode: null,
      adviceCode: null,
      cancelDueAt: null,
    },
  });
  // A person has used the card: charges that make themselves may, too (R14).
  if (!attempt.offSession)
    await tx.card.update({
      where: { companyId_id: { companyId: attempt.companyId, id: attempt.cardId } },
      data: { exhaustedAt: null },
    });
}

async function tell(
  tx: Tx,
  order: OrderRow,
  paid: { amount: Money; balance: Money; receipt: string; at: Date },
): Promise<void> {
  await recordAudit(tx, {
    companyId: order.companyId,
    at: paid.at,
    actor: creditedTo(order),
    surface: order.kind === 'recharge' ? 'operator' : 'slack',
    action: 'credits-added',
    details: {
      order: order.id.toString(),
      amount: paid.amount.toFixed(2),
      method: order.method,
      card: await nameCard(tx, order),
      receipt: paid.receipt,
    },
  });
  if (order.kind === 'recharge') {
    await notifyRecharge(tx, order, paid.at, { status: 'added', receipt: paid.receipt });
    return;
  }
  await enqueueShow(tx, order);
  const company = await findCompany(tx, order.companyId);
  if (company === null) return;
  await answerWithPurchase(tx, company, order, paid.at);
  const offices = await listOffices(tx, order.companyId);
  const card =
    order.cardId === null
      ? null
      : await tx.card.findUnique({
          where: { companyId_id: { companyId: order.companyId, id: order.cardId } },
        });
  await postNotice(tx, {
    companyId: order.companyId,
    dedupeKey: receiptKey(order),
    at: paid.at,
    facts: {
      kind: 'receipt',
      scopeLabel: labelScope({ company, offices }, scopeOf(order)),
      amount: paid.amount.toFixed(2),
      balance: paid.balance.toFixed(),
      receipt: paid.receipt,
      byUserId: order.userId,
      payBy: card === null ? { method: 'invoice' } : { method: 'card', brand: card.brand, last4: card.last4 },
      at: paid.at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}

/** Who a credit is due to: the buyer, or auto-recharge. */
function creditedTo(order: OrderRow): string {
  return order.teamId === null ? order.userId : actorOf({ teamId: order.teamId, userId: order.userId });
}
