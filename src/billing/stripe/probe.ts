import Stripe from 'stripe';
import { openStripe, type StripeOptions } from './client.ts';

/** What the processor says about the key and this app's endpoint, without changing anything there. */
export interface ProcessorProbe {
  /** Null where the account could be read; else why not. */
  readonly refusal: { kind: 'key' | 'right' | 'unreachable'; message: string } | null;
  /** Whether the key moves real money. */
  readonly isLive: boolean | null;
  /** The processor's clock when it answered. */
  readonly at: Date | null;
  /** Reads that the key has no right to. */
  readonly missingRights: readonly string[];
  /** Endpoints that are registered there; null where the key may not list them. */
  readonly endpoints: readonly { url: string; isEnabled: boolean; events: readonly string[] }[] | null;
}

/**
 * Asks the processor. Only reads: whether a restricted key may write cannot be known without writing.
 */
export async function probeProcessor(options: StripeOptions): Promise<ProcessorProbe> {
  const stripe = openStripe(options);
  const nothing = { isLive: null, at: null, missingRights: [], endpoints: null };
  try {
    const balance = await stripe.balance.retrieve();
    const date = balance.lastResponse.headers.date;
    return {
      refusal: null,
      isLive: balance.livemode,
      at: date === undefined ? null : new Date(date),
      missingRights: await findMissingRights(stripe),
      endpoints: await listEndpoints(stripe),
    };
  } catch (error) {
    return { ...nothing, refusal: refusalOf(error) };
  }
}

async function findMissingRights(stripe: Stripe): Promise<string[]> {
  const reads: Record<string, () => Promise<unknown>> = {
    Customers: () => stripe.customers.list({ limit: 1 }),
    PaymentIntents: () => stripe.paymentIntents.list({ limit: 1 }),
    'Checkout Sessions': () => stripe.checkout.sessions.list({ limit: 1 }),
    Disputes: () => stripe.disputes.list({ limit: 1 }),
    Refunds: () => stripe.refunds.list({ limit: 1 }),
  };
  const missing: string[] = [];
  for (const [name, read] of Object.entries(reads)) {
    try {
      await read();
    } catch (error) {
      if (refusalOf(error).kind !== 'right') throw error;
      missing.push(name);
    }
  }
  return missing;
}

async function listEndpoints(stripe: Stripe): Promise<ProcessorProbe['endpoints']> {
  try {
    const { data } = await stripe.webhookEndpoints.list({ limit: 100 });
    return data.map(({ url, status, enabled_events }) => ({
      url,
      isEnabled: status === 'enabled',
      events: enabled_events,
    }));
  } catch (error) {
    if (refusalOf(error).kind === 'right') return null;
    throw error;
  }
}

function refusalOf(error: unknown): NonNullable<ProcessorProbe['refusal']> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Stripe.errors.StripeAuthenticationError) return { kind: 'key', message };
  if (error instanceof Stripe.errors.StripePermissionError) return { kind: 'right', message };
  return { kind: 'unreachable', message };
}
