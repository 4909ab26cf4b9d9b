import { z } from 'zod';
import { type Call, type Endpoint, endpoint, listPage, ok, type Reply, retrieve } from '../endpoint.ts';
import { newId } from '../ids.ts';
import { toSeconds, type WebhookEndpoint } from '../objects.ts';
import { expand, page, text } from '../read-params.ts';

const createParams = z.strictObject({ url: text, enabled_events: z.array(text).min(1), ...expand });
const listParams = z.strictObject(page);

/**
 * Which addresses want which events (`WebhookEndpoint` of the SDK). Kept and listed; deliveries go where the stand-in was
 * started to send them, as an endpoint's signing secret is shown only once and the app has its own already.
 */
export const webhookEndpointEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/v1/webhook_endpoints', createParams, createWebhookEndpoint),
  endpoint('GET', '/v1/webhook_endpoints', listParams, (call) =>
    listPage(call, 'webhook_endpoint', '/v1/webhook_endpoints', {}),
  ),
  endpoint('GET', '/v1/webhook_endpoints/:id', z.strictObject(expand), retrieve('webhook_endpoint')),
];

/** The account's money; the key's mode is what is asked for here. */
export const balanceEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/v1/balance', z.strictObject(expand), async (call) =>
    ok({ object: 'balance', available: [], livemode: call.isLive, pending: [] }),
  ),
];

async function createWebhookEndpoint(call: Call<z.output<typeof createParams>>): Promise<Reply> {
  const created: WebhookEndpoint = {
    id: newId('webhook_endpoint'),
    object: 'webhook_endpoint',
    api_version: null,
    application: null,
    created: toSeconds(call.now),
    description: null,
    enabled_events: call.params.enabled_events,
    livemode: call.isLive,
    metadata: {},
    status: 'enabled',
    url: call.params.url,
  };
  await call.tx.insert('webhook_endpoint', created);
  return ok(created);
}
