import { inTransaction, type Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import type { LateRefundReason } from '../../notices/index.ts';
import { lockCompany, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { type Attempt, findLiveAttempt } from './attempts.ts';
import { repeatLater } from './failed-intents.ts';
import { notifyLateRefund } from './notify-late-refund.ts';
import {
  amountText,
  type ConfirmedOrder,
  formatReference,
  keyOf,
  type OrderRow,
  toConfirmed,
} from './order.ts';
import { kindOf } from './order-kind.ts';
import { isUnderWay } from './order-state.ts';
import { findPurchasePause } from './purchases-paused.ts';
import { settleLocked } from './settle.ts';

/** An order of this age, since it was made, is credited no more. */
const CREDITED_UNTIL_MS = 7 * DAY_MS;

/** What is done about a payment of a failed attempt; `wait`: its order has not ended, and its next step decides. */
type Decision = 'credit' | 'wait' | LateRefundReason;

/**
 * Decides about a failed attempt whose intent was paid all the same: its order is credited as usual, or the payment is to
 * be refunded, which is recorded here and asked of the processor by `refundLatePayments` (R16). One transaction under the
 * company's lock, and the attempt's row says which of the two it is, so it is never both. Again it does nothing.
 * Applies R16.10 and R16.12.
 */
export async function decideLatePayment(
  deps: BillingDeps,
  { companyId, orderId, number }: Attempt,
): Promise<void> {
  const key = { companyId, orderId, number };
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const at = deps.clock.now();
    const attempt = await tx.paymentAttempt.findUniqueOrThrow({ where: { companyId_orderId_number: key } });
    if (attempt.state !== 'failed' || attempt.refundReason !== null) return;
    const order = toConfirmed(
      await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf({ companyId, id: orderId }) }),
    );
    const decision = await decide(tx, order, at);
    if (decision === 'wait') return;
    deps.log.warn(
      { reference: formatReference(order), attempt: number, decision },
      'a failed payment was paid',
    );
    if (decision === 'credit') return await settleLocked(tx, order, attempt, at);
    await tx.paymentAttempt.update({
      where: { companyId_orderId_number: key },
      data: { refundReason: decision, refundDueAt: at, cancelDueAt: null, cleanupRetries: 0 },
    });
  });
}

async function decide(tx: Tx, order: ConfirmedOrder, at: Date): Promise<Decision> {
  if (order.state === 'settled') return 'replaced';
  // Nothing is charged while it waits for a person, so this is what pays it. Otherwise the next step of the order decides.
  if (order.state === 'needs_action' && (await findLiveAttempt(tx, order)) === null) return 'credit';
  if (isUnderWay(order) || order.state === 'awaiting_approval') return 'wait';
  // A stuck order waits for just this, however old it is; where it has a live attempt, that one is looked up first.
  if (order.state === 'stuck') {
    if ((await findLiveAttempt(tx, order)) !== null) return 'wait';
    return (await kindOf(order).isReplaced(tx, order, at)) ? 'replaced' : 'credit';
  }
  if (at.getTime() - order.createdAt.getTime() >= CREDITED_UNTIL_MS) return 'too_late';
  if ((await findPurchasePause(tx, order.companyId)) === 'closed') return 'too_late';
  return (await kindOf(order).isReplaced(tx, order, at)) ? 'replaced' : 'credit';
}

/**
 * Refunds what came through late and was not credited, under one key for each payment, so that a call whose answer was
 * lost is repeated without refunding twice; notifies once the processor has confirmed it. Throws GatewayUnknownError
 * and GatewayRefusedError where it has not: the sweep asks again, each time after a longer wait.
 */
export async function refundLatePayments(
  deps: BillingDeps,
  order: Pick<OrderRow, 'companyId' | 'id' | 'token'>,
): Promise<void> {
  const due = await deps.db.paymentAttempt.findMany({
    where: { companyId: order.companyId, orderId: order.id, refundDueAt: { not: null } },
    orderBy: { number: 'asc' },
  });
  for (const attempt of due) {
    const request = { intentId: attempt.intentId ?? '', key: `${order.token}-${attempt.number}-late-refund` };
    await repeatLater(deps, attempt, 'refundDueAt', () =>
      gatewayFor(deps, order.companyId).refundIntent(request),
    );
    await recordRefund(deps, attempt);
  }
}

async function recordRefund({ db, clock }: BillingDeps, attempt: Attempt): Promise<void> {
  const { companyId, orderId, number } = attempt;
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const at = clock.now();
    const { count } = await tx.paymentAttempt.updateMany({
      where: { companyId, orderId, number, refundDueAt: { not: null } },
      data: { refundDueAt: null, refundedAt: at },
    });
    if (count === 0) return;
    const order = toConfirmed(
      await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf({ companyId, id: orderId }) }),
    );
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'processor',
      surface: 'processor',
      action: 'late-payment-refunded',
      details: { order: orderId.toString(), attempt: number, amount: amountText(order) },
    });
    await notifyLateRefund(tx, order, attempt, at);
  });
}
