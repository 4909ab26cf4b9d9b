import { z } from 'zod';
import { formatDollars, fromCents } from '../../../money.ts';
import {
  type Call,
  type Endpoint,
  endpoint,
  findGiven,
  listPage,
  ok,
  type Reply,
  retrieve,
} from '../endpoint.ts';
import { invalidParameter, noSuch, unexpectedState } from '../errors.ts';
import { newId } from '../ids.ts';
import { type Charge, type Refund, toSeconds } from '../objects.ts';
import { expand, integer, mergeMetadata, metadata, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';

const createParams = z.strictObject({
  charge: text.optional(),
  payment_intent: text.optional(),
  amount: integer.pipe(z.number().int().min(1)).optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
  ...expand,
});
const listParams = z.strictObject({ ...page, charge: text.optional(), payment_intent: text.optional() });

/** Money back to the card, whole or in parts, never more than was charged. */
export const refundEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/v1/refunds', createParams, createRefund),
  endpoint('GET', '/v1/refunds', listParams, (call) =>
    listPage(call, 'refund', '/v1/refunds', {
      charge: call.params.charge,
      payment_intent: call.params.payment_intent,
    }),
  ),
  endpoint('GET', '/v1/refunds/:id', z.strictObject(expand), retrieve('refund')),
];

async function createRefund(call: Call<z.output<typeof createParams>>): Promise<Reply> {
  const charge = await lockCharge(call, call.params);
  const rest = charge.amount - charge.amount_refunded;
  if (rest === 0) {
    throw unexpectedState('charge_already_refunded', `Charge ${charge.id} has already been refunded.`);
  }
  const amount = call.params.amount ?? rest;
  if (amount > rest) {
    throw invalidParameter(
      'amount',
      `Refund amount (${formatDollars(fromCents(amount))}) is greater than unrefunded amount on charge (${formatDollars(fromCents(rest))})`,
    );
  }
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  const refund: Refund = {
    id: newId('refund'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: toSeconds(call.now),
    currency: charge.currency,
    customer: charge.customer,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: mergeMetadata({}, call.params.metadata),
    payment_intent: charge.payment_intent,
    reason: call.params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  await call.tx.save('charge', charge);
  await call.tx.insert('refund', refund);
  await recordEvent(call, 'refund.created', refund);
  await recordEvent(call, 'charge.refunded', charge);
  return ok(refund);
}

/** The paid charge that is to be refunded, named by itself or by its intent, locked. */
async function lockCharge(call: Call<unknown>, params: z.output<typeof createParams>): Promise<Charge> {
  if ((params.charge === undefined) === (params.payment_intent === undefined)) {
    throw invalidParameter(
      'charge',
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  const id = params.charge ?? (await latestCharge(call, params.payment_intent ?? ''));
  const found = await call.tx.lock('charge', id);
  if (found === undefined) throw noSuch('charge', id, 'charge', 400);
  if (found.body.status === 'succeeded') return found.body;
  throw unexpectedState('charge_not_refundable', `Charge ${id} is not paid and cannot be refunded.`);
}

async function latestCharge(call: Call<unknown>, intentId: string): Promise<string> {
  const { body } = await findGiven(call, 'payment_intent', intentId, 'payment_intent');
  if (body.latest_charge !== null && body.status === 'succeeded') return body.latest_charge;
  throw unexpectedState(
    'payment_intent_unexpected_state',
    `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
  );
}
