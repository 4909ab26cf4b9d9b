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
import { invalidParameter, noSuch } from '../errors.ts';
import { OBJECT_KINDS } from '../ids.ts';
import type { PaymentMethod } from '../objects.ts';
import { expand, mergeMetadata, metadata, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';
import { findByToken } from '../test-cards.ts';
import { attachTo, obtainPaymentMethod } from './obtain-payment-method.ts';

const attachParams = z.strictObject({ customer: text, ...expand });
const updateParams = z.strictObject({ metadata: metadata.optional(), ...expand });
const listParams = z.strictObject({ ...page, customer: text.optional(), type: z.literal('card').optional() });
const listOfCustomerParams = z.strictObject({ ...page, type: z.literal('card').optional() });

/** Saved cards: attached to a customer, listed, detached for good. */
export const paymentMethodEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/v1/payment_methods', listParams, (call) =>
    listPage(call, 'payment_method', '/v1/payment_methods', { customer: call.params.customer }),
  ),
  endpoint('GET', '/v1/payment_methods/:id', z.strictObject(expand), retrieve('payment_method')),
  endpoint('POST', '/v1/payment_methods/:id', updateParams, updatePaymentMethod),
  endpoint('POST', '/v1/payment_methods/:id/attach', attachParams, attachPaymentMethod),
  endpoint('POST', '/v1/payment_methods/:id/detach', z.strictObject(expand), detachPaymentMethod),
  endpoint('GET', '/v1/customers/:id/payment_methods', listOfCustomerParams, listOfCustomer),
  endpoint('GET', '/v1/customers/:id/payment_methods/:method', z.strictObject(expand), retrieveOfCustomer),
];

async function updatePaymentMethod(call: Call<z.output<typeof updateParams>>): Promise<Reply> {
  const { body } = await lockNamed(call, 'payment_method');
  body.metadata = mergeMetadata(body.metadata, call.params.metadata);
  await call.tx.save('payment_method', body);
  return ok(body);
}

async function attachPaymentMethod(call: Call<z.output<typeof attachParams>>): Promise<Reply> {
  const customerId = call.params.customer;
  await findGiven(call, 'customer', customerId, 'customer');
  const id = call.path.id ?? '';
  const method =
    findByToken(id) === undefined
      ? await lockNamed(call, 'payment_method')
      : await obtainPaymentMethod(call, id, 'id');
  return ok(await attachTo(call, method, customerId));
}

async function detachPaymentMethod(call: Call<unknown>): Promise<Reply> {
  return ok(await detach(call, (await lockNamed(call, 'payment_method')).body));
}

/** Takes a card, which the caller has locked, from its customer for good. */
export async function detach(call: Call<unknown>, body: PaymentMethod): Promise<PaymentMethod> {
  if (body.customer === null) {
    throw invalidParameter(
      'payment_method',
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    );
  }
  const { customer } = body;
  await forgetDefault(call, customer, body.id);
  body.customer = null;
  await call.tx.save('payment_method', body, { detached: 'yes' });
  await recordEvent(call, 'payment_method.detached', body, { customer });
  return body;
}

/** A detached card can no longer be its customer's default. */
async function forgetDefault(call: Call<unknown>, customerId: string, methodId: string): Promise<void> {
  const customer = await call.tx.lock('customer', customerId);
  if (customer?.body.invoice_settings.default_payment_method !== methodId) return;
  customer.body.invoice_settings.default_payment_method = null;
  await call.tx.save('customer', customer.body);
}

async function listOfCustomer(call: Call<z.output<typeof listOfCustomerParams>>): Promise<Reply> {
  const id = call.path.id ?? '';
  if ((await call.tx.find('customer', id)) === undefined) throw noSuch('customer', id, 'id', 404);
  return listPage(call, 'payment_method', `/v1/customers/${id}/payment_methods`, { customer: id });
}

async function retrieveOfCustomer(call: Call<unknown>): Promise<Reply> {
  const id = call.path.method ?? '';
  const found = await call.tx.find('payment_method', id);
  if (found === undefined || found.body.customer !== call.path.id) {
    throw noSuch(OBJECT_KINDS.payment_method.words, id, 'payment_method', 404);
  }
  return ok(found.body);
}
