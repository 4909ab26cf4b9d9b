import { z } from 'zod';
import { formatDollars, fromCents } from '../../../money.ts';
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
import { invalidParameter, unexpectedState } from '../errors.ts';
import { newClientSecret, newId } from '../ids.ts';
import { type IntentStatus, type PaymentIntent, toSeconds } from '../objects.ts';
import {
  amount,
  clearable,
  created,
  currency,
  expand,
  flag,
  mergeMetadata,
  metadata,
  page,
  text,
} from '../read-params.ts';
import { recordEvent } from '../record-event.ts';
import { checkSuffix } from '../statement-descriptor.ts';
import { checkOwner, confirmIntent } from './confirm-intent.ts';
import { obtainPaymentMethod } from './obtain-payment-method.ts';

const confirmation = {
  payment_method: text.optional(),
  return_url: z.url().optional(),
  // `boolean | 'one_off' | 'recurring'` in the SDK's `PaymentIntentConfirmParams`.
  off_session: z.union([flag, z.enum(['one_off', 'recurring']).transform(() => true)]).optional(),
  error_on_requires_action: flag.optional(),
};
const createParams = z.strictObject({
  amount,
  currency,
  customer: text.optional(),
  description: clearable.optional(),
  metadata: metadata.optional(),
  allowed_payment_method_types: z.array(z.literal('card')).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: flag, allow_redirects: z.enum(['always', 'never']).optional() })
    .optional(),
  confirm: flag.optional(),
  capture_method: z.enum(['automatic', 'automatic_async']).optional(),
  receipt_email: clearable.optional(),
  setup_future_usage: z.enum(['on_session', 'off_session']).optional(),
  statement_descriptor_suffix: text.optional(),
  ...confirmation,
  ...expand,
});
const updateParams = z.strictObject({
  amount: amount.optional(),
  description: clearable.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
  ...expand,
});
const confirmParams = z.strictObject({ ...confirmation, ...expand });
const cancelParams = z.strictObject({
  cancellation_reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']).optional(),
  ...expand,
});
const listParams = z.strictObject({ ...page, created, customer: text.optional() });

/** A payment from intention to outcome; the id is known before any money moves. */
export const paymentIntentEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/v1/payment_intents', createParams, createIntent),
  endpoint('GET', '/v1/payment_intents', listParams, (call) =>
    listPage(call, 'payment_intent', '/v1/payment_intents', { customer: call.params.customer }),
  ),
  endpoint(
    'GET',
    '/v1/payment_intents/:id',
    z.strictObject({ client_secret: text.optional(), ...expand }),
    retrieve('payment_intent'),
  ),
  endpoint('POST', '/v1/payment_intents/:id', updateParams, updateIntent),
  endpoint('POST', '/v1/payment_intents/:id/confirm', confirmParams, async (call) =>
    confirmIntent(call, await lockNamed(call, 'payment_intent'), call.params),
  ),
  endpoint('POST', '/v1/payment_intents/:id/cancel', cancelParams, cancelIntent),
];

async function createIntent(call: Call<z.output<typeof createParams>>): Promise<Reply> {
  const { params } = call;
  if (params.confirm !== true && (params.off_session !== undefined || params.return_url !== undefined)) {
    const param = params.off_session === undefined ? 'return_url' : 'off_session';
    throw invalidParameter(
      param,
      `The parameter ${param} cannot be passed when creating a PaymentIntent unless confirm is set to true.`,
    );
  }
  checkAmount(call, params.amount);
  checkEmail(params.receipt_email);
  if (params.statement_descriptor_suffix !== undefined)
    checkSuffix(call.account, params.statement_descriptor_suffix);
  if (params.customer !== undefined) await findGiven(call, 'customer', params.customer, 'customer');
  const intent = newIntent(call, params);
  if (params.payment_method !== undefined) {
    const method = await obtainPaymentMethod(call, params.payment_method, 'payment_method');
    intent.payment_method = checkOwner(intent.customer, method).body.id;
    intent.status = 'requires_confirmation';
  }
  const isForCardsOnly = params.allowed_payment_method_types !== undefined;
  const isRedirectFree = params.automatic_payment_methods?.allow_redirects === 'never';
  const hidden = { redirects: isForCardsOnly || isRedirectFree ? 'never' : 'possible' };
  await call.tx.insert('payment_intent', intent, hidden);
  await recordEvent(call, 'payment_intent.created', intent);
  if (params.confirm !== true) return ok(intent);
  return confirmIntent(call, { body: intent, hidden }, { ...params, payment_method: undefined });
}

