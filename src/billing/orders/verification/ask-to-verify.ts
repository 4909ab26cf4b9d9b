import type { Tx } from '../../../db/index.ts';
import { DAY_MS } from '../../../durations.ts';
import type { Attempt } from '../attempts.ts';
import { type Failure, isChallenge } from '../declines.ts';
import { type ConfirmedOrder, toConfirmed } from '../order.ts';
import { kindOf } from '../order-kind.ts';
import { moveOrder } from '../order-state.ts';

/** How long a payment waits at the bank's page, or for a person to open that page (R11.10, R11.10a). */
export const VERIFY_WITHIN_MS = DAY_MS;

/**
 * Asks people to verify the payment of an automatic charge whose bank wants the cardholder, with the same amount
 * and card. Asked again, as the bank did not confirm it, the time they have stays what it was. Under the company's lock.
 */
export async function askToVerify(
  tx: Tx,
  order: ConfirmedOrder,
  { cardId, failure, now }: { cardId: bigint; failure: Failure; now: Date },
): Promise<void> {
  const verifyUntil = order.verifyUntil ?? new Date(now.getTime() + VERIFY_WITHIN_MS);
  const asked = await moveOrder(tx, order, 'needs_action', {
    cardId,
    verifyUntil,
    failureCode: failure.code,
    retryAt: null,
    pollCount: 0,
    nextPollAt: verifyUntil,
  });
  const { verification } = kindOf(order);
  await verification?.onAsked(tx, toConfirmed(asked), { failureCode: failure.code, at: now });
}

/** Whether a person tried to verify this payment and the bank did not confirm it: they may try again in their time. */
export function isAskedAgain(
  order: ConfirmedOrder,
  attempt: Pick<Attempt, 'offSession'>,
  failure: Failure,
  now: Date,
): boolean {
  return order.verifyUntil !== null && order.verifyUntil > now && !attempt.offSession && isChallenge(failure);
}

/**
 * The card with which an automatic charge is to be verified: the one whose bank asked just now, or the
 * one before it, where the backup that took its place failed. Null where no bank asked.
 */
export async function findCardToVerify(tx: Tx, failed: Attempt, failure: Failure): Promise<bigint | null> {
  if (!failed.offSession) return null;
  const before = await tx.paymentAttempt.findFirst({
    where: { companyId: failed.companyId, orderId: failed.orderId, number: failed.number - 1 },
    include: { card: true },
  });
  const isUsable = before !== null && before.card.removedAt === null && before.card.needsReplacingAt === null;
  if (isUsable && before.offSession && before.failureKind === 'challenged' && before.cardId !== failed.cardId)
    return before.cardId;
  return isChallenge(failure) ? failed.cardId : null;
}
