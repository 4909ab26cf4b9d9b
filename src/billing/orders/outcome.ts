import { inTransaction } from '../../db/index.ts';
import { lockCompany } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import type { Intent } from '../gateway.ts';
import { type Attempt, closeAttempt } from './attempts.ts';
import { chargeFallback } from './charge-card.ts';
import { markDeclinedCard } from './chargeable-cards.ts';
import { type Failure, isChallenge } from './declines.ts';
import { type ConfirmedOrder, keyOf, toConfirmed } from './order.ts';
import { showToBuyer } from './order-jobs.ts';
import { kindOf } from './order-kind.ts';
import { isUnderWay, moveOrder, moveOrders } from './order-state.ts';
import { schedulePoll } from './poll.ts';
import { settleOrder } from './settle.ts';
import { isStuckNow, markStuck } from './stuck-orders.ts';
import { askToVerify, findCardToVerify, isAskedAgain } from './verification/ask-to-verify.ts';

/** Records what an intent came to, and what follows from it. */
export async function recordOutcome(
  deps: BillingDeps,
  order: ConfirmedOrder,
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
 * Handles a charge that definitely failed. Declined: only a new click or the backup card opens another attempt (R14). The bank
 * wants the cardholder during an automatic charge: the backup card is tried, else a person is asked to verify the payment.
 * Applies R11.8.
 */
export async function declineOrder(
  deps: BillingDeps,
  order: ConfirmedOrder,
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
    if (!isUnderWay(before)) return;
    const fresh = toConfirmed(
      await tx.purchaseOrder.update({ where: keyOf(order), data: { refusedSince: null } }),
    );
    if (isAskedAgain(fresh, attempt, failure, now))
      return await askToVerify(tx, fresh, { cardId: attempt.cardId, failure, now });
    const kind = kindOf(fresh);
    if (await kind.usesBackupCard(tx, fresh)) {
      if (await chargeFallback(tx, fresh, attempt, now)) return;
      const cardId = await findCardToVerify(tx, attempt, failure);
      if (cardId !== null) return await askToVerify(tx, fresh, { cardId, failure, now });
    }
    const columns = { failureCode: failure.code, verifyUntil: null, nextPollAt: null };
    const declined = toConfirmed(await moveOrder(tx, fresh, 'declined', columns));
    await showToBuyer(tx, declined);
    await kind.onDeclined?.(tx, declined, { failure, at: now });
  });
}

async function waitForBank(
  deps: BillingDeps,
  order: ConfirmedOrder,
  attempt: Attempt,
  actionUrl: string | null,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const at = deps.clock.now();
    const { companyId, orderId, number } = attempt;
    await tx.paymentAttempt.updateMany({
      where: { companyId, orderId, number, state: 'open' },
      data: { state: 'needs_action', actionUrl },
    });
    const [waiting] = await moveOrders(
      tx,
      { companyId, id: order.id },
      {
        from: ['confirmed', 'charging', 'unknown'],
        to: 'needs_action',
        columns: { refusedSince: null, unknownSince: null },
      },
    );
    await schedulePoll(tx, order, at);
    if (waiting === undefined) return;
    await showToBuyer(tx, waiting);
    await kindOf(order).onNeedsAction?.(tx, toConfirmed(waiting), { actionUrl, at });
  });
}

/**
 * Handles an outcome that is not known: the processor is polled until it is, and nothing is charged again. The order, and the
 * attempt without a usable answer, store since when; after a day the order is stuck.
 */
export async function leaveUnknown(deps: BillingDeps, order: ConfirmedOrder): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const now = deps.clock.now();
    const key = { companyId: order.companyId, id: order.id };
    const [left] = await moveOrders(tx, key, { from: ['confirmed', 'charging'], to: 'unknown' });
    await tx.purchaseOrder.updateMany({
      where: { ...key, state: 'unknown', unknownSince: null },
      data: { unknownSince: now },
    });
    await tx.paymentAttempt.updateMany({
      where: { companyId: order.companyId, orderId: order.id, state: 'open', unknownSince: null },
      data: { unknownSince: now },
    });
    const fresh = await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) });
    if (fresh.state === 'unknown' && isStuckNow(fresh, now))
      return await markStuck(tx, toConfirmed(fresh), now);
    await schedulePoll(tx, order, now);
    if (left !== undefined) await showToBuyer(tx, left);
  });
}