/** Throws `email_invalid` (docs.stripe.com/error-codes). */
function checkEmail(email: string | null | undefined): void {
  if (email != null && !/^[^\s@]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(email))
    throw invalidParameter('receipt_email', `Invalid email address: ${email}`, 'email_invalid');
}

/** Throws `amount_too_small` below what the account's currency allows. */
function checkAmount({ account }: Call<unknown>, cents: number): void {
  if (cents >= account.smallestCharge) return;
  const given = formatDollars(fromCents(cents));
  throw invalidParameter(
    'amount',
    `The amount must be greater than or equal to the minimum charge amount allowed for your account; ${given} is less.`,
    'amount_too_small',
  );
}

/** An intent as it begins, not in the books yet. */
export function newIntent(call: Call<unknown>, params: z.output<typeof createParams>): PaymentIntent {
  const id = newId('payment_intent');
  const isAutomatic = params.allowed_payment_method_types === undefined;
  const allowRedirects = params.automatic_payment_methods?.allow_redirects ?? 'always';
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount: params.amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    automatic_payment_methods: isAutomatic ? { allow_redirects: allowRedirects, enabled: true } : null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method ?? 'automatic_async',
    client_secret: newClientSecret(id),
    confirmation_method: 'automatic',
    created: toSeconds(call.now),
    currency: params.currency,
    customer: params.customer ?? null,
    customer_account: null,
    description: params.description ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: call.isLive,
    metadata: mergeMetadata({}, params.metadata),
    next_action: null,
    payment_method: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    processing: null,
    receipt_email: params.receipt_email ?? null,
    setup_future_usage: params.setup_future_usage ?? null,
    statement_descriptor: null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    status: 'requires_payment_method',
  };
}

async function updateIntent(call: Call<z.output<typeof updateParams>>): Promise<Reply> {
  const { params } = call;
  const { body: intent } = await lockNamed(call, 'payment_intent');
  const isMoneyChange = params.amount !== undefined || params.payment_method !== undefined;
  if (isMoneyChange && !isOpen(intent.status)) {
    throw unexpectedState(
      'payment_intent_unexpected_state',
      `This PaymentIntent's amount or payment_method could not be updated because it has a status of ${intent.status}.`,
      { payment_intent: intent },
    );
  }
  if (params.amount !== undefined) checkAmount(call, params.amount);
  intent.amount = params.amount ?? intent.amount;
  if (params.description !== undefined) intent.description = params.description;
  intent.metadata = mergeMetadata(intent.metadata, params.metadata);
  if (params.payment_method !== undefined) {
    const method = await obtainPaymentMethod(call, params.payment_method, 'payment_method');
    intent.payment_method = checkOwner(intent.customer, method).body.id;
    intent.status = 'requires_confirmation';
    intent.next_action = null;
  }
  await call.tx.save('payment_intent', intent);
  return ok(intent);
}

async function cancelIntent(call: Call<z.output<typeof cancelParams>>): Promise<Reply> {
  const { body: intent } = await lockNamed(call, 'payment_intent');
  if (!isOpen(intent.status)) {
    throw unexpectedState(
      'payment_intent_unexpected_state',
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.`,
      { payment_intent: intent },
    );
  }
  await withdrawIntent(call, intent, call.params.cancellation_reason ?? null);
  return ok(intent);
}

/** Nothing can pay an intent any more that the caller has locked. */
export async function withdrawIntent(
  call: Call<unknown>,
  intent: PaymentIntent,
  reason: string | null,
): Promise<void> {
  intent.status = 'canceled';
  intent.canceled_at = toSeconds(call.now);
  intent.cancellation_reason = reason;
  intent.next_action = null;
  await call.tx.save('payment_intent', intent);
  await recordEvent(call, 'payment_intent.canceled', intent);
}

function isOpen(status: IntentStatus): boolean {
  return (
    status === 'requires_payment_method' || status === 'requires_confirmation' || status === 'requires_action'
  );
}
