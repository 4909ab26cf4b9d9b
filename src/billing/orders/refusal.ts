import { inTransaction, type Tx } from '../../db/index.ts';
import { HOUR_MS } from '../../durations.ts';
import { lockCompany } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { GatewayRefusedError, type Intent } from '../gateway.ts';
import { type Attempt, closeAttempt, keyOfAttempt } from './attempts.ts';
import { PROCESSOR_REFUSED } from './declines.ts';
import { cancelAttempt } from './failed-intents.ts';
import { type ConfirmedOrder, keyOf, toConfirmed } from './order.ts';
import { showToBuyer } from './order-jobs.ts';
import { kindOf } from './order-kind.ts';
import { isUnderWay, moveOrder } from './order-state.ts';
import { leaveUnknown, recordOutcome } from './outcome.ts';
import { askToVerify } from './verification/ask-to-verify.ts';

const GIVE_UP_AFTER_MS = 72 * HOUR_MS;

/**
 * Handles a request of this attempt that the processor refused for a reason that is not a bank's. It is no try of the card. Where an
 * earlier confirmation may have gone through all the same, that is looked up first, and nothing is said to be uncharged
 * that is not known to be. Applies R14.8 and R15.4.
 */
export async function followRefusal(
  deps: BillingDeps,
  order: ConfirmedOrder,
  attempt: Attempt,
  refusal: GatewayRefusedError,
): Promise<void> {
  const stored = await deps.db.paymentAttempt.findUniqueOrThrow({ where: keyOfAttempt(attempt) });
  if (stored.intentId !== null) {
    const intent = await withdraw(deps, order, stored);
    const isUncharged = intent?.state === 'canceled' || intent?.state === 'unconfirmed';
    if (intent !== null && !isUncharged) return await recordOutcome(deps, order, attempt, intent);
    // It may still be charged by what was confirmed before: only "canceled" rules that out.
    if (attempt.confirmingAt !== null && intent?.state !== 'canceled') return await leaveUnknown(deps, order);
  }
  await refuseOrder(deps, order, attempt, refusal.code);
}

/** Cancels what was not charged; null where the processor refuses to say what it is. */
async function withdraw(deps: BillingDeps, order: ConfirmedOrder, attempt: Attempt): Promise<Intent | null> {
  try {
    return await cancelAttempt(deps, order, attempt);
  } catch (error) {
    if (error instanceof GatewayRefusedError) return null;
    throw error;
  }
}

/**
 * Ends the try without a charge. A person's purchase has failed by us and can be tried again; an automatic charge
 * waits: it is tried each hour and once the processor takes requests again, and is given up after 72 hours.
 */
async function refuseOrder(
  deps: BillingDeps,
  order: ConfirmedOrder,
  attempt: Attempt,
  code: string,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const now = deps.clock.now();
    if (!(await closeAttempt(tx, now, attempt, { code, adviceCode: null, kind: 'refused' }))) return;
    const row = await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) });
    if (!isUnderWay(row)) return;
    const fresh = toConfirmed(row);
    if (fresh.verifyUntil !== null && fresh.verifyUntil > now) {
      const failure = { code: PROCESSOR_REFUSED, adviceCode: null };
      return await askToVerify(tx, fresh, { cardId: attempt.cardId, failure, now });
    }
    await wait(tx, fresh, now);
  });
}

async function wait(tx: Tx, order: ConfirmedOrder, at: Date): Promise<void> {
  const kind = kindOf(order);
  const since = order.refusedSince ?? at;
  const isOver = at.getTime() - since.getTime() >= GIVE_UP_AFTER_MS;
  const waits = (await kind.isAutomatic(tx, order)) && !isOver;
  const retryAt = waits ? new Date(at.getTime() + HOUR_MS) : null;
  const refused = await moveOrder(tx, order, 'declined', {
    failureCode: PROCESSOR_REFUSED,
    nextPollAt: null,
    verifyUntil: null,
    refusedSince: waits ? since : null,
  });
  await showToBuyer(tx, refused);
  await kind.onRefused?.(tx, toConfirmed(refused), { retryAt, at });
}
