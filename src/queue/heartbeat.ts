import { EventEmitter } from 'node:events';
import type { WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import { SECOND_MS } from '../durations.ts';
import type { Logger } from '../log.ts';
import { IS_REPLACED_JOB_SQL } from './dead-jobs.ts';

const BEAT_MS = SECOND_MS;
const DEAD_AFTER_MS = 4 * SECOND_MS;

/**
 * The queue library keeps a dead worker's jobs locked for four hours. Each live worker therefore leaves a sign
 * every second, and each beat frees the jobs of workers whose last beat is more than four seconds old. Liveness is the machine's
 * matter, not the business's: it uses the database's own clock.
 */
export function createHeartbeat(pool: pg.Pool, log: Logger): { events: WorkerEvents; stop(): Promise<void> } {
  const alive = new Set<string>();
  const events: WorkerEvents = new EventEmitter();
  events.on('worker:create', ({ worker }) => alive.add(worker.workerId));
  events.on('worker:stop', ({ worker }) => alive.delete(worker.workerId));

  let beating: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    try {
      await pool.query(
        `INSERT INTO worker_heartbeat (worker_id, seen_at) SELECT unnest($1::text[]), clock_timestamp()
         ON CONFLICT (worker_id) DO UPDATE SET seen_at = excluded.seen_at`,
        [[...alive]],
      );
      await pool.query(FREE_THE_DEAD, [`${DEAD_AFTER_MS} milliseconds`]);
    } catch (error) {
      log.warn({ err: error }, 'no heartbeat: the database is away');
    }
  };
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, BEAT_MS);

  return {
    events,
    async stop() {
      clearInterval(timer);
      await beating;
      await pool
        .query('DELETE FROM worker_heartbeat WHERE worker_id = ANY($1)', [[...alive]])
        .catch((error: unknown) => log.warn({ err: error }, 'heartbeat not removed'));
    },
  };
}

/**
 * A job counts as abandoned only when it was locked longer ago than a living worker may stay silent. One that another of its
 * key replaced while it ran has no key and no tries left: where its worker died, it is done with, and no dead job.
 */
const FREE_THE_DEAD = `
  WITH silent AS (
    SELECT DISTINCT job.locked_by AS worker_id
    FROM graphile_worker.jobs AS job
    LEFT JOIN worker_heartbeat AS beat ON beat.worker_id = job.locked_by
    WHERE job.locked_by IS NOT NULL
      AND job.locked_at < clock_timestamp() - $1::interval
      AND (beat.seen_at IS NULL OR beat.seen_at < clock_timestamp() - $1::interval)
  ), freed AS (
    SELECT graphile_worker.force_unlock_workers(array_agg(worker_id)) FROM silent HAVING count(*) > 0
  ), replaced AS (
    SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker.jobs AS job
    WHERE ${IS_REPLACED_JOB_SQL} HAVING count(*) > 0
  ), forgotten AS (
    DELETE FROM worker_heartbeat WHERE seen_at < clock_timestamp() - interval '1 hour'
  )
  SELECT (SELECT count(*) FROM freed), (SELECT count(*) FROM replaced)`;
