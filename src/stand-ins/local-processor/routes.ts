import { chargeEndpoints } from './api/charges.ts';
import { checkoutSessionEndpoints } from './api/checkout-sessions.ts';
import { customerEndpoints } from './api/customers.ts';
import { disputeEndpoints } from './api/disputes.ts';
import { earlyFraudWarningEndpoints } from './api/early-fraud-warnings.ts';
import { eventEndpoints } from './api/events.ts';
import { invoiceItemEndpoints } from './api/invoice-items.ts';
import { invoicePaymentEndpoints } from './api/invoice-payments.ts';
import { invoiceEndpoints } from './api/invoices.ts';
import { paymentIntentEndpoints } from './api/payment-intents.ts';
import { paymentMethodEndpoints } from './api/payment-methods.ts';
import { refundEndpoints } from './api/refunds.ts';
import { setupIntentEndpoints } from './api/setup-intents.ts';
import { balanceEndpoints, webhookEndpointEndpoints } from './api/webhook-endpoints.ts';
import type { Endpoint } from './endpoint.ts';

/** Every address of the API that is imitated; all others are refused with words. */
export const LOCAL_PROCESSOR_ENDPOINTS: readonly Endpoint[] = [
  ...customerEndpoints,
  ...webhookEndpointEndpoints,
  ...balanceEndpoints,
  ...paymentMethodEndpoints,
  ...setupIntentEndpoints,
  ...checkoutSessionEndpoints,
  ...paymentIntentEndpoints,
  ...chargeEndpoints,
  ...refundEndpoints,
  ...disputeEndpoints,
  ...earlyFraudWarningEndpoints,
  ...invoiceEndpoints,
  ...invoiceItemEndpoints,
  ...invoicePaymentEndpoints,
  ...eventEndpoints,
];

/** A row of a routing table that fits a request, and the values of its `:names`. */
export interface Match<E> {
  endpoint: E;
  path: Record<string, string>;
}

/** Finds the row for a method and address; a literal segment is preferred to a `:name`, as rows stand in order. */
export function matchRoute<E extends { method: string; path: string }>(
  endpoints: readonly E[],
  method: string,
  pathname: string,
): Match<E> | undefined {
  const segments = pathname.split('/');
  for (const endpoint of endpoints) {
    const path = endpoint.method === method ? fit(endpoint.path.split('/'), segments) : undefined;
    if (path !== undefined) return { endpoint, path };
  }
  return undefined;
}

function fit(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== segment) return undefined;
      continue;
    }
    if (segment === '') return undefined;
    try {
      path[part.slice(1)] = decodeURIComponent(segment);
    } catch {
      return undefined;
    }
  }
  return path;
}
