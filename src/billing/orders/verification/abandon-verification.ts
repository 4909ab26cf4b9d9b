import { inTransaction } from '../../../db/index.ts';
import { lockCompany } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { type Attempt, closeAttempt } from '../attempts.ts';
import { NOT_VERIFIED } from '../declines.ts';
import { cancelAttempt } from '../failed-intents.ts';
import { type ConfirmedOrder, keyOf, toConfirmed } from '../order.ts';
import { kindOf } from '../order-kind.ts';
import { moveOrder } from '../order-state.ts';
import { leaveUnknown, recordOutcome } from '../outcome.ts';

/**
 * Nobody verified the payment in time (R11): what waits at the bank is cancelled, the charge is given up, and what made
 * it pauses. A payment that went through all the same is credited. Applies R11.10a.
 */
export async function abandonVerification(
  deps: BillingDeps,
  order: ConfirmedOrder,
  live: Attempt | null,
): Promise<void> {
  if (live?.intentId != null) {
    const given = await cancelAttempt(deps, order, live);
    if (given.state === 'succeeded') return await recordOutcome(deps, order, live, given);
    if (given.state === 'processing') return await leaveUnknown(deps, order);
  }
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const now = deps.clock.now();
    const fresh = toConfirmed(await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) }));
    if (fresh.state !== 'needs_action' || fresh.verifyUntil === null || fresh.verifyUntil > now) return;
    if (live !== null)
      await closeAttempt(tx, now, live, { code: NOT_VERIFIED, adviceCode: null, kind: 'given_up' });
    const columns = { failureCode: NOT_VERIFIED, verifyUntil: null, nextPollAt: null };
    const ended = toConfirmed(await moveOrder(tx, fresh, 'declined', columns));
    await kindOf(ended).verification?.onExpired(tx, ended, now);
  });
}
