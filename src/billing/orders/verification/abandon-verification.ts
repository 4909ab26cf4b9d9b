import { inTransaction } from '../../../db/index.ts';
import { lockCompany } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { endUnverified } from '../../kinds/recharge/retry-recharge.ts';
import { failPeriodOfOrder } from '../../kinds/subscription/fail-period.ts';
import { gatewayFor } from '../../processor/company-gateway.ts';
import { type Attempt, closeAttempt } from '../attempts.ts';
import { NOT_VERIFIED } from '../declines.ts';
import { cancelKey } from '../failed-intents.ts';
import { keyOf, type OrderRow } from '../order.ts';
import { leaveUnknown, recordOutcome } from '../outcome.ts';

/**
 * Nobody verified the payment in time (R11): what waits at the bank is cancelled, the charge is given up, and what made
 * it pauses. A payment that went through all the same is credited.
 */
export async function abandonVerification(
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
