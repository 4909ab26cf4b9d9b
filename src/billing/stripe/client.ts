import Stripe from 'stripe';
import { SECOND_MS } from '../../durations.ts';
import {
  GatewayCustomerGoneError,
  GatewayDeclinedError,
  GatewayRefusedError,
  GatewayUnknownError,
} from '../gateway.ts';

const CALL_TIMEOUT_MS = 10 * SECOND_MS;

export interface StripeOptions {
  secretKey: string;
  /** Absent: webhooks are refused, and outcomes are found by looking them up. */
  webhookSecret: string | undefined;
  /** Origin of the API when it is not Stripe's own, e.g. http://127.0.0.1:3003. */
  apiUrl: string | undefined;
  timeoutMs?: number;
}

/** The processor's SDK. It never retries by itself: our own attempts are the only ones (R15). */
export function openStripe(options: StripeOptions): Stripe {
  return new Stripe(options.secretKey, {
    maxNetworkRetries: 0,
    timeout: options.timeoutMs ?? CALL_TIMEOUT_MS,
    telemetry: false,
    ...(options.apiUrl === undefined ? {} : splitUrl(options.apiUrl)),
  });
}

function splitUrl(apiUrl: string): { host: string; port: string; protocol: 'http' | 'https' } {
  const url = new URL(apiUrl);
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return { host: url.hostname, port: url.port || (protocol === 'http' ? '80' : '443'), protocol };
}

/** A bank's refusal, or one that is about our key, account, customer or request. */
function toRefusal(error: Stripe.errors.StripeError): Error {
  const options = { cause: error, isAboutKey: error.statusCode === 401 || error.statusCode === 403 };
  const code = error.code ?? error.type;
  if (error instanceof Stripe.errors.StripeCardError) {
    const failure = { code: error.decline_code || code, adviceCode: error.advice_code ?? null };
    return new GatewayDeclinedError(failure, error.message, options);
  }
  if (code === 'resource_missing' && error.param === 'customer')
    return new GatewayCustomerGoneError(code, error.message, options);
  return new GatewayRefusedError(code, error.message, options);
}

/** Runs one call; tells "refused, nothing happened" from "nobody knows". */
export async function answer<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError))
      throw new GatewayUnknownError('the processor failed', { cause: error });
    const isUnknown =
      error instanceof Stripe.errors.StripeConnectionError ||
      error instanceof Stripe.errors.StripeRateLimitError ||
      error.statusCode === undefined ||
      error.statusCode === 409 ||
      error.statusCode >= 500;
    if (isUnknown) throw new GatewayUnknownError(error.message, { cause: error });
    throw toRefusal(error);
  }
}

/** The id of an object that the API shows as such, or expanded. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference == null) return null;
  return typeof reference === 'string' ? reference : reference.id;
}
