import { backoffMs } from '../../backoff.ts';
import { inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { MINUTE_MS, SECOND_MS } from '../../durations.ts';
import { lockCompany } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import type { Intent } from '../gateway.ts';
import { notifyRecharge } from '../kinds/recharge/notify-recharge.ts';
import { followDecline } from '../kinds/recharge/retry-recharge.ts';
import { failPeriodOfOrder, notifyBankOfPeriod, paysItself } from '../kinds/subscription/fail-period.ts';
import { type Attempt, closeAttempt } from './attempts.ts';
import { chargeFallback } from './charge-card.ts';
import { markDeclinedCard } from './chargeable-cards.ts';
import { type Failure, isChallenge } from './declines.ts';
import { keyOf, type OrderRow, UNDER_WAY } from './order.ts';
import { enqueueShow } from './order-jobs.ts';
import { settleOrder } from './settle.ts';
import { askToVerify, findCardToVerify, isAskedAgain } from './verification/ask-to-verify.ts';

export const INITIAL_BACKOFF_MS = 5 * SECOND_MS;
const BACKOFF = { initialMs: INITIAL_BACKOFF_MS, maxMs: 10 * MINUTE_MS };

/** Writes down what an intent came to, and what follows from it. */
export async function recordOutcome(
  deps: BillingDeps,
  order: OrderRow,
  attempt: Attempt,
  intent: Intent,
): Promise<void> {
  switch (intent.state) {
    case 'succeeded':
      return await settleOrder(deps, order, attempt);
    case 'failed':
    case 'canceled':
      return await declineOrder(deps, order, attempt, {
        code: intent.failureCode ?? 'card_declined',
        adviceCode: intent.adviceCode,
      });
    case 'needs_action':
      return await waitForBank(deps, order, attempt, intent.actionUrl);
    default:
      return await leaveUnknown(deps, order);
  }
}

/**
 * The charge definitely failed. Declined: said once, and only a new click opens another try, or the backup card (R14).
 * The bank wants its holder though nobody was there: the backup card, else a person is asked to verify the payment.
 */
export async function declineOrder(
  deps: BillingDeps,
  order: OrderRow,
  attempt: Attempt,
  failure: Failure,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const now = deps.clock.now();
    const isChallenged = isChallenge(failure);
    const isNews = await closeAttempt(tx, now, attempt, {
      ...failure,
      kind: isChallenged ? 'challenged' : 'declined',
    });
    if (!isNews) return;
    if (!isChallenged) await markDeclinedCard(tx, attempt, failure, now);
    const before = await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) });
    if (!UNDER_WAY.includes(before.state)) return;
    const fresh = await tx.purchaseOrder.update({ where: keyOf(order), data: { refusedSince: null } });
    if (isAskedAgain(fresh, attempt, failure, now))
      return await askToVerify(tx, fresh, { cardId: attempt.cardId, failure, now });
    if (fresh.kind === 'recharge') return await followDecline(tx, fresh, attempt, failure, now);
    if (await paysItself(tx, fresh)) {
      if (await chargeFallback(tx, fresh, attempt, now)) return;
      const cardId = await findCardToVerify(tx, attempt, failure);
      if (cardId !== null) return await askToVerify(tx, fresh, { cardId, failure, now });
    }
    await endDeclined(tx, fresh, failure.code, now);
  });
}

/** No other card is tried by itself: its buyer decides what is next, or its period's schedule. */
async function endDeclined(tx: Tx, order: OrderRow, code: string, now: Date): Promise<void> {
  await tx.purchaseOrder.update({
    where: keyOf(order),
    data: { state: 'declined', failureCode: code, verifyUntil: null, nextLookAt: null },
  });
  await enqueueShow(tx, order);
  await failPeriodOfOrder(tx, order, { code, at: now });
}

async function waitForBank(
  deps: BillingDeps,
  order: OrderRow,
  attempt: Attempt,
  url: string | null,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const now = deps.clock.now();
    await tx.paymentAttempt.updateMany({
      where: {
        companyId: attempt.companyId,
        orderId: attempt.orderId,
        number: attempt.number,
        state: 'open',
      },
      data: { state: 'needs_action', actionUrl: url },
    });
    const { count } = await tx.purchaseOrder.updateMany({
      where: {
        companyId: order.companyId,
        id: order.id,
        state: { in: ['confirmed', 'charging', 'unknown'] },
      },
      data: { state: 'needs_action', refusedSince: null },
    });
    await scheduleLook(tx, order, now);
    if (count > 0 && order.kind === 'recharge')
      await notifyRecharge(tx, order, now, { status: 'needs_action', actionUrl: url });
    else if (count > 0) {
      await enqueueShow(tx, order);
      await notifyBankOfPeriod(tx, order, { at: now, actionUrl: url });
    }
  });
}

/** Nobody knows whether money moved: it is looked up until it is known, and never charged anew. */
export async function leaveUnknown(deps: BillingDeps, order: OrderRow): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const { count } = await tx.purchaseOrder.updateMany({
      where: { companyId: order.companyId, id: order.id, state: { in: ['confirmed', 'charging'] } },
      data: { state: 'unknown' },
    });
    await scheduleLook(tx, order, deps.clock.now());
    if (count > 0) await enqueueShow(tx, order);
  });
}

/** The more often it was looked at in vain, the longer until the next look: 5 seconds at first, 10 minutes at last. */
async function scheduleLook(tx: Queryable, order: OrderRow, now: Date): Promise<void> {
  const { looks } = await tx.purchaseOrder.update({
    where: { companyId_id: { companyId: order.companyId, id: order.id } },
    data: { looks: { increment: 1 } },
  });
  const waitMs = backoffMs(looks - 1, BACKOFF);
  await tx.purchaseOrder.update({
    where: { companyId_id: { companyId: order.companyId, id: order.id } },
    data: { nextLookAt: new Date(now.getTime() + waitMs) },
  });
}
