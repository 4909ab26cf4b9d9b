import type { JobPayload } from '../../queue/index.ts';
import type { BillingDeps } from '../deps.ts';
import { GatewayRefusedError, GatewayUnknownError } from '../gateway.ts';
import { cancelFailedIntents } from './failed-intents.ts';
import { decideLatePayment, refundLatePayments } from './late-payments.ts';
import { type ConfirmedOrder, formatReference, keyOf, type OrderRow, toConfirmed } from './order.ts';
import { isUnderWay } from './order-state.ts';
import { leaveUnknown } from './outcome.ts';
import { payOrder } from './pay.ts';
import { settleOrder } from './settle.ts';
import { followStuck } from './stuck-orders.ts';

/**
 * Takes an order's next steps until nothing is to be done now: opens a payment attempt, charges it, and credits what was
 * paid. Each step is recorded before the next and starts from what the last one led to, so this may be killed anywhere
 * and run again: one charge at most, one credit for each charge (R15). Applies R10.1.
 */
export async function advanceOrder(
  deps: BillingDeps,
  { companyId, orderId }: JobPayload<'advance-order'>,
): Promise<void> {
  const row = await deps.db.purchaseOrder.findUnique({ where: keyOf({ companyId, id: orderId }) });
  if (row === null) return;
  if (isUnderWay(row)) await advanceUnderWay(deps, toConfirmed(row));
  else if (row.state === 'stuck') await followStuck(deps, toConfirmed(row));
  await clearFailedAttempts(deps, row);
}

async function advanceUnderWay(deps: BillingDeps, order: ConfirmedOrder): Promise<void> {
  if (order.method === 'invoice') return await settleOrder(deps, order, null);
  try {
    await payOrder(deps, order);
  } catch (error) {
    if (!(error instanceof GatewayUnknownError || error instanceof GatewayRefusedError)) throw error;
    deps.log.warn(
      { err: error, reference: formatReference(order) },
      'the card processor gave no answer; it is asked again later',
    );
    await leaveUnknown(deps, order);
  }
}

/**
 * Cancels what failed attempts left at the processor once the order's step is done, and credits or refunds what was paid
 * all the same; without an answer the sweep does it later.
 */
async function clearFailedAttempts(deps: BillingDeps, order: OrderRow): Promise<void> {
  try {
    const { paid } = await cancelFailedIntents(deps, order);
    if (paid !== null) await decideLatePayment(deps, paid);
    await refundLatePayments(deps, order);
  } catch (error) {
    if (!(error instanceof GatewayUnknownError || error instanceof GatewayRefusedError)) throw error;
    deps.log.warn(
      { err: error, reference: formatReference(order) },
      'a failed payment is not cancelled or refunded yet',
    );
  }
}
