import { Prisma, type Queryable } from '../db/index.ts';
import { IS_DEAD_JOB_SQL } from './dead-jobs.ts';

/** Waits for its time or a worker, runs now, or has used up its tries. */
export const JOB_STATES = ['waiting', 'running', 'dead'] as const;
type JobState = (typeof JOB_STATES)[number];

export interface ListedJob {
  id: bigint;
  name: string;
  /** Name and rows it is about; a waiting job of the same key is replaced. */
  key: string | null;
  state: JobState;
  attempts: number;
  maxAttempts: number;
  /** When it is tried next; of one that is dead, when it would have been. */
  runAt: Date;
  lastError: string | null;
}

/** The jobs of the queue: those that are dead first, then the oldest first. */
export async function listJobs(
  db: Queryable,
  { state, limit }: { state: JobState | undefined; limit: number },
): Promise<ListedJob[]> {
  return await db.$queryRaw<ListedJob[]>`
    SELECT * FROM (
      SELECT id, task_identifier AS name, key, attempts::int, max_attempts::int AS "maxAttempts", run_at AS "runAt",
        last_error AS "lastError",
        CASE WHEN locked_by IS NOT NULL THEN 'running' WHEN ${Prisma.raw(IS_DEAD_JOB_SQL)} THEN 'dead' ELSE 'waiting' END AS state
      FROM graphile_worker.jobs AS job) AS job
    WHERE ${state ?? null}::text IS NULL OR state = ${state ?? null}
    ORDER BY state <> 'dead', id LIMIT ${limit}`;
}
