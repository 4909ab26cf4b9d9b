import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../../src/db/index.ts';

const LOOK_EVERY_MS = 250;

/** Waits until everything that was begun has come to its end. Answers what had not by then, a sentence each. */
export async function untilAtRest(db: Db, withinMs: number): Promise<string[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const left = await listUnfinished(db);
    if (left.length === 0 || performance.now() > until) return left;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Jobs that wait for a time to come and have not failed are no rest: what they are about is due then. */
async function listUnfinished(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ what: string; count: bigint }[]>`
    SELECT 'orders in the state ' || state AS what, count(*) FROM purchase_order
      WHERE state IN ('confirmed', 'charging', 'needs_action', 'unknown') GROUP BY 1
    UNION ALL SELECT 'notices that are not sent', count(*) FROM notice WHERE state = 'pending'
    UNION ALL SELECT 'records in the inbox: ' || reason, count(*) FROM usage_inbox GROUP BY 1
    UNION ALL SELECT 'exports that are not done', count(*) FROM usage_export
      WHERE state IN ('queued', 'running', 'uploading', 'sharing')
    UNION ALL SELECT 'jobs ' || task_identifier || coalesce(': ' || left(last_error, 200), ''), count(*)
      FROM graphile_worker.jobs WHERE run_at <= now() OR attempts > 0 GROUP BY 1`;
  return rows.filter(({ count }) => count > 0n).map(({ what, count }) => `${count} ${what}`);
}
