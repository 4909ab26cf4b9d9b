import type { BillingDeps } from '../deps.ts';
import { type EventSubject, GatewayRefusedError } from '../gateway.ts';

/** What a feature does about an event of the processor: reads there what happened to the object. */
export type EventHandler = (deps: BillingDeps, objectId: string) => Promise<void>;

const registered = new Map<EventSubject, EventHandler>();

/** Has events about something handled by the feature that it belongs to. */
export function registerEventHandler(about: EventSubject, handler: EventHandler): void {
  registered.set(about, handler);
}

/**
 * Handles one webhook of the card processor. It is only a hint to poll: what happened is read from the processor
 * itself, so a webhook that comes twice, late or never changes nothing. Throws RefillError `webhook-refused` or
 * `webhook-malformed`.
 */
export async function handleWebhook(
  deps: BillingDeps,
  body: Buffer,
  signature: string | undefined,
): Promise<void> {
  const event = deps.gateway.readWebhook(body, signature);
  const { id, about } = event;
  try {
    if (event.about !== 'other') await followSubject(deps, event.about, event.objectId);
    deps.log.debug({ event: id, about }, 'processor webhook handled');
  } catch (error) {
    // An object that the processor itself does not know: sending the event again cannot help.
    if (!(error instanceof GatewayRefusedError) || error.code !== 'resource_missing') throw error;
    deps.log.warn({ event: id, about }, 'a webhook is about nothing that the processor knows');
  }
}

/** Has the feature that something at the processor belongs to look at it, as if an event had come. */
export async function followSubject(deps: BillingDeps, about: EventSubject, objectId: string): Promise<void> {
  await registered.get(about)?.(deps, objectId);
}
