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
import { type Customer, type Invoice, toSeconds } from '../objects.ts';
import {
  clearable,
  currency,
  expand,
  flag,
  integer,
  mergeMetadata,
  metadata,
  page,
  text,
} from '../read-params.ts';
import { recordEvent } from '../record-event.ts';
import { openInvoicePayment, withdrawInvoicePayment } from './invoice-payments.ts';
import { settleInvoice, transitionsOf } from './settle-invoice.ts';

const DAY_SECONDS = 24 * 60 * 60;

const createParams = z.strictObject({
  customer: text,
  collection_method: z.literal('send_invoice'),
  days_until_due: integer.pipe(z.number().int().min(0).max(3650)),
  pending_invoice_items_behavior: z.literal('exclude'),
  auto_advance: flag.optional(),
  currency: currency.optional(),
  description: clearable.optional(),
  number: text.max(26).optional(),
  metadata: metadata.optional(),
  ...expand,
});
const listParams = z.strictObject({ ...page, customer: text.optional() });

/** What a customer is asked to pay by a day: drafted, filled with items, finalized, then paid or taken back. */
export const invoiceEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/v1/invoices', createParams, createInvoice),
  endpoint('GET', '/v1/invoices', listParams, (call) =>
    listPage(call, 'invoice', '/v1/invoices', { customer: call.params.customer }),
  ),
  endpoint('GET', '/v1/invoices/:id', z.strictObject(expand), retrieve('invoice')),
  endpoint(
    'POST',
    '/v1/invoices/:id/finalize',
    z.strictObject({ auto_advance: flag.optional(), ...expand }),
    finalize,
  ),
  endpoint(
    'POST',
    '/v1/invoices/:id/pay',
    z.strictObject({ paid_out_of_band: z.literal('true'), ...expand }),
    payOutOfBand,
  ),
  endpoint('POST', '/v1/invoices/:id/void', z.strictObject(expand), voidInvoice),
  endpoint('POST', '/v1/invoices/:id/mark_uncollectible', z.strictObject(expand), markUncollectible),
];

async function createInvoice(call: Call<z.output<typeof createParams>>): Promise<Reply> {
  const { params } = call;
  const { body: customer } = await findGiven(call, 'customer', params.customer, 'customer');
  if (customer.email === null) {
    throw invalidParameter(
      'customer',
      'Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.',
    );
  }
  if (params.number !== undefined && (await isNumberTaken(call, params.number)))
    throw invalidParameter('number', `The invoice number ${params.number} is already in use.`);
  const invoice = newInvoice(call, customer);
  await call.tx.insert('invoice', invoice);
  await recordEvent(call, 'invoice.created', invoice);
  return ok(invoice);
}

async function isNumberTaken({ tx }: Call<unknown>, number: string): Promise<boolean> {
  const { rows } = await tx.client.query(
    `SELECT 1 FROM card_processor.resource WHERE kind = 'invoice' AND body->>'number' = $1`,
    [number],
  );
  return rows.length > 0;
}

function newInvoice(call: Call<z.output<typeof createParams>>, customer: Customer): Invoice {
  const { params } = call;
  const created = toSeconds(call.now);
  return {
    id: newId('invoice'),
    object: 'invoice',
    amount_due: 0,
    amount_paid: 0,
    amount_remaining: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: params.auto_advance ?? false,
    billing_reason: 'manual',
    collection_method: 'send_invoice',
    created,
    currency: params.currency ?? 'usd',
    customer: customer.id,
    customer_email: customer.email,
    customer_name: customer.name,
    description: params.description ?? null,
    due_date: created + params.days_until_due * DAY_SECONDS,
    hosted_invoice_url: null,
    livemode: call.isLive,
    metadata: mergeMetadata({}, params.metadata),
    number: params.number ?? null,
    paid_out_of_band: false,
    status: 'draft',
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    subtotal: 0,
    total: 0,
  };
}

async function finalize(call: Call<{ auto_advance?: boolean | undefined }>): Promise<Reply> {
  const { body: invoice } = await lockNamed(call, 'invoice');
  if (invoice.status !== 'draft')
    throw unexpectedState('invoice_not_editable', 'This invoice is already finalized.');
  invoice.status = 'open';
  invoice.attempted = true;
  invoice.auto_advance = call.params.auto_advance ?? invoice.auto_advance;
  invoice.number ??= `TEST-${invoice.id.slice(-8).toUpperCase()}`;
  invoice.hosted_invoice_url = `${call.publicUrl}/i/${invoice.id}`;
  invoice.status_transitions = { ...transitionsOf(invoice), finalized_at: toSeconds(call.now) };
  await call.tx.save('invoice', invoice);
  await recordEvent(call, 'invoice.finalized', invoice);
  // Nothing to pay is paid.
  if (invoice.amount_due === 0) await settleInvoice(call, invoice, { isOutOfBand: false });
  else await openInvoicePayment(call, invoice);
  return ok(invoice);
}

async function payOutOfBand(call: Call<unknown>): Promise<Reply> {
  const { body: invoice } = await lockNamed(call, 'invoice');
  if (invoice.status === 'paid') throw unexpectedState('invoice_already_paid', 'Invoice is already paid');
  if (!isOwed(invoice))
    throw unexpectedState('invoice_not_payable', `A ${invoice.status} invoice cannot be paid.`);
  await settleInvoice(call, invoice, { isOutOfBand: true });
  await withdrawInvoicePayment(call, invoice);
  return ok(invoice);
}

async function voidInvoice(call: Call<unknown>): Promise<Reply> {
  const { body: invoice } = await lockNamed(call, 'invoice');
  if (!isOwed(invoice))
    throw unexpectedState(
      'invoice_not_voidable',
      `You can only pass in open invoices. It is ${invoice.status}.`,
    );
  invoice.status = 'void';
  invoice.auto_advance = false;
  invoice.status_transitions = { ...transitionsOf(invoice), voided_at: toSeconds(call.now) };
  await call.tx.save('invoice', invoice);
  await recordEvent(call, 'invoice.voided', invoice);
  await withdrawInvoicePayment(call, invoice);
  return ok(invoice);
}

async function markUncollectible(call: Call<unknown>): Promise<Reply> {
  const { body: invoice } = await lockNamed(call, 'invoice');
  if (invoice.status !== 'open')
    throw unexpectedState('invoice_not_open', `You can only pass in open invoices. It is ${invoice.status}.`);
  invoice.status = 'uncollectible';
  invoice.auto_advance = false;
  invoice.status_transitions = { ...transitionsOf(invoice), marked_uncollectible_at: toSeconds(call.now) };
  await call.tx.save('invoice', invoice);
  await recordEvent(call, 'invoice.marked_uncollectible', invoice);
  return ok(invoice);
}

/** Whether it can still be paid, or taken back. */
export function isOwed({ status }: Invoice): boolean {
  return status === 'open' || status === 'uncollectible';
}
