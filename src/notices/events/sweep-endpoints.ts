import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { DAY_MS, HOUR_MS } from '../../durations.ts';
import { recordPing } from './endpoints.ts';
import { wakeEndpoint } from './record-event.ts';

const PING_EVERY_MS = HOUR_MS;
/** How long sent and dropped events are kept, for questions about them. */
const KEPT_MS = 35 * DAY_MS;

/** Pings each endpoint whose hour is over, and wakes those for which something is due: its job was lost, or its wait is over. */
export async function sweepEndpoints({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const now = clock.now();
  const silent = await db.eventEndpoint.findMany({
    where: { nextPingAt: { lte: now }, offAt: null, removedAt: null },
    select: { id: true, companyId: true },
  });
  for (const endpoint of silent)
    await inTransaction(db, async (tx) => {
      const { count } = await tx.eventEndpoint.updateMany({
        where: { id: endpoint.id, nextPingAt: { lte: now } },
        data: { nextPingAt: new Date(now.getTime() + PING_EVERY_MS) },
      });
      // One that waits already says the same.
      const waiting = await tx.outgoingEvent.findFirst({
        where: { companyId: endpoint.companyId, endpointId: endpoint.id, state: 'pending', type: 'ping' },
      });
      if (count > 0 && waiting === null) await recordPing(tx, endpoint, now);
    });
  const due = await db.outgoingEvent.findMany({
    where: { state: 'pending', nextAttemptAt: { lte: now } },
    select: { companyId: true, endpointId: true },
    distinct: ['endpointId'],
  });
  for (const endpoint of due) await wakeEndpoint(db, endpoint);
}

/** Deletes what was sent or dropped long ago. */
export async function sweepSentEvents({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  await db.outgoingEvent.deleteMany({
    where: { state: { not: 'pending' }, createdAt: { lt: new Date(clock.now().getTime() - KEPT_MS) } },
  });
}
