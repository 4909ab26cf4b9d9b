import type { Call } from './endpoint.ts';
import { newId } from './ids.ts';
import { type ProcessorEvent, toSeconds } from './objects.ts';

/** The API version whose shapes are imitated. */
export const LOCAL_PROCESSOR_API_VERSION = '2026-10-28.endive';

/**
 * Records that something happened, in the same transaction as the happening, together with the row that keeps
 * its webhook due until it was delivered: a killed processor forgets neither. An update says what its fields held before
 * (`Event.Data.previous_attributes`).
 */
export async function recordEvent(
  call: Call<unknown>,
  type: string,
  object: object,
  previousAttributes?: object,
): Promise<void> {
  const event: ProcessorEvent = {
    id: newId('event'),
    object: 'event',
    api_version: LOCAL_PROCESSOR_API_VERSION,
    created: toSeconds(call.now),
    data: {
      object,
      ...(previousAttributes === undefined ? {} : { previous_attributes: previousAttributes }),
    },
    livemode: call.isLive,
    pending_webhooks: 1,
    request: { id: call.request.id, idempotency_key: call.request.idempotencyKey },
    type,
  };
  await call.tx.insert('event', event);
  await call.tx.client.query(
    'INSERT INTO card_processor.webhook_delivery (event_id, due_at) VALUES ($1, clock_timestamp())',
    [event.id],
  );
}
