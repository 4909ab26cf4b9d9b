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
import { invalidParameter } from '../errors.ts';
import { newId } from '../ids.ts';
import { type Customer, toSeconds } from '../objects.ts';
import { clearable, expand, mergeMetadata, metadata, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';
import { attachTo, obtainPaymentMethod } from './obtain-payment-method.ts';

const fields = {
  name: clearable.optional(),
  email: clearable.optional(),
  description: clearable.optional(),
  phone: clearable.optional(),
  metadata: metadata.optional(),
  invoice_settings: z.strictObject({ default_payment_method: clearable.optional() }).optional(),
  ...expand,
};
const createParams = z.strictObject({ ...fields, payment_method: text.optional() });
const updateParams = z.strictObject(fields);
const listParams = z.strictObject({ ...page, email: text.optional() });

/** A company that pays: created, changed, found again by its id or address. */
export const customerEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/v1/customers', createParams, createCustomer),
  endpoint('GET', '/v1/customers', listParams, (call) =>
    listPage(call, 'customer', '/v1/customers', { email: call.params.email }),
  ),
  endpoint('GET', '/v1/customers/:id', z.strictObject(expand), retrieve('customer')),
  endpoint('POST', '/v1/customers/:id', updateParams, updateCustomer),
  endpoint('DELETE', '/v1/customers/:id', z.strictObject({}), deleteCustomer),
];

async function createCustomer(call: Call<z.output<typeof createParams>>): Promise<Reply> {
  const { params } = call;
  const customer = newCustomer(call, params);
  await call.tx.insert('customer', customer);
  if (params.payment_method !== undefined) {
    const method = await obtainPaymentMethod(call, params.payment_method, 'payment_method');
    await attachTo(call, method, customer.id);
  }
  const wanted = params.invoice_settings?.default_payment_method;
  if (wanted !== undefined) {
    customer.invoice_settings.default_payment_method = await checkDefault(call, customer.id, wanted);
    await call.tx.save('customer', customer);
  }
  await recordEvent(call, 'customer.created', customer);
  return ok(customer);
}

function newCustomer(call: Call<unknown>, params: z.output<typeof createParams>): Customer {
  return {
    id: newId('customer'),
    object: 'customer',
    address: null,
    balance: 0,
    created: toSeconds(call.now),
    currency: null,
    default_source: null,
    delinquent: false,
    description: params.description ?? null,
    discount: null,
    email: params.email ?? null,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: call.isLive,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    phone: params.phone ?? null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

async function updateCustomer(call: Call<z.output<typeof updateParams>>): Promise<Reply> {
  const { params } = call;
  const { body: customer } = await lockNamed(call, 'customer');
  for (const field of ['name', 'email', 'description', 'phone'] as const) {
    const value = params[field];
    if (value !== undefined) customer[field] = value;
  }
  if (params.metadata !== undefined) customer.metadata = mergeMetadata(customer.metadata, params.metadata);
  const wanted = params.invoice_settings?.default_payment_method;
  if (wanted !== undefined) {
    customer.invoice_settings.default_payment_method = await checkDefault(call, customer.id, wanted);
  }
  await call.tx.save('customer', customer);
  await recordEvent(call, 'customer.updated', customer);
  return ok(customer);
}

/** Only a card that is attached to the customer can be its default. */
async function checkDefault(
  call: Call<unknown>,
  customerId: string,
  wanted: string | null,
): Promise<string | null> {
  if (wanted === null) return null;
  const param = 'invoice_settings[default_payment_method]';
  const { body } = await findGiven(call, 'payment_method', wanted, param);
  if (body.customer === customerId) return wanted;
  throw invalidParameter(
    param,
    `The customer does not have a payment method with the ID ${wanted}. The payment method must be attached to the customer.`,
    'resource_missing',
  );
}

/**
 * Deletes a customer for good (`DeletedCustomer` of the SDK); its cards are detached and can never be used again
 * (docs.stripe.com/api/customers/delete).
 */
async function deleteCustomer(call: Call<unknown>): Promise<Reply> {
  const { body: customer } = await lockNamed(call, 'customer');
  const cards = await call.tx.list('payment_method', { where: { customer: customer.id }, limit: 100 });
  for (const { id } of cards) {
    const card = await call.tx.lock('payment_method', id);
    if (card === undefined) continue;
    card.body.customer = null;
    await call.tx.save('payment_method', card.body, { detached: 'yes' });
  }
  await call.tx.remove('customer', customer.id);
  await recordEvent(call, 'customer.deleted', customer);
  return ok({ id: customer.id, object: 'customer', deleted: true });
}
