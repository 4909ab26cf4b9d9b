/** The job queue: what jobs there are, how to add one inside a transaction, and who works them. */

export { type Cleanup, createCleanupSweep } from './cleanup.ts';
export { IS_DEAD_JOB_SQL } from './dead-jobs.ts';
export { EachCompany, forEachCompany } from './each-company.ts';
export { enqueue } from './enqueue.ts';
export { forgetQueues } from './forget-queues.ts';
export type { JobHandlers, JobPayload } from './jobs.ts';
export { JOB_STATES, type ListedJob, listJobs } from './list-jobs.ts';
export { createNightlySweep } from './nightly.ts';
export { purgeDeadJobs, retryJob } from './retry-job.ts';
export { type Sweep, type Sweeps, startSweeper } from './sweeper.ts';
export { startWorker } from './worker.ts';
