import type { Call } from '../endpoint.ts';
import { unexpectedState } from '../errors.ts';
import { REFUND_MOVES, type Refund, type RefundFailure, type RefundStatus } from '../money-back.ts';
import { recordEvent } from '../record-event.ts';

/** What becomes of a refund after its creation. */
export interface RefundChange {
  status: Exclude<RefundStatus, 'requires_action'>;
  /** Where it fails; `unknown` by default. */
  failureReason?: RefundFailure | undefined;
}

/**
 * Moves a refund that the caller has locked on. One that fails or is canceled leaves its amount to be refunded again, and
 * the money is the seller's (docs.stripe.com/refunds#failed-refunds).
 */
export async function changeRefund(
  call: Call<unknown>,
  refund: Refund,
  { status, failureReason }: RefundChange,
): Promise<Refund> {
  const before = refund.status;
  if (!REFUND_MOVES[before].includes(status))
    throw unexpectedState(
      'refund_unexpected_state',
      `Refund ${refund.id} is ${before} and cannot be ${status}.`,
    );
  refund.status = status;
  if (status !== 'pending') delete refund.pending_reason;
  if (status === 'failed') refund.failure_reason = failureReason ?? 'unknown';
  if (status === 'failed' || status === 'canceled') await takeBack(call, refund);
  await call.tx.save('refund', refund);
  // `RefundFailedEvent`, `RefundUpdatedEvent` and `ChargeRefundUpdatedEvent` of the SDK.
  const events = [
    'refund.updated',
    'charge.refund.updated',
    ...(status === 'failed' ? ['refund.failed'] : []),
  ];
  for (const type of events) await recordEvent(call, type, refund, { status: before });
  return refund;
}

async function takeBack(call: Call<unknown>, refund: Refund): Promise<void> {
  const charge = await call.tx.lock('charge', refund.charge);
  if (charge === undefined) return;
  charge.body.amount_refunded -= refund.amount;
  charge.body.refunded = false;
  await call.tx.save('charge', charge.body);
}
