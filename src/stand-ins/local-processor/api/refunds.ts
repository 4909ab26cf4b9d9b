import { z } from 'zod';
import { formatDollars, fromCents } from '../../../money.ts';
import type { Stored } from '../books.ts';
import {
  type Call,
  type Endpoint,
  endpoint,
  findGiven,
  listPage,
  lockNamed,
  ok,
  type Reply,
  retrieve,
} from '../endpoint.ts';
import { invalidParameter, noSuch, unexpectedState } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Refund } from '../money-back.ts';
import { type Charge, toSeconds } from '../objects.ts';
import { created, expand, integer, mergeMetadata, metadata, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';
import { changeRefund } from './change-refund.ts';

export const refundParams = z.strictObject({
  charge: text.optional(),
  payment_intent: text.optional(),
  amount: integer.pipe(z.number().int().min(1)).optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
  ...expand,
});
const updateParams = z.strictObject({ metadata: metadata.optional(), ...expand });
const listParams = z.strictObject({
  ...page,
  created,
  charge: text.optional(),
  payment_intent: text.optional(),
});

/** Money back to the card, whole or in parts, never more than was charged. */
export const refundEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/v1/refunds', refundParams, async (call) => ok(await createRefund(call, call.params))),
  endpoint('GET', '/v1/refunds', listParams, (call) =>
    listPage(call, 'refund', '/v1/refunds', {
      charge: call.params.charge,
      payment_intent: call.params.payment_intent,
    }),
  ),
  endpoint('GET', '/v1/refunds/:id', z.strictObject(expand), retrieve('refund')),
  endpoint('POST', '/v1/refunds/:id', updateParams, updateRefund),
  endpoint('POST', '/v1/refunds/:id/cancel', z.strictObject(expand), cancelRefund),
];

/** Gives money back, through the API or in the dashboard. */
export async function createRefund(
  call: Call<unknown>,
  params: z.output<typeof refundParams>,
): Promise<Refund> {
  const charge = await lockCharge(call, params);
  const rest = charge.amount - charge.amount_refunded;
  if (rest === 0) {
    throw unexpectedState('charge_already_refunded', `Charge ${charge.id} has already been refunded.`);
  }
  const amount = params.amount ?? rest;
  if (amount > rest) {
    throw invalidParameter(
      'amount',
      `Refund amount (${formatDollars(fromCents(amount))}) is greater than unrefunded amount on charge (${formatDollars(fromCents(rest))})`,
    );
  }
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  const status = call.account.refundsBegin;
  const refund: Refund = {
    id: newId('refund'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: toSeconds(call.now),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: mergeMetadata({}, params.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(status === 'pending' ? { pending_reason: 'processing' } : {}),
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status,
    transfer_reversal: null,
  };
  await call.tx.save('charge', charge);
  await call.tx.insert('refund', refund);
  await recordEvent(call, 'refund.created', refund);
  await recordEvent(call, 'charge.refunded', charge);
  return refund;
}

async function updateRefund(call: Call<z.output<typeof updateParams>>): Promise<Reply> {
  const { body: refund } = await lockNamed(call, 'refund');
  refund.metadata = mergeMetadata(refund.metadata, call.params.metadata);
  await call.tx.save('refund', refund);
  await recordEvent(call, 'refund.updated', refund);
  return ok(refund);
}

/** `RefundResource.cancel`: only one that waits for the customer. */
async function cancelRefund(call: Call<unknown>): Promise<Reply> {
  const found: Stored<'refund'> = await lockNamed(call, 'refund');
  if (found.body.status !== 'requires_action')
    throw unexpectedState(
      'refund_unexpected_state',
      `Refund ${found.body.id} has a status of ${found.body.status}; only one in requires_action can be canceled.`,
    );
  return ok(await changeRefund(call, found.body, { status: 'canceled' }));
}

/** The paid charge that is to be refunded, named by itself or by its intent, locked. */
async function lockCharge(call: Call<unknown>, params: z.output<typeof refundParams>): Promise<Charge> {
  if ((params.charge === undefined) === (params.payment_intent === undefined)) {
    throw invalidParameter(
      'charge',
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  const id = params.charge ?? (await latestCharge(call, params.payment_intent ?? ''));
  const found = await call.tx.lock('charge', id);
  if (found === undefined) throw noSuch('charge', id, 'charge', 400);
  if (found.body.status !== 'succeeded')
    throw unexpectedState('charge_not_refundable', `Charge ${id} is not paid and cannot be refunded.`);
  await refuseChargedBack(call, id);
  return found.body;
}

/** A dispute took the money already (`Dispute.is_charge_refundable`); an inquiry did not. */
async function refuseChargedBack(call: Call<unknown>, chargeId: string): Promise<void> {
  const disputes = await call.tx.list('dispute', { where: { charge: chargeId }, limit: 100 });
  if (disputes.every(({ status, is_charge_refundable }) => is_charge_refundable || status === 'won')) return;
  throw unexpectedState(
    'charge_disputed',
    `Charge ${chargeId} has been charged back; cannot issue a refund.`,
  );
}

async function latestCharge(call: Call<unknown>, intentId: string): Promise<string> {
  const { body } = await findGiven(call, 'payment_intent', intentId, 'payment_intent');
  if (body.latest_charge !== null && body.status === 'succeeded') return body.latest_charge;
  throw unexpectedState(
    'payment_intent_unexpected_state',
    `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
  );
}
