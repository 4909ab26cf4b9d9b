import { inTransaction, type Tx } from '../../db/index.ts';
import { toMicros } from '../../money.ts';
import { lockCompany } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import type { Attempt } from './attempts.ts';
import { leaveStuck } from './leave-stuck.ts';
import { announce } from './moments.ts';
import { type ConfirmedOrder, formatReceipt, keyOf, readScopeBalance, scopeOf, toPriced } from './order.ts';
import { showToBuyer } from './order-jobs.ts';
import { kindOf } from './order-kind.ts';
import { moveOrder } from './order-state.ts';

/**
 * Credits a paid (or invoiced) order: the result of the charge, the credit, the receipt and its notice are one
 * transaction, and the order's state makes it happen once however often it is called. `order`: as it was charged.
 */
export async function settleOrder(
  deps: BillingDeps,
  order: ConfirmedOrder,
  attempt: Attempt | null,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    await settleLocked(tx, order, attempt, deps.clock.now());
  });
}

/** The same in a transaction of the caller's, under the company's lock. A payment that is refunded credits nothing. */
export async function settleLocked(
  tx: Tx,
  order: ConfirmedOrder,
  attempt: Attempt | null,
  at: Date,
): Promise<void> {
  const fresh = toPriced(await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) }));
  if (fresh.state === 'settled') return;
  if (attempt !== null && !(await markSucceeded(tx, attempt, at))) return;
  // What was charged is what paid it, whatever was chosen for a try that came to nothing.
  const payBy =
    attempt === null ? { method: order.method } : { method: 'card' as const, cardId: attempt.cardId };
  const paid: ConfirmedOrder = { ...fresh, ...payBy };
  const kind = kindOf(paid);
  const grantId = await kind.credit(tx, paid, at);
  const balance = await readScopeBalance(tx, paid.companyId, scopeOf(paid), at);
  const receiptNumber = await nextReceiptNumber(tx, paid.companyId);
  await moveOrder(tx, paid, 'settled', {
    ...payBy,
    settledAt: at,
    nextPollAt: null,
    failureCode: null,
    retryAt: null,
    verifyUntil: null,
    refusedSince: null,
    receiptNumber,
    grantId,
    balanceAfterMicros: toMicros(balance),
  });
  await leaveStuck(tx, paid, 'paid', at);
  await announce('orderSettled', tx, { order: paid, receiptNumber, at });
  await showToBuyer(tx, paid);
  await kind.onSettled(tx, paid, { at, receipt: formatReceipt(receiptNumber), balance });
}

async function nextReceiptNumber(tx: Tx, companyId: bigint): Promise<bigint> {
  const { lastReceiptNumber } = await tx.company.update({
    where: { id: companyId },
    data: { lastReceiptNumber: { increment: 1 } },
  });
  return lastReceiptNumber;
}

/** False where the attempt was refunded, or is to be: it credits nothing any more (R16). */
async function markSucceeded(tx: Tx, attempt: Attempt, now: Date): Promise<boolean> {
  const { companyId, orderId, number } = attempt;
  const { count } = await tx.paymentAttempt.updateMany({
    where: { companyId, orderId, number, refundReason: null },
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
  if (count === 0) return false;
  // A person has used the card: charges that make themselves may, too (R14).
  if (!attempt.offSession)
    await tx.card.update({
      where: { companyId_id: { companyId, id: attempt.cardId } },
      data: { exhaustedAt: null },
    });
  return true;
}
