import { backoffMs } from '../../backoff.ts';
import { inTransaction, type Tx } from '../../db/index.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';
import { lockCompany, raiseOperatorNotice } from '../../org/index.ts';
import type { JobPayload } from '../../queue/index.ts';
import { postToAdmins } from '../post-to-admins.ts';
import { type EndpointDeps, markAccepted, sendTo } from './endpoints.ts';
import { wakeEndpoint } from './record-event.ts';

const BACKOFF = { initialMs: 5 * SECOND_MS, maxMs: HOUR_MS, jitter: 0.1 };
/** An endpoint that accepted nothing for so long is switched off. */
const MAX_FAILING_MS = 3 * DAY_MS;
/** The most events that one job sends, so that other jobs have their turn. */
const MAX_EVENTS_A_JOB = 20;

type EndpointRow = NonNullable<Awaited<ReturnType<Tx['eventEndpoint']['findUnique']>>>;
type EventRow = NonNullable<Awaited<ReturnType<Tx['outgoingEvent']['findFirst']>>>;

/**
 * Sends what waits for an endpoint, the oldest first; one that is not accepted holds up those behind it until it is. A row is
 * read before and marked after the call, so a kill in between sends it again, under the same id, rather than never.
 * Applies R27.4.
 */
export async function sendEvents(
  deps: EndpointDeps & { log: Logger },
  { companyId, endpointId }: JobPayload<'send-events'>,
): Promise<void> {
  const { db, clock } = deps;
  for (let count = 0; count < MAX_EVENTS_A_JOB; count += 1) {
    const endpoint = await db.eventEndpoint.findFirst({
      where: { id: endpointId, companyId, offAt: null, removedAt: null },
    });
    const event = await db.outgoingEvent.findFirst({
      where: { companyId, endpointId, state: 'pending' },
      orderBy: { number: 'asc' },
    });
    if (endpoint === null || event === null || event.nextAttemptAt > clock.now()) return;
    const sent = await sendTo(deps, endpoint, toBody(event));
    if (!sent.isAccepted) return await recordFailure(deps, endpoint, event, sent.error);
    await inTransaction(db, async (tx) => {
      const at = clock.now();
      const where = { companyId, number: event.number, state: 'pending' };
      await tx.outgoingEvent.updateMany({ where, data: { state: 'sent', sentAt: at, lastError: null } });
      await markAccepted(tx, endpoint, { isPing: event.type === 'ping', at });
    });
  }
  await wakeEndpoint(db, { companyId, endpointId });
}

function toBody({ id, type, createdAt, data }: EventRow): string {
  return JSON.stringify({ id, type, created_at: createdAt.toISOString(), data });
}

async function recordFailure(
  { db, clock, log }: EndpointDeps & { log: Logger },
  endpoint: EndpointRow,
  event: EventRow,
  error: string,
): Promise<void> {
  const at = clock.now();
  const failingSince = endpoint.failingSince ?? at;
  const isOver = at.getTime() - failingSince.getTime() >= MAX_FAILING_MS;
  const attempts = event.attempts + 1;
  log.warn(
    { endpoint: endpoint.id, company: endpoint.companyId.toString(), event: event.id, attempts, error },
    isOver ? 'an endpoint is switched off' : 'an event was not accepted; it will be sent again',
  );
  const nextAttemptAt = new Date(at.getTime() + backoffMs(event.attempts, BACKOFF));
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, endpoint.companyId);
    await tx.outgoingEvent.update({
      where: { companyId_number: { companyId: event.companyId, number: event.number } },
      data: { attempts, lastError: error, nextAttemptAt },
    });
    await tx.eventEndpoint.update({ where: { id: endpoint.id }, data: { failingSince } });
    if (isOver) await switchOff(tx, endpoint, at);
  });
}

/** What waits is dropped: news of three days ago would be acted on as if it were so now. */
async function switchOff(tx: Tx, { id, companyId, url }: EndpointRow, at: Date): Promise<void> {
  const { count } = await tx.eventEndpoint.updateMany({
    where: { id, offAt: null, removedAt: null },
    data: { offAt: at },
  });
  if (count === 0) return;
  await tx.outgoingEvent.updateMany({
    where: { companyId, endpointId: id, state: 'pending' },
    data: { state: 'dropped' },
  });
  await raiseOperatorNotice(tx, { kind: 'endpoint-off', companyId, subject: id, details: { url }, at });
  await postToAdmins(tx, companyId, {
    key: `endpoint-off:${id}:${at.toISOString()}`,
    at,
    facts: (companyName) => ({ kind: 'phone_system', event: 'endpoint_off', companyName }),
  });
}
