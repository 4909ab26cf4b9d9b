import { z } from 'zod';
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
import { newId } from '../ids.ts';
import { type CheckoutSession, toSeconds } from '../objects.ts';
import { currency, expand, integer, mergeMetadata, metadata, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';
import { createSetupIntent } from './setup-intents.ts';

const SHORTEST_SECONDS = 30 * 60;
const LONGEST_SECONDS = 24 * 60 * 60;

const createParams = z.strictObject({
  mode: z.literal('setup'),
  ui_mode: z.literal('hosted_page').optional(),
  currency: currency.optional(),
  customer: text.optional(),
  client_reference_id: text.max(200).optional(),
  allowed_payment_method_types: z.array(z.literal('card')).optional(),
  success_url: z.url(),
  cancel_url: z.url().optional(),
  expires_at: integer.optional(),
  locale: z.enum(['auto', 'en']).optional(),
  metadata: metadata.optional(),
  setup_intent_data: z
    .strictObject({ description: text.optional(), metadata: metadata.optional() })
    .optional(),
  ...expand,
});
const listParams = z.strictObject({ ...page, customer: text.optional() });

/** The hosted card page's sessions: one link, one card, once. */
export const checkoutSessionEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/v1/checkout/sessions', createParams, createSession),
  endpoint('GET', '/v1/checkout/sessions', listParams, (call) =>
    listPage(call, 'checkout_session', '/v1/checkout/sessions', { customer: call.params.customer }),
  ),
  endpoint('GET', '/v1/checkout/sessions/:id', z.strictObject(expand), retrieveSession),
  endpoint('POST', '/v1/checkout/sessions/:id/expire', z.strictObject(expand), expireSession),
];

async function createSession(call: Call<z.output<typeof createParams>>): Promise<Reply> {
  const { params } = call;
  if (params.currency === undefined && params.allowed_payment_method_types === undefined) {
    throw invalidParameter(
      'currency',
      'Missing required param: currency. In setup mode either currency or allowed_payment_method_types must be given.',
      'parameter_missing',
    );
  }
  if (params.customer !== undefined) await findGiven(call, 'customer', params.customer, 'customer');
  // A page's life is measured by the wall clock: its caller cannot know how far another process's clock was moved.
  const created = toSeconds(call.wallNow);
  const id = newId('checkout_session');
  const intent = await createSetupIntent(call, {
    session: id,
    customer: params.customer ?? null,
    description: params.setup_intent_data?.description ?? null,
    metadata: mergeMetadata({}, params.setup_intent_data?.metadata),
  });
  const session: CheckoutSession = {
    id,
    object: 'checkout.session',
    allow_promotion_codes: null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount_subtotal: null,
    amount_total: null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    created,
    currency: params.currency ?? null,
    customer: params.customer ?? null,
    customer_creation: null,
    customer_details: null,
    customer_email: null,
    expires_at: checkExpiry(params.expires_at, created),
    livemode: call.isLive,
    locale: params.locale ?? null,
    metadata: mergeMetadata({}, params.metadata),
    mode: 'setup',
    payment_intent: null,
    payment_method_types: ['card'],
    payment_status: 'no_payment_required',
    setup_intent: intent.id,
    status: 'open',
    subscription: null,
    success_url: params.success_url,
    ui_mode: 'hosted_page',
    url: `${call.publicUrl}/c/pay/${id}`,
  };
  await call.tx.insert('checkout_session', session);
  return ok(session);
}

function checkExpiry(expiresAt: number | undefined, created: number): number {
  if (expiresAt === undefined) return created + LONGEST_SECONDS;
  if (expiresAt < created + SHORTEST_SECONDS) {
    throw invalidParameter(
      'expires_at',
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
    );
  }
  if (expiresAt > created + LONGEST_SECONDS) {
    throw invalidParameter(
      'expires_at',
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
    );
  }
  return expiresAt;
}

async function retrieveSession(call: Call<unknown>): Promise<Reply> {
  const { body } = await lockNamed(call, 'checkout_session');
  if (isOverdue(body, call.wallNow)) await closeSession(call, body, 'expired');
  return retrieve('checkout_session')(call);
}

async function expireSession(call: Call<unknown>): Promise<Reply> {
  const { body } = await lockNamed(call, 'checkout_session');
  if (body.status !== 'open') {
    throw unexpectedState(
      'checkout_session_not_open',
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${body.status}.`,
    );
  }
  await closeSession(call, body, 'expired');
  return ok(body);
}

/** True when an open session's time is over. */
export function isOverdue(session: CheckoutSession, wallNow: Date): boolean {
  return session.status === 'open' && session.expires_at <= toSeconds(wallNow);
}

/** Ends a session that the caller has locked; its link is dead from then on. */
export async function closeSession(
  call: Call<unknown>,
  session: CheckoutSession,
  status: 'complete' | 'expired',
): Promise<void> {
  session.status = status;
  session.url = null;
  await call.tx.save('checkout_session', session);
  await recordEvent(
    call,
    status === 'complete' ? 'checkout.session.completed' : 'checkout.session.expired',
    session,
  );
}
