import { inTransaction, type Tx } from '../../db/index.ts';
import { readBalance } from '../../ledger/index.ts';
import { fromMicros, toMicros } from '../../money.ts';
import { lockCompany } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { type Attempt, logCharge } from './attempts.ts';
import { leaveStuck } from './leave-stuck.ts';
import { announce } from './moments.ts';
import { type ConfirmedOrder, formatReceipt, keyOf, scopeBalance, scopeOf, toPriced } from './order.ts';
import { showToBuyer } from './order-jobs.ts';
import { type CreditedLine, kindOf } from './order-kind.ts';
import { readLines } from './order-lines.ts';
import { moveOrder } from './order-state.ts';

/**
 * Credits a paid (or invoiced) order: the result of the charge, the credit of each line, the receipt and its notice are one
 * transaction, and the order's state makes it happen once however often it is called. `order`: as it was charged.
 * Applies R9.20.
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
  if (attempt !== null)
    logCharge(tx, 'charge-succeeded', { ...attempt, failureCode: null, adviceCode: null }, fresh);
  // What was charged is what paid it, whatever was chosen for a try that came to nothing.
  const payBy =
    attempt === null ? { method: order.method } : { method: 'card' as const, cardId: attempt.cardId };
  const paid: ConfirmedOrder = { ...fresh, ...payBy };
  const kind = kindOf(paid);
  const lines = await creditLines(tx, paid, at);
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
  });
  await leaveStuck(tx, paid, 'paid', at);
  await announce('orderSettled', tx, { order: paid, receiptNumber, at });
  await showToBuyer(tx, paid);
  await kind.onSettled(tx, paid, { at, receipt: formatReceipt(receiptNumber), lines });
}

/** Credits each line, once, and stores which credit it led to and what its credits came to after all of them. */
async function creditLines(tx: Tx, order: ConfirmedOrder, at: Date): Promise<CreditedLine[]> {
  const { companyId, id: orderId } = order;
  const kind = kindOf(order);
  const lines = await readLines(tx, order);
  const grants = new Map<number, bigint>();
  for (const line of lines) grants.set(line.position, await kind.creditLine(tx, order, line, at));
  const after = await readBalance(tx, companyId, at);
  const credited: CreditedLine[] = [];
  for (const line of lines) {
    const { position } = line;
    const balance = scopeBalance(after, scopeOf(line));
    await tx.orderLine.update({
      where: { companyId_orderId_position: { companyId, orderId, position } },
      data: { grantId: grants.get(position) ?? null, balanceAfterMicros: toMicros(balance) },
    });
    credited.push({ scope: scopeOf(line), amount: fromMicros(line.amountMicros), balance });
  }
  return credited;
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
