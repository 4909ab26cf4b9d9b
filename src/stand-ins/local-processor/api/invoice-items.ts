import { z } from 'zod';
import {
  type Call,
  type Endpoint,
  endpoint,
  findGiven,
  listPage,
  ok,
  type Reply,
  retrieve,
} from '../endpoint.ts';
import { invalidParameter, noSuch, unexpectedState } from '../errors.ts';
import { newId } from '../ids.ts';
import { type InvoiceItem, toSeconds } from '../objects.ts';
import { clearable, currency, expand, integer, mergeMetadata, metadata, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';

const MOST_ITEMS = 250;

const createParams = z.strictObject({
  customer: text,
  invoice: text,
  amount: integer,
  currency,
  description: clearable.optional(),
  metadata: metadata.optional(),
  ...expand,
});
const listParams = z.strictObject({ ...page, customer: text.optional(), invoice: text.optional() });

/** What an invoice is for, while it is a draft. Items without an invoice are not imitated. */
export const invoiceItemEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/v1/invoiceitems', createParams, createItem),
  endpoint('GET', '/v1/invoiceitems', listParams, (call) =>
    listPage(call, 'invoiceitem', '/v1/invoiceitems', {
      customer: call.params.customer,
      invoice: call.params.invoice,
    }),
  ),
  endpoint('GET', '/v1/invoiceitems/:id', z.strictObject(expand), retrieve('invoiceitem')),
];

async function createItem(call: Call<z.output<typeof createParams>>): Promise<Reply> {
  const { params, tx } = call;
  const found = await tx.lock('invoice', params.invoice);
  if (found === undefined) throw noSuch('invoice', params.invoice, 'invoice', 400);
  await findGiven(call, 'customer', params.customer, 'customer');
  const invoice = found.body;
  if (invoice.customer !== params.customer)
    throw invalidParameter('customer', 'The customer of an item is that of its invoice.');
  if (invoice.status !== 'draft')
    throw unexpectedState('invoice_not_editable', 'This invoice is no longer editable');
  const before = await tx.list('invoiceitem', { where: { invoice: invoice.id }, limit: MOST_ITEMS });
  if (before.length >= MOST_ITEMS)
    throw invalidParameter('invoice', `An invoice has at most ${MOST_ITEMS} items.`);
  const item: InvoiceItem = {
    id: newId('invoiceitem'),
    object: 'invoiceitem',
    amount: params.amount,
    currency: params.currency,
    customer: params.customer,
    date: toSeconds(call.now),
    description: params.description ?? null,
    discountable: true,
    invoice: invoice.id,
    livemode: call.isLive,
    metadata: mergeMetadata({}, params.metadata),
    proration: false,
    quantity: 1,
  };
  await tx.insert('invoiceitem', item);
  invoice.total += params.amount;
  invoice.subtotal = invoice.total;
  invoice.amount_due = invoice.total;
  invoice.amount_remaining = invoice.total;
  await tx.save('invoice', invoice);
  await recordEvent(call, 'invoiceitem.created', item);
  return ok(item);
}
