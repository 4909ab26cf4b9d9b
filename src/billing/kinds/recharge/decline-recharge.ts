import type { Tx } from '../../../db/index.ts';
import { HOUR_MS } from '../../../durations.ts';
import { listChargeableCards } from '../../orders/chargeable-cards.ts';
import { type Failure, NOT_VERIFIED, PROCESSOR_REFUSED } from '../../orders/declines.ts';
import { type ConfirmedOrder, keyOf } from '../../orders/order.ts';
import { RETRY_AFTER_MS } from '../../orders/retry-schedule.ts';
import { notifyRecharge } from './notify-recharge.ts';
import { needsRecharge } from './retry-recharge.ts';
import { isOnFor, pauseRecharge } from './settings.ts';

/**
 * Handles a recharge that was declined (R14): a later attempt while any card may be charged; else auto-recharge is
 * paused. One notice, in the recharge's own message. Under the company's lock.
 */
export async function retryOrPause(
  tx: Tx,
  order: ConfirmedOrder,
  { failure, at }: { failure: Failure; at: Date },
): Promise<void> {
  const failureCode = failure.code;
  const isOff = !(await isOnFor(tx, order));
  const chargeable = await listChargeableCards(tx, { companyId: order.companyId, orderId: order.id });
  const waitMs = chargeable.length === 0 ? undefined : RETRY_AFTER_MS[order.retries];
  if (isOff || waitMs === undefined) {
    if (!isOff) await pauseRecharge(tx, order, 'declined', at);
    await notifyRecharge(tx, order, at, { status: 'given_up', failureCode, isOff });
    return;
  }
  const retryAt = new Date(Math.max(order.createdAt.getTime() + waitMs, at.getTime() + HOUR_MS));
  await tx.purchaseOrder.update({ where: keyOf(order), data: { retryAt } });
  await notifyRecharge(tx, order, at, {
    status: 'failed',
    failureCode,
    nextTryAt: retryAt.toISOString(),
    triesLeft: RETRY_AFTER_MS.length - order.retries,
  });
}

/**
 * A recharge whose requests the processor refuses waits (R14): it is tried each hour, until `retryAt` is null and it is
 * given up. Under the company's lock.
 */
export async function waitForProcessor(
  tx: Tx,
  order: ConfirmedOrder,
  { retryAt, at }: { retryAt: Date | null; at: Date },
): Promise<void> {
  const failureCode = PROCESSOR_REFUSED;
  const isOff = !(await isOnFor(tx, order));
  if (!isOff && retryAt !== null) {
    await tx.purchaseOrder.update({ where: keyOf(order), data: { retryAt } });
    const nextTryAt = retryAt.toISOString();
    return await notifyRecharge(tx, order, at, { status: 'refused', failureCode, nextTryAt });
  }
  await tx.purchaseOrder.update({ where: keyOf(order), data: { refusedSince: null } });
  if (!isOff) await pauseRecharge(tx, order, 'processor', at);
  await notifyRecharge(tx, order, at, { status: 'given_up', failureCode, isOff });
}

/** Ends a recharge that was not verified in time: auto-recharge pauses where its credits are still wanted. Under the company's lock. */
export async function endUnverified(tx: Tx, order: ConfirmedOrder, at: Date): Promise<void> {
  const isOff = !(await isOnFor(tx, order));
  const isNeeded = await needsRecharge(tx, order, at);
  if (!isOff && isNeeded) await pauseRecharge(tx, order, 'unverified', at);
  const status = isOff || isNeeded ? 'given_up' : 'needless';
  await notifyRecharge(tx, order, at, { status, failureCode: NOT_VERIFIED, isOff });
}
