import { z } from 'zod';
import { createItem, listItems, type PhoneSystemAccess } from './list-items.ts';

const id = z.union([z.string().min(1), z.number()]);
const webhook = z.looseObject({ id, hook_url: z.string().nullish() });

/**
 * Has the phone system send its events to an address of ours: finished calls, and every text with its later status. The
 * key has to be a company admin's; for the text of messages, from which segments are counted, it also needs the scope
 * `message_content_export:all`. Throws RefillError `phone-system-refused`, `phone-system-busy` or
 * `phone-system-unreadable`.
 */
export async function subscribeToEvents(
  access: PhoneSystemAccess,
  { address, secret }: { address: string; secret: string },
): Promise<void> {
  const body = { hook_url: address, secret };
  const { id: endpointId } = await createItem(access, { path: '/api/v2/webhooks', body }, webhook);
  const created = z.looseObject({ id });
  const call = { endpoint_id: endpointId, call_states: ['hangup'] };
  await createItem(access, { path: '/api/v2/subscriptions/call', body: call }, created);
  const sms = { endpoint_id: endpointId, direction: 'all', status: true };
  await createItem(access, { path: '/api/v2/subscriptions/sms', body: sms }, created);
}

/** The addresses to which the phone system sends events already, ours and those of others. */
export async function listEventAddresses(access: PhoneSystemAccess): Promise<string[]> {
  const webhooks = await listItems(access, { path: '/api/v2/webhooks' });
  return webhooks.flatMap((item) => webhook.safeParse(item).data?.hook_url ?? []);
}
