import { z } from 'zod';
import { type Call, type Endpoint, endpoint, listPage, retrieve } from '../endpoint.ts';
import { newClientSecret, newId } from '../ids.ts';
import { type Metadata, type SetupIntent, toSeconds } from '../objects.ts';
import { expand, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';

const listParams = z.strictObject({ ...page, customer: text.optional() });

/** Saving a card for later; created by a checkout session in setup mode, and read through the API. */
export const setupIntentEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/v1/setup_intents', listParams, (call) =>
    listPage(call, 'setup_intent', '/v1/setup_intents', { customer: call.params.customer }),
  ),
  endpoint(
    'GET',
    '/v1/setup_intents/:id',
    z.strictObject({ client_secret: text.optional(), ...expand }),
    retrieve('setup_intent'),
  ),
];

/** A new setup intent that waits for its card. */
export async function createSetupIntent(
  call: Call<unknown>,
  fields: { session: string; customer: string | null; description: string | null; metadata: Metadata },
): Promise<SetupIntent> {
  const id = newId('setup_intent');
  const intent: SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: ['card'],
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: newClientSecret(id),
    created: toSeconds(call.now),
    customer: fields.customer,
    description: fields.description,
    last_setup_error: null,
    latest_attempt: null,
    livemode: call.isLive,
    mandate: null,
    metadata: fields.metadata,
    next_action: null,
    payment_method: null,
    payment_method_options: {
      card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: 'off_session',
  };
  await call.tx.insert('setup_intent', intent, { session: fields.session });
  await recordEvent(call, 'setup_intent.created', intent);
  return intent;
}
