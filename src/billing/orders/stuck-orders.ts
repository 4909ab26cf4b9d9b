import { inTransaction, type Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { lockCompany } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { type Attempt, closeAttempt, findLiveAttempt } from './attempts.ts';
import { markDeclinedCard } from './chargeable-cards.ts';
import { type Failure, isChallenge, UNCONFIRMED } from './declines.ts';
import { leaveStuck } from './leave-stuck.ts';
import { announce } from './moments.ts';
import { notifyUnconfirmed } from './notify-unconfirmed.ts';
import { type ConfirmedOrder, keyOf, type OrderRow, toConfirmed } from './order.ts';
import { showToBuyer } from './order-jobs.ts';
import { kindOf } from './order-kind.ts';
import { moveOrder, moveOrders } from './order-state.ts';
import { type PaymentFinding, pollPayment } from './poll-payment.ts';
import { settleLocked } from './settle.ts';

/** An order whose outcome is not known for so long is stuck. */
const STUCK_AFTER_MS = DAY_MS;
const POLL_EVERY_MS = DAY_MS;
/** A stuck order is polled for 30 days. */
const CLOSED_AFTER_MS = STUCK_AFTER_MS + 30 * DAY_MS;

/** Whether an order has been unknown for so long that it is stuck now. */
export function isStuckNow({ unknownSince }: Pick<OrderRow, 'unknownSince'>, now: Date): boolean {
  return unknownSince !== null && now.getTime() - unknownSince.getTime() >= STUCK_AFTER_MS;
}

/**
 * An order whose outcome is not known after a day is stuck (R15): nothing charges it any more, its buyer and the operator
 * are notified, and auto-recharge of its credits pauses. Under the company's lock. Applies R15.9.
 */
export async function markStuck(tx: Tx, order: ConfirmedOrder, at: Date): Promise<void> {
  const { companyId, id } = order;
  const columns = {
    nextPollAt: new Date(at.getTime() + POLL_EVERY_MS),
    verifyUntil: null,
    refusedSince: null,
  };
  const [row] = await moveOrders(tx, { companyId, id }, { from: ['unknown'], to: 'stuck', columns });
  if (row === undefined) return;
  const stuck = toConfirmed(row);
  const paused = await announce('orderStuck', tx, { order: stuck, at });
  await notifyUnconfirmed(tx, stuck, { state: 'checking', pausesRecharge: paused.some(Boolean), at });
  await showToBuyer(tx, stuck);
}

/**
 * Looks up the state of a stuck order again: each day, when the processor has news of it, and for 30 days; then it
 * is closed unpaid. A payment that comes through after that is a late payment (R16). Applies R15.10.
 */
export async function followStuck(deps: BillingDeps, order: ConfirmedOrder): Promise<void> {
  const finding = await pollPayment(deps, order, { cancels: true });
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const at = deps.clock.now();
    const fresh = toConfirmed(await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) }));
    if (fresh.state !== 'stuck') return;
    if (finding.state !== 'open') return await endLocked(tx, fresh, finding, at);
    const since = fresh.unknownSince ?? fresh.confirmedAt ?? at;
    if (at.getTime() - since.getTime() >= CLOSED_AFTER_MS)
      return await closeUnpaid(tx, fresh, { code: UNCONFIRMED, adviceCode: null }, { at });
    const nextPollAt = new Date(at.getTime() + POLL_EVERY_MS);
    await tx.purchaseOrder.update({
      where: keyOf(fresh),
      data: { pollCount: { increment: 1 }, nextPollAt },
    });
  });
}

/** Ends an unknown or stuck order as the processor says. Under the company's lock. */
export async function endLocked(
  tx: Tx,
  order: ConfirmedOrder,
  finding: Exclude<PaymentFinding, { state: 'open' }>,
  at: Date,
): Promise<void> {
  if (finding.state === 'unpaid')
    return await closeUnpaid(tx, order, finding.failure, { at, isDecline: finding.isDecline });
  // What took its place was bought because this came to nothing: closed, it is refunded as a late payment (R16).
  if (await kindOf(order).isReplaced(tx, order, at))
    return await closeUnpaid(tx, order, { code: UNCONFIRMED, adviceCode: null }, { at });
  await settleLocked(tx, order, finding.attempt, at);
}

/**
 * Closes an unknown or stuck order without a credit; no automatic charge tries it again, not on the backup card either, as what it
 * was for may be long past. Under the company's lock.
 */
export async function closeUnpaid(
  tx: Tx,
  order: ConfirmedOrder,
  failure: Failure,
  { at, isDecline = false }: { at: Date; isDecline?: boolean },
): Promise<void> {
  const live = await findLiveAttempt(tx, order);
  if (live !== null) await endAttempt(tx, live, failure, { at, isDecline });
  const columns = {
    failureCode: failure.code,
    nextPollAt: null,
    verifyUntil: null,
    refusedSince: null,
  };
  const closed = toConfirmed(await moveOrder(tx, order, 'declined', columns));
  await leaveStuck(tx, order, failure.code === UNCONFIRMED ? 'unconfirmed' : 'not_paid', at);
  await showToBuyer(tx, closed);
  await kindOf(closed).onClosedUnpaid?.(tx, closed, { failure, at });
}

async function endAttempt(
  tx: Tx,
  live: Attempt,
  failure: Failure,
  { at, isDecline }: { at: Date; isDecline: boolean },
): Promise<void> {
  const isOfCard = isDecline && !isChallenge(failure);
  const kind = isOfCard ? 'declined' : isDecline ? 'challenged' : 'given_up';
  await closeAttempt(tx, at, live, { ...failure, kind });
  if (isOfCard) await markDeclinedCard(tx, live, failure, at);
}
