/**
 * Which rows of the queue are dead: they have used up their tries, and none of them runs. In SQL, of
 * `graphile_worker.jobs AS job`; whoever lists, counts, removes or passes over dead jobs asks this.
 */
export const IS_DEAD_JOB_SQL = '(job.locked_by IS NULL AND job.attempts >= job.max_attempts)';

/** What is dead without a key was replaced by another of its key while it ran: it is done with. */
export const IS_REPLACED_JOB_SQL = `(${IS_DEAD_JOB_SQL} AND job.key IS NULL)`;
