import { z } from 'zod';
import { type Endpoint, endpoint, listPage, retrieve } from '../endpoint.ts';
import { created, expand, page, text } from '../read-params.ts';

const listParams = z.strictObject({
  ...page,
  created,
  customer: text.optional(),
  payment_intent: text.optional(),
});

/** What was charged, refused charges included; they come from payment intents only. */
export const chargeEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/v1/charges', listParams, (call) =>
    listPage(call, 'charge', '/v1/charges', {
      customer: call.params.customer,
      payment_intent: call.params.payment_intent,
    }),
  ),
  endpoint('GET', '/v1/charges/:id', z.strictObject(expand), retrieve('charge')),
];
