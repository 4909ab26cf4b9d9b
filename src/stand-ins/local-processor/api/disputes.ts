import { z } from 'zod';
import { type Call, type Endpoint, endpoint, listPage, lockNamed, ok, retrieve } from '../endpoint.ts';
import { unexpectedState } from '../errors.ts';
import { newId } from '../ids.ts';
import { DISPUTE_MOVES, type Dispute, type DisputeStatus } from '../money-back.ts';
import { type Charge, toSeconds } from '../objects.ts';
import { created, expand, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';
import { changeRefund } from './change-refund.ts';

const listParams = z.strictObject({
  ...page,
  created,
  charge: text.optional(),
  payment_intent: text.optional(),
});

/** What holders said they never bought. Opened and decided by banks; the seller may only give in (`close`). */
export const disputeEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/v1/disputes', listParams, (call) =>
    listPage(call, 'dispute', '/v1/disputes', {
      charge: call.params.charge,
      payment_intent: call.params.payment_intent,
    }),
  ),
  endpoint('GET', '/v1/disputes/:id', z.strictObject(expand), retrieve('dispute')),
  endpoint('POST', '/v1/disputes/:id/close', z.strictObject(expand), async (call) =>
    ok(await changeDispute(call, (await lockNamed(call, 'dispute')).body, 'lost')),
  ),
];

/** How a holder's bank begins. */
export interface DisputeStart {
  /** An inquiry asks and takes nothing yet; a prevented one was settled before it began. `needs_response` by default. */
  status?: Extract<DisputeStatus, 'warning_needs_response' | 'needs_response' | 'prevented'> | undefined;
  /** In cents; the whole charge by default. */
  amount?: number | undefined;
}

/** The holder of a card disputes a paid charge, which the caller has locked. */
export async function recordDispute(
  call: Call<unknown>,
  charge: Charge,
  { status = 'needs_response', amount = charge.amount }: DisputeStart = {},
): Promise<Dispute> {
  const dispute: Dispute = {
    id: newId('dispute'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: toSeconds(call.now),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {},
    evidence_details: { due_by: null, has_evidence: false, past_due: false, submission_count: 0 },
    intended_submission_method: null,
    // "After the payment has been fully refunded, no further funds are withdrawn" (`Dispute.is_charge_refundable`).
    is_charge_refundable: status !== 'needs_response',
    livemode: call.isLive,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status,
  };
  charge.disputed = true;
  await call.tx.save('charge', charge);
  await call.tx.insert('dispute', dispute);
  await recordEvent(call, 'charge.dispute.created', dispute);
  if (status === 'needs_response') await withdraw(call, dispute);
  return dispute;
}

/**
 * Moves a dispute that the caller has locked on, as `DISPUTE_MOVES` allows; throws 400 otherwise. `ChargeDisputeClosedEvent`
 * comes at `lost`, `warning_closed` and `won`, any other change is an update.
 */
export async function changeDispute(
  call: Call<unknown>,
  dispute: Dispute,
  status: DisputeStatus,
): Promise<Dispute> {
  const before = dispute.status;
  if (!DISPUTE_MOVES[before].includes(status))
    throw unexpectedState(
      'dispute_unexpected_state',
      `Dispute ${dispute.id} is ${before} and cannot be ${status}.`,
    );
  dispute.status = status;
  if (status === 'needs_response') dispute.is_charge_refundable = false;
  await call.tx.save('dispute', dispute);
  const isEnd = status === 'won' || status === 'lost' || status === 'warning_closed';
  const type = isEnd ? 'charge.dispute.closed' : 'charge.dispute.updated';
  await recordEvent(call, type, dispute, { status: before });
  if (status === 'needs_response') await withdraw(call, dispute);
  if (status === 'won') await recordEvent(call, 'charge.dispute.funds_reinstated', dispute);
  return dispute;
}

/**
 * The money is gone until the dispute is decided, and refunds that were on their way are not sent
 * (`charge_for_pending_refund_disputed`).
 */
async function withdraw(call: Call<unknown>, dispute: Dispute): Promise<void> {
  await recordEvent(call, 'charge.dispute.funds_withdrawn', dispute);
  const refunds = await call.tx.list('refund', { where: { charge: dispute.charge }, limit: 100 });
  for (const { id, status } of refunds) {
    if (status !== 'pending') continue;
    const refund = await call.tx.lock('refund', id);
    if (refund === undefined) continue;
    await changeRefund(call, refund.body, {
      status: 'failed',
      failureReason: 'charge_for_pending_refund_disputed',
    });
  }
}
