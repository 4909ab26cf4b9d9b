import Stripe from 'stripe';
import { MovableClock } from '../../../src/clock.ts';
import { createLogger } from '../../../src/log.ts';
import {
  type CardProcessor,
  type CardProcessorOptions,
  startCardProcessor,
} from '../../../src/stand-ins/local-processor/index.ts';
import { emptyDatabase } from '../../support/database.ts';

export const SECRET_KEY = 'sk_test_sandbox';
const SDK_TIMEOUT_MS = 2_000;

/** The real SDK, pointed at a stand-in the way the app points it. */
export function connectSdk(url: string, secretKey = SECRET_KEY): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(secretKey, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    timeout: SDK_TIMEOUT_MS,
  });
}

/** A stand-in with books of its own, and the means to stop and start it again on the same books. */
export interface TestProcessor {
  readonly databaseUrl: string;
  readonly clock: MovableClock;
  readonly stripe: Stripe;
  readonly running: CardProcessor;
  /** Stops it and starts it anew on the same books; the SDK follows. */
  restart(change?: Partial<CardProcessorOptions>): Promise<void>;
  close(): Promise<void>;
}

/** Starts a stand-in on an empty database. */
export async function startProcessor(options: Partial<CardProcessorOptions> = {}): Promise<TestProcessor> {
  const database = await emptyDatabase();
  const clock = new MovableClock();
  const start = (change: Partial<CardProcessorOptions> = {}) =>
    startCardProcessor({
      port: 0,
      database: database.url,
      secretKey: SECRET_KEY,
      clock,
      log: createLogger('error'),
      silenceMs: 6_000,
      ...options,
      ...change,
    });
  let running = await start();
  let stripe = connectSdk(running.url);
  return {
    databaseUrl: database.url,
    clock,
    get stripe() {
      return stripe;
    },
    get running() {
      return running;
    },
    async restart(change) {
      await running.close();
      running = await start(change);
      stripe = connectSdk(running.url, change?.secretKey);
    },
    async close() {
      await running.close();
      await database.close();
    },
  };
}

/** A company with a Visa that works, unless another test token is given. */
export async function addCustomer(
  stripe: Stripe,
  token = 'pm_card_visa',
): Promise<{ customer: string; card: string }> {
  const customer = await stripe.customers.create({ name: 'Harbor & Pine' });
  const card = await stripe.paymentMethods.attach(token, { customer: customer.id });
  return { customer: customer.id, card: card.id };
}

/** An intent of $50.00 that waits for its confirmation. */
export async function createIntent(
  stripe: Stripe,
  payer: { customer: string; card: string },
  options: Stripe.RequestOptions = {},
): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create(
    {
      amount: 5000,
      currency: 'usd',
      customer: payer.customer,
      payment_method: payer.card,
      allowed_payment_method_types: ['card'],
      metadata: { order: '7' },
    },
    options,
  );
}

/** A payment of $50.00 that succeeded; answers its intent's id. */
export async function payIntent(stripe: Stripe): Promise<string> {
  const intent = await createIntent(stripe, await addCustomer(stripe));
  return (await stripe.paymentIntents.confirm(intent.id)).id;
}

/** The error that a call to the SDK ends with. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Stripe.errors.StripeError) return error;
  throw new Error(`expected a StripeError, got ${String(error)}`);
}
