import type { Queryable } from '../db/index.ts';
import { currentRequestId } from '../trace.ts';
import type { EnqueuedHere, JobPayload } from './jobs.ts';

export interface EnqueueOptions {
  /** Jobs of one queue run one at a time, in order. */
  queue: string;
  /** A waiting job of the same key is replaced rather than doubled. */
  key: string;
  /** Of the jobs that wait, one with a lower number runs first; 0 unless given. */
  priority?: number;
}

const asJson = (payload: Record<string, unknown>): string =>
  JSON.stringify(payload, (_, value) => (typeof value === 'bigint' ? value.toString() : value));

/**
 * Adds a job in the caller's transaction: it exists exactly when the change that asked for it does.
 * Runs as soon as that transaction commits, under the request id of whoever asked for it.
 */
export async function enqueue<N extends EnqueuedHere>(
  tx: Queryable,
  name: N,
  payload: JobPayload<N>,
  options: EnqueueOptions,
): Promise<void> {
  const requestId = currentRequestId();
  const stored = requestId === null ? payload : { ...payload, requestId };
  await tx.$executeRaw`SELECT graphile_worker.add_job(${name}, ${asJson(stored)}::json,
    queue_name => ${options.queue}, job_key => ${`${name}:${options.key}`}, priority => ${options.priority ?? 0}::int)`;
}
