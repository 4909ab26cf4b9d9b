import type Stripe from 'stripe';
import { fromCents, toCents } from '../../money.ts';
import { GatewayRefusedError } from '../gateway.ts';
import type { GatewayInvoice, InvoiceGateway } from '../invoice-gateway.ts';
import { answer, idOf, openStripe, type StripeOptions } from './client.ts';
import { readPages } from './list-all.ts';

/** A customer has an invoice a month; looking through more than these is a mistake. */
const MAX_PAGES = 20;

/** The processor's invoicing over Stripe's SDK. Lists are read, not searched: a search may not see the newest yet. */
export function createStripeInvoicing(options: StripeOptions): InvoiceGateway {
  const stripe = openStripe(options);
  return {
    async setEmail({ customerId, email }) {
      await answer(() => stripe.customers.update(customerId, { email }));
    },
    createInvoice: ({ customerId, number, daysUntilDue, description, reference, key }) =>
      invoiceOf(() =>
        stripe.invoices.create(
          {
            customer: customerId,
            number,
            collection_method: 'send_invoice',
            days_until_due: daysUntilDue,
            // What else the customer is to be invoiced for is none of ours.
            pending_invoice_items_behavior: 'exclude',
            // A draft that advances by itself could be sent with half of its items.
            auto_advance: false,
            currency: 'usd',
            description,
            metadata: { reference },
          },
          { idempotencyKey: key },
        ),
      ),
    async findInvoiceByReference({ customerId, reference }) {
      const found = await findInList(
        (page) => stripe.invoices.list({ customer: customerId, ...page }),
        ({ metadata }) => metadata?.reference === reference,
      );
      return found === null ? null : toInvoice(found);
    },
    findInvoice: (invoiceId) => invoiceOf(() => stripe.invoices.retrieve(invoiceId)),
    async listPayments(invoiceId) {
      const intents: string[] = [];
      await findInList(
        (page) => stripe.invoicePayments.list({ invoice: invoiceId, status: 'paid', ...page }),
        ({ payment }) => {
          const intentId = idOf(payment.payment_intent);
          if (intentId !== null) intents.push(intentId);
          return false;
        },
      );
      return intents;
    },
    async listItems(invoiceId) {
      const references = new Set<string>();
      await findInList(
        (page) => stripe.invoiceItems.list({ invoice: invoiceId, ...page }),
        ({ metadata }) => {
          references.add(metadata?.reference ?? '');
          return false;
        },
      );
      return references;
    },
    async addItem({ customerId, invoiceId, amount, description, reference, key }) {
      await answer(() =>
        stripe.invoiceItems.create(
          {
            customer: customerId,
            invoice: invoiceId,
            amount: toCents(amount),
            currency: 'usd',
            description,
            metadata: { reference },
          },
          { idempotencyKey: key },
        ),
      );
    },
    finalizeInvoice: ({ invoiceId, key }) =>
      invoiceOf(() =>
        // From here on the processor's own reminders work as the operator set them.
        stripe.invoices.finalizeInvoice(invoiceId, { auto_advance: true }, { idempotencyKey: key }),
      ),
    payOutOfBand: ({ invoiceId, key }) =>
      invoiceOf(() => stripe.invoices.pay(invoiceId, { paid_out_of_band: true }, { idempotencyKey: key })),
    voidInvoice: ({ invoiceId, key }) =>
      invoiceOf(() => stripe.invoices.voidInvoice(invoiceId, {}, { idempotencyKey: key })),
  };
}

const STATES = ['draft', 'open', 'paid', 'void', 'uncollectible'] as const;

async function invoiceOf(call: () => Promise<Stripe.Invoice>): Promise<GatewayInvoice> {
  return toInvoice(await answer(call));
}

function toInvoice(invoice: Stripe.Invoice): GatewayInvoice {
  const state = STATES.find((known) => known === (invoice.status ?? 'draft'));
  if (state === undefined)
    throw new GatewayRefusedError('unknown_state', `an invoice is ${invoice.status} at the processor`);
  return {
    id: invoice.id,
    state,
    total: fromCents(invoice.total),
    payUrl: invoice.hosted_invoice_url ?? null,
    // Not `attempted`, which is said of an invoice as soon as it is finalized.
    hasFailed: invoice.attempt_count > 0 && state === 'open',
  };
}

/** Reads a list page by page until something is wanted of it. Throws GatewayRefusedError for one without end. */
async function findInList<T extends { id: string }>(
  list: Parameters<typeof readPages<T>>[0],
  isWanted: (item: T) => boolean,
): Promise<T | null> {
  let pages = 0;
  for await (const page of readPages(list)) {
    pages += 1;
    if (pages > MAX_PAGES)
      throw new GatewayRefusedError('list_too_long', 'the processor’s list does not end');
    const found = page.find(isWanted);
    if (found !== undefined) return found;
  }
  return null;
}
