import { inTransaction } from '../../db/index.ts';
import { lockCompany } from '../../org/index.ts';
import { cancelKey } from '../cancel-failed-intents.ts';
import { gatewayFor } from '../company-gateway.ts';
import { NOT_VERIFIED } from '../declines.ts';
import { keyOf, type OrderRow } from '../order-rows.ts';
import { type Attempt, closeAttempt } from '../payment-attempt.ts';
import { endUnverified } from '../recharge/retry-recharge.ts';
import { leaveUnknown, recordOutcome } from '../record-outcome.ts';
import { failPeriodOfOrder } from '../subscriptions/fail-period.ts';
import type { BillingDeps } from '../types.ts';

/**
 * Nobody verified the payment in time (R11): what waits at the bank is cancelled, the charge is given up, and what made
 * it pauses. A payment that went through all the same is credited.
 */
export async function giveUpVerification(
  deps: BillingDeps,
  order: OrderRow,
  live: Attempt | null,
): Promise<void> {
  if (live?.intentId != null) {
    const given = await gatewayFor(deps, order.companyId).cancelIntent({
      intentId: live.intentId,
      key: cancelKey(order, live),
    });
    if (given.state === 'succeeded') return await recordOutcome(deps, order, live, given);
    if (given.state === 'processing') return await leaveUnknown(deps, order);
  }
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const now = deps.clock.now();
    const fresh = await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) });
    if (fresh.state !== 'needs_action' || fresh.verifyUntil === null || fresh.verifyUntil > now) return;
    if (live !== null)
      await closeAttempt(tx, now, live, { code: NOT_VERIFIED, adviceCode: null, kind: 'given_up' });
    const ended = await tx.purchaseOrder.update({
      where: keyOf(order),
      data: { state: 'declined', failureCode: NOT_VERIFIED, verifyUntil: null, nextLookAt: null },
    });
    if (fresh.kind === 'recharge') await endUnverified(tx, ended, now);
    else await failPeriodOfOrder(tx, ended, { code: NOT_VERIFIED, at: now, isFinal: true });
  });
}
