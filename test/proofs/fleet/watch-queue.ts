import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../../src/db/index.ts';
import type { Calm } from './calm.ts';

const LOOK_EVERY_MS = 100;

export interface QueueWaits {
  looks: number;
  /** The longest that a job which was due waited for a worker, by its name, in milliseconds. */
  longestMs: Map<string, number>;
}

/** Looks again and again, while there is no fault, how long jobs that are due have waited for a worker. */
export function watchQueue(db: Db, calm: Calm): { stop(): Promise<QueueWaits> } {
  const waits: QueueWaits = { looks: 0, longestMs: new Map() };
  let isOn = true;
  const look = async (): Promise<void> => {
    const startedAt = performance.now();
    const found = await db.$queryRaw<{ name: string; ms: number }[]>`
      SELECT task_identifier AS name,
        (extract(epoch FROM max(clock_timestamp() - greatest(run_at, created_at))) * 1000)::float8 AS ms
      FROM graphile_worker.jobs
      WHERE locked_at IS NULL AND attempts = 0 AND run_at <= clock_timestamp()
      GROUP BY task_identifier`;
    const longest = Math.max(0, ...found.map(({ ms }) => ms));
    // What began to wait during a fault waits for that.
    if (!calm.isCalm(longest + performance.now() - startedAt)) return;
    waits.looks += 1;
    for (const { name, ms } of found) waits.longestMs.set(name, Math.max(waits.longestMs.get(name) ?? 0, ms));
  };
  const watching = (async () => {
    for (; isOn; await sleep(LOOK_EVERY_MS)) await look().catch(() => undefined);
  })();
  return {
    async stop() {
      isOn = false;
      await watching;
      return waits;
    },
  };
}
