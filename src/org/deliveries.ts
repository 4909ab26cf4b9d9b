import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Db, Queryable } from '../db/index.ts';
import { MINUTE_MS } from '../durations.ts';
import type { Logger } from '../log.ts';

/** What comes from outside: signed as it should be, or refused for its signature. */
export const deliveryKind = z.enum(['slack', 'slack_refused', 'processor', 'processor_refused']);
export type DeliveryKind = z.infer<typeof deliveryKind>;

/** Notes that a delivery came; never waits, never throws. */
export type DeliveryRecorder = (kind: DeliveryKind) => void;

const INTERVAL_MS = MINUTE_MS;

/**
 * Records when each kind of delivery came last, at most once a minute and process: it is what `refill doctor` knows about
 * wires that only the other end can test.
 */
export function createDeliveryRecorder({
  db,
  clock,
  log,
}: {
  db: Db;
  clock: Clock;
  log: Logger;
}): DeliveryRecorder {
  const recorded = new Map<DeliveryKind, number>();
  return (kind) => {
    const at = clock.now();
    const before = recorded.get(kind);
    if (before !== undefined && at.getTime() - before < INTERVAL_MS) return;
    recorded.set(kind, at.getTime());
    db.$executeRaw`
      INSERT INTO delivery_seen (kind, at) VALUES (${kind}, ${at})
      ON CONFLICT (kind) DO UPDATE SET at = greatest(delivery_seen.at, excluded.at)`.catch(
      (error: unknown) => {
        recorded.delete(kind);
        log.warn({ err: error, kind }, 'when a delivery came could not be recorded');
      },
    );
  };
}

/** When each kind came last, of those that ever came. */
export async function readDeliveries(db: Queryable): Promise<ReadonlyMap<string, Date>> {
  const rows = await db.deliverySeen.findMany();
  return new Map(rows.map(({ kind, at }) => [kind, at]));
}
