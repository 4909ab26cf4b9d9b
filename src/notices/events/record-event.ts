import type { Queryable } from '../../db/index.ts';
import { enqueue } from '../../queue/index.ts';
import { newToken } from '../../token.ts';
import type { OutgoingEvent } from './event-types.ts';

/**
 * Stores an event for each endpoint that the company has, in the transaction of what it reports; none is sent that did not
 * happen, and none is lost that did. Sent after the commit, in order.
 */
export async function recordEvent(
  tx: Queryable,
  { companyId, at, event }: { companyId: bigint; at: Date; event: OutgoingEvent },
  endpointId?: string,
): Promise<void> {
  const rows = await tx.$queryRaw<{ endpoint_id: string }[]>`
    INSERT INTO outgoing_event (company_id, id, endpoint_id, type, data, created_at, state, next_attempt_at)
    SELECT company_id, ${`evt_${newToken()}`}, id, ${event.type}, ${JSON.stringify(event.data)}::jsonb, ${at}, 'pending', ${at}
    FROM event_endpoint
    WHERE company_id = ${companyId} AND off_at IS NULL AND removed_at IS NULL
      AND (${endpointId ?? null}::text IS NULL OR id = ${endpointId ?? null})
    ORDER BY id
    RETURNING endpoint_id`;
  for (const row of rows) await wakeEndpoint(tx, { companyId, endpointId: row.endpoint_id });
}

/** One job at a time sends to an endpoint, so that its events arrive in order. */
export async function wakeEndpoint(
  tx: Queryable,
  endpoint: { companyId: bigint; endpointId: string },
): Promise<void> {
  await enqueue(tx, 'send-events', endpoint, {
    queue: `endpoint:${endpoint.endpointId}`,
    key: endpoint.endpointId,
  });
}
