import type { BillingDeps } from './deps.ts';
import { countCalls } from './processor/count-calls.ts';
import type { StripeOptions } from './stripe/client.ts';
import { createStripeGateway } from './stripe/stripe-gateway.ts';
import { createStripeInvoicing } from './stripe/stripe-invoicing.ts';

/** Billing over Stripe; its invoicing only where invoices are mirrored there. */
export function createBilling({
  stripe,
  mirrorsInvoices,
  ...parts
}: Omit<BillingDeps, 'gateway' | 'invoicing'> & {
  stripe: StripeOptions;
  mirrorsInvoices: boolean;
}): BillingDeps {
  return {
    ...parts,
    gateway: countCalls(createStripeGateway(stripe)),
    ...(mirrorsInvoices ? { invoicing: createStripeInvoicing(stripe) } : {}),
  };
}
