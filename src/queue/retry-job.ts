import { Prisma, type Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { IS_DEAD_JOB_SQL } from './dead-jobs.ts';

/** Has a job that waits or is dead run at once, with all of its tries. Throws RefillError `job-unknown`. */
export async function retryJob(db: Queryable, id: bigint): Promise<void> {
  const changed = await db.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM graphile_worker.reschedule_jobs(ARRAY[${id}]::bigint[], run_at => clock_timestamp(), attempts => 0)`;
  if (changed.length === 0)
    throw new RefillError('job-unknown', `Job ${id} runs now, or is done: see refill job list.`);
}

/**
 * Removes jobs that are dead: one of them, or all. What they were about stays due in its own rows, where a sweep finds it.
 * Returns how many; throws RefillError `job-unknown` where the one is not dead.
 */
export async function purgeDeadJobs(db: Queryable, id: bigint | null): Promise<number> {
  const removed = await db.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM graphile_worker.complete_jobs(ARRAY(
      SELECT job.id FROM graphile_worker.jobs AS job
      WHERE ${Prisma.raw(IS_DEAD_JOB_SQL)} AND (${id}::bigint IS NULL OR job.id = ${id})))`;
  if (id !== null && removed.length === 0)
    throw new RefillError('job-unknown', `Job ${id} is not dead: see refill job list --state dead.`);
  return removed.length;
}
