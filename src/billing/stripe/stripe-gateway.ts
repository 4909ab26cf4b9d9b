import Stripe from 'stripe';
import { z } from 'zod';
import { SECOND_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { toCents } from '../../money.ts';
import {
  type GatewayCard,
  type GatewayEvent,
  GatewayRefusedError,
  type Intent,
  type IntentRequest,
  type OrderIntentRequest,
  type PaymentGateway,
} from '../gateway.ts';
import { answer, idOf, openStripe, type StripeOptions } from './client.ts';
import { PROCESSOR_EVENTS } from './events.ts';
import { listAll } from './list-all.ts';
import { moneyBack } from './money-back.ts';

/** The card processor over Stripe's SDK. The SDK never retries by itself: our payment attempts are the only ones (R15). */
export function createStripeGateway(options: StripeOptions): PaymentGateway {
  const stripe = openStripe(options);
  return {
    async createCustomer({ name, reference, key }) {
      const customer = await answer(() =>
        stripe.customers.create({ name, metadata: { reference } }, { idempotencyKey: key }),
      );
      return { customerId: customer.id };
    },
    createIntent: (request) => createForOrder(stripe, request),
    createCheckIntent: async ({ suffix, ...request }) => {
      try {
        const shown = suffix === null ? {} : { statement_descriptor_suffix: suffix };
        return await create(stripe, request, { ...shown, requestId: null });
      } catch (error) {
        const refused = refusalOfCheck(error);
        if (refused === null) throw error;
        return { refused };
      }
    },
    async findStatementDescriptor(intentId) {
      const intent = await answer(() =>
        stripe.paymentIntents.retrieve(intentId, { expand: ['latest_charge'] }),
      );
      const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
      return charge?.calculated_statement_descriptor ?? null;
    },
    confirmIntent: ({ intentId, returnUrl, offSession, key }) =>
      intentOf(() =>
        stripe.paymentIntents.confirm(
          intentId,
          { return_url: returnUrl, ...(offSession ? { off_session: true } : {}) },
          { idempotencyKey: key },
        ),
      ),
    findIntent: (intentId) => intentOf(() => stripe.paymentIntents.retrieve(intentId)),
    async listIntents({ customerId, since }) {
      const listed = await listAll(
        (page) => stripe.paymentIntents.list({ ...page, customer: customerId }),
        since,
      );
      return listed.map((intent) => ({ ...toIntent(intent), reference: intent.metadata.reference ?? null }));
    },
    cancelIntent: ({ intentId, key }) => cancel(stripe, intentId, key),
    refundIntent: ({ intentId, key }) => refund(stripe, intentId, key),
    async createCardPage({ customerId, returnUrl, cancelUrl, expiresAt, key }) {
      const session = await answer(() =>
        stripe.checkout.sessions.create(
          {
            mode: 'setup',
            currency: 'usd',
            customer: customerId,
            allowed_payment_method_types: ['card'],
            success_url: returnUrl,
            cancel_url: cancelUrl,
            expires_at: Math.floor(expiresAt.getTime() / SECOND_MS),
          },
          { idempotencyKey: key },
        ),
      );
      if (session.url === null) throw new GatewayRefusedError('no_url', 'the card page has no address');
      return { sessionId: session.id, url: session.url };
    },
    async findCardPage(sessionId) {
      const session = await answer(() =>
        stripe.checkout.sessions.retrieve(sessionId, { expand: ['setup_intent'] }),
      );
      const setup = typeof session.setup_intent === 'object' ? session.setup_intent : null;
      return {
        cardId: setup?.status === 'succeeded' ? idOf(setup.payment_method) : null,
        customerId: idOf(session.customer) ?? '',
      };
    },
    findCard: async (cardId) => toCard(await answer(() => stripe.paymentMethods.retrieve(cardId))),
    attachCard: async ({ cardId, customerId, key }) =>
      toCard(
        await answer(() =>
          stripe.paymentMethods.attach(cardId, { customer: customerId }, { idempotencyKey: key }),
        ),
      ),
    ...moneyBack(stripe),
    readWebhook: (body, signature) => readWebhook(stripe, options.webhookSecret, body, signature),
  };
}

type IntentExtras = Pick<
  Stripe.PaymentIntentCreateParams,
  'statement_descriptor_suffix' | 'receipt_email'
> & { requestId: string | null };

async function create(
  stripe: Stripe,
  { customerId, cardId, amount, description, reference, key }: IntentRequest,
  { requestId, ...more }: IntentExtras,
): Promise<Intent> {
  return await intentOf(() =>
    stripe.paymentIntents.create(
      {
        amount: toCents(amount),
        currency: 'usd',
        customer: customerId,
        payment_method: cardId,
        allowed_payment_method_types: ['card'],
        description,
        metadata: requestId === null ? { reference } : { reference, request_id: requestId },
        ...more,
      },
      { idempotencyKey: key },
    ),
  );
}

/** An address that the processor does not take is left out, under a key of its own: nobody's purchase depends on it. */
async function createForOrder(
  stripe: Stripe,
  { receiptEmail, requestId, ...request }: OrderIntentRequest,
): Promise<Intent> {
  if (receiptEmail === null) return await create(stripe, request, { requestId });
  try {
    return await create(stripe, request, { receipt_email: receiptEmail, requestId });
  } catch (error) {
    if (paramOf(error) !== 'receipt_email') throw error;
    return await create(stripe, { ...request, key: `${request.key}-no-receipt` }, { requestId });
  }
}

/** The parameter for which a request was refused, where it was for one. */
function paramOf(error: unknown): string | null {
  const cause = error instanceof GatewayRefusedError ? error.cause : null;
  return cause instanceof Stripe.errors.StripeInvalidRequestError ? (cause.param ?? null) : null;
}

/** What of a check's charge the account cannot do; null where it was refused for another reason. */
function refusalOfCheck(error: unknown): 'amount' | 'suffix' | null {
  if (!(error instanceof GatewayRefusedError)) return null;
  if (error.code === 'amount_too_small') return 'amount';
  return paramOf(error) === 'statement_descriptor_suffix' ? 'suffix' : null;
}

async function intentOf(call: () => Promise<Stripe.PaymentIntent>): Promise<Intent> {
  try {
    return toIntent(await call());
  } catch (error) {
    // A decline arrives as an error that carries the intent it declined.
    if (error instanceof Stripe.errors.StripeCardError && error.payment_intent !== undefined) {
      const declined = toIntent(error.payment_intent);
      return {
        ...declined,
        state: 'failed',
        failureCode: error.decline_code || error.code || 'card_declined',
        adviceCode: error.advice_code ?? null,
      };
    }
    return await answer(() => Promise.reject(error));
  }
}

async function cancel(stripe: Stripe, intentId: string, key: string): Promise<Intent> {
  try {
    return await intentOf(() => stripe.paymentIntents.cancel(intentId, {}, { idempotencyKey: key }));
  } catch (error) {
    // What has succeeded, or was cancelled before, cannot be cancelled: look at what it is.
    if (error instanceof GatewayRefusedError)
      return await intentOf(() => stripe.paymentIntents.retrieve(intentId));
    throw error;
  }
}

async function refund(stripe: Stripe, intentId: string, key: string): Promise<void> {
  try {
    await answer(() => stripe.refunds.create({ payment_intent: intentId }, { idempotencyKey: key }));
  } catch (error) {
    if (error instanceof GatewayRefusedError && error.code === 'charge_already_refunded') return;
    throw error;
  }
}

const STATES: Record<string, Intent['state']> = {
  requires_confirmation: 'unconfirmed',
  requires_action: 'needs_action',
  processing: 'processing',
  succeeded: 'succeeded',
  canceled: 'canceled',
};

function toIntent(intent: Stripe.PaymentIntent): Intent {
  const error = intent.last_payment_error;
  const failureCode = error?.decline_code ?? error?.code ?? null;
  return {
    id: intent.id,
    // Back to "requires a payment method" after an error is how a decline looks when it is looked up later.
    state: STATES[intent.status] ?? (error ? 'failed' : 'unconfirmed'),
    failureCode,
    adviceCode: error?.advice_code ?? null,
    actionUrl: intent.next_action?.redirect_to_url?.url ?? null,
  };
}

function toCard(method: Stripe.PaymentMethod): GatewayCard {
  if (method.card === undefined)
    throw new GatewayRefusedError('not_a_card', 'that payment method is not a card');
  const { brand, last4, exp_month, exp_year, fingerprint } = method.card;
  return {
    id: method.id,
    customerId: idOf(method.customer),
    brand,
    last4,
    expMonth: exp_month,
    expYear: exp_year,
    fingerprint: fingerprint ?? method.id,
  };
}

/** As much of an event as says what to look at. Some objects (a balance, an upcoming invoice) have no id. */
const webhookEvent = z.object({
  id: z.string(),
  type: z.string(),
  data: z.object({ object: z.object({ id: z.unknown().optional() }) }),
});
const OBJECT_ID = /^[\w-]{1,255}$/;
/** Stripe's own check looks for old events only: one that is dated ahead could be sent again until its time has come. */
const MAX_CLOCK_SKEW_S = 300;

function readWebhook(
  stripe: Stripe,
  secret: string | undefined,
  body: Buffer,
  signature: string | undefined,
): GatewayEvent {
  const refuse = (cause?: unknown): RefillError =>
    new RefillError('webhook-refused', 'The webhook is not signed by the card processor.', {}, { cause });
  // Without a secret nothing can be verified; an empty one would verify what anybody can sign.
  if (secret === undefined) throw refuse();
  const stamp = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(signature ?? '')?.[1] ?? Number.NaN);
  if (!(stamp <= Date.now() / SECOND_MS + MAX_CLOCK_SKEW_S)) throw refuse();
  let event: unknown;
  try {
    event = stripe.webhooks.constructEvent(body, signature ?? '', secret);
  } catch (error) {
    throw refuse(error);
  }
  return toGatewayEvent(event);
}

function toGatewayEvent(event: unknown): GatewayEvent {
  const malformed = (): RefillError =>
    new RefillError('webhook-malformed', 'The webhook is signed, but it is no event of the card processor.');
  const read = webhookEvent.safeParse(event);
  if (!read.success) throw malformed();
  const { id, type, data } = read.data;
  const about = PROCESSOR_EVENTS[type] ?? 'other';
  if (about === 'other') return { id, about };
  const objectId = data.object.id;
  // An invoice that is only announced has no id yet.
  if (objectId === undefined && about === 'invoice') return { id, about: 'other' };
  if (typeof objectId !== 'string' || !OBJECT_ID.test(objectId)) throw malformed();
  return { id, about, objectId };
}
