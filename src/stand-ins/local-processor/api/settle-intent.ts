import type { Decline } from '../behaviour.ts';
import type { Stored } from '../books.ts';
import { type Call, ok, type Reply } from '../endpoint.ts';
import { newId } from '../ids.ts';
import {
  type Charge,
  type PaymentError,
  type PaymentIntent,
  type PaymentMethod,
  toSeconds,
} from '../objects.ts';
import { recordEvent } from '../record-event.ts';
import { describeOnStatement } from '../statement-descriptor.ts';

/** The charge went through: charge, intent and their events are written together. */
export async function payIntent(
  call: Call<unknown>,
  intent: PaymentIntent,
  method: PaymentMethod,
): Promise<Reply> {
  const charge = newCharge(call, intent, method, 'succeeded');
  await call.tx.insert('charge', charge);
  intent.payment_method = method.id;
  await markPaid(call, intent, charge);
  return ok(intent);
}

async function markPaid(call: Call<unknown>, intent: PaymentIntent, charge: Charge): Promise<void> {
  intent.status = 'succeeded';
  intent.amount_received = intent.amount;
  intent.latest_charge = charge.id;
  intent.last_payment_error = null;
  intent.next_action = null;
  intent.processing = null;
  await call.tx.save('payment_intent', intent);
  await recordEvent(call, 'charge.succeeded', charge);
  await recordEvent(call, 'payment_intent.succeeded', intent);
}

/** The card was refused: a failed charge stays in the books, and the intent waits for another card. */
export async function declineIntent(
  call: Call<unknown>,
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: Decline,
): Promise<Reply> {
  const charge = newCharge(call, intent, method, 'failed', decline);
  await call.tx.insert('charge', charge);
  intent.latest_charge = charge.id;
  const error = await failIntent(call, intent, method, decline, charge.id);
  await recordEvent(call, 'charge.failed', charge);
  return { status: 402, body: { error: { ...error, payment_intent: intent } } };
}

/** Puts an intent back to "needs a card", with the reason. */
export async function failIntent(
  call: Call<unknown>,
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: Decline,
  chargeId?: string,
): Promise<PaymentError> {
  const error: PaymentError = {
    ...(chargeId === undefined ? {} : { charge: chargeId }),
    code: decline.code,
    ...(decline.declineCode === undefined ? {} : { decline_code: decline.declineCode }),
    ...(decline.adviceCode === undefined ? {} : { advice_code: decline.adviceCode }),
    doc_url: `https://docs.stripe.com/error-codes/${decline.code.replaceAll('_', '-')}`,
    message: decline.message,
    payment_method: method,
    type: 'card_error',
  };
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.next_action = null;
  intent.last_payment_error = error;
  await call.tx.save('payment_intent', intent);
  await recordEvent(call, 'payment_intent.payment_failed', intent);
  return error;
}

/** The bank wants to ask the card's holder: nothing is charged until they answered on the hosted page. */
export async function askHolder(
  call: Call<unknown>,
  intent: PaymentIntent,
  method: PaymentMethod,
  returnUrl: string | undefined,
): Promise<Reply> {
  const url = `${call.publicUrl}/authenticate/${intent.id}?client_secret=${intent.client_secret}`;
  intent.status = 'requires_action';
  intent.payment_method = method.id;
  intent.next_action =
    returnUrl === undefined
      ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
      : { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
  await call.tx.save('payment_intent', intent, returnUrl === undefined ? {} : { returnUrl });
  await recordEvent(call, 'payment_intent.requires_action', intent);
  return ok(intent);
}

/** The charge is under way; `settleProcessing` finishes it later. */
export async function startProcessing(
  call: Call<unknown>,
  intent: PaymentIntent,
  method: PaymentMethod,
): Promise<Reply> {
  const charge = newCharge(call, intent, method, 'pending');
  await call.tx.insert('charge', charge);
  intent.status = 'processing';
  intent.payment_method = method.id;
  intent.latest_charge = charge.id;
  intent.processing = { type: 'card', card: {} };
  const settlesAt = new Date(call.now.getTime() + call.account.processingMs).toISOString();
  await call.tx.save('payment_intent', intent, { settlesAt });
  await recordEvent(call, 'payment_intent.processing', intent);
  return ok(intent);
}

/** Finishes a payment that was in processing, once its time has come. */
export async function settleProcessing(call: Call<unknown>, stored: Stored<'payment_intent'>): Promise<void> {
  const { body: intent, hidden } = stored;
  const settlesAt = hidden.settlesAt;
  if (intent.status !== 'processing' || settlesAt === undefined || new Date(settlesAt) > call.now) return;
  const charge = await call.tx.lock('charge', intent.latest_charge ?? '');
  if (charge === undefined) return;
  charge.body.status = 'succeeded';
  charge.body.paid = true;
  await call.tx.save('charge', charge.body);
  await markPaid(call, intent, charge.body);
}

function newCharge(
  call: Call<unknown>,
  intent: PaymentIntent,
  method: PaymentMethod,
  status: Charge['status'],
  decline?: Decline,
): Charge {
  const isPaid = status === 'succeeded';
  return {
    id: newId('charge'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: isPaid ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: describeOnStatement(intent.statement_descriptor_suffix),
    captured: status !== 'failed',
    created: toSeconds(call.now),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    livemode: call.isLive,
    metadata: intent.metadata,
    outcome: outcomeOf(isPaid, decline),
    paid: isPaid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { card: { ...method.card, amount_authorized: intent.amount }, type: 'card' },
    receipt_email: intent.receipt_email ?? null,
    receipt_url: null,
    refunded: false,
    statement_descriptor: null,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status,
  };
}

function outcomeOf(isPaid: boolean, decline: Decline | undefined): Record<string, unknown> {
  return {
    // `Charge.Outcome` of the SDK.
    advice_code: decline?.adviceCode ?? null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: decline === undefined ? 'approved_by_network' : 'declined_by_network',
    reason: decline?.declineCode ?? decline?.code ?? null,
    risk_level: 'normal',
    seller_message: decline === undefined ? 'Payment complete.' : 'The bank declined the payment.',
    type: isPaid || decline === undefined ? 'authorized' : 'issuer_declined',
  };
}
