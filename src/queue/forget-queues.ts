import type { Queryable, Tx } from '../db/index.ts';

/** Deletes the names of queues that a pattern (of PostgreSQL, case ignored) matches, once nothing is in them. */
export async function forgetQueues(tx: Tx, pattern: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM graphile_worker._private_job_queues AS queue
    WHERE queue_name ~* ${pattern} AND locked_at IS NULL
      AND NOT EXISTS (SELECT FROM graphile_worker._private_jobs AS job WHERE job.job_queue_id = queue.id)`;
}

/** Deletes the names of all queues in which nothing is; one that is used again has its name again. */
export async function forgetIdleQueues(db: Queryable): Promise<void> {
  await db.$executeRaw`
    DELETE FROM graphile_worker._private_job_queues AS queue
    WHERE locked_at IS NULL
      AND NOT EXISTS (SELECT FROM graphile_worker._private_jobs AS job WHERE job.job_queue_id = queue.id)`;
}
