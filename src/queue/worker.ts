import { type JobHelpers, Logger as QueueLogger, type Runner, run, type TaskList } from 'graphile-worker';
import { openPool } from '../db/index.ts';
import { jobSeconds, secondsSince } from '../instruments.ts';
import type { Logger } from '../log.ts';
import { readRequestId, withTrace } from '../trace.ts';
import { createHeartbeat } from './heartbeat.ts';
import { type JobHandlers, type JobName, jobs } from './jobs.ts';

const RESTART_DELAY_MS = 500;
/**
 * Makes the queue library report each ended job at once instead of in batches. By default it reports one job at a
 * time and nothing handles a failure: a database that is unreachable just then would end the process.
 */
const HANDED_BACK_IN_BATCHES = { completeJobBatchDelay: 0, failJobBatchDelay: 0 };

export interface WorkerOptions {
  databaseUrl: string;
  handlers: JobHandlers;
  log: Logger;
  concurrency: number;
}

/**
 * Works the queue until stopped. A lost database stops nothing for good: the runner is restarted until it
 * holds. Workers of this and other processes that died with jobs in hand are found by their missing heartbeat.
 */
export function startWorker(options: WorkerOptions): { stop(): Promise<void> } {
  const { databaseUrl, log } = options;
  const pool = openPool({ url: databaseUrl, poolSize: options.concurrency + 4, log });
  const heartbeat = createHeartbeat(pool, options.log);
  let runner: Runner | null = null;
  let stopping = false;

  const supervise = async (): Promise<void> => {
    while (!stopping) {
      try {
        runner = await run({
          pgPool: pool,
          concurrency: options.concurrency,
          noHandleSignals: true,
          // No crontab: periodic work is the sweeper's, by the one clock.
          parsedCronItems: [],
          logger: quietLogger(options.log),
          pollInterval: 1_000,
          taskList: toTaskList(options.handlers, options.log),
          events: heartbeat.events,
          preset: { worker: HANDED_BACK_IN_BATCHES },
        });
        if (stopping) await runner.stop();
        await runner.promise;
      } catch (error) {
        if (!stopping) options.log.warn({ err: error }, 'the queue stopped; starting it again');
      }
      runner = null;
      if (!stopping) await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS));
    }
  };
  const done = supervise();

  return {
    async stop() {
      stopping = true;
      await runner?.stop().catch((error: unknown) => options.log.warn({ err: error }, 'queue stop'));
      await done;
      await heartbeat.stop();
      await pool.end();
    },
  };
}

/** The queue library's messages in our log: what it calls information is detail here. */
function quietLogger(log: Logger): QueueLogger {
  return new QueueLogger(() => (level, message) => {
    log[level === 'error' ? 'error' : level === 'warning' ? 'warn' : 'debug']({ from: 'queue' }, message);
  });
}

function toTaskList(handlers: JobHandlers, log: Logger): TaskList {
  const task =
    (name: JobName) =>
    async (payload: unknown, { job }: Pick<JobHelpers, 'job'>): Promise<void> => {
      const trace = { requestId: requestIdOf(payload), job: name, jobId: job.id };
      await withTrace(trace, async () => {
        const parsed = jobs[name].safeParse(payload);
        if (!parsed.success) {
          log.error({ issues: parsed.error.issues }, 'a job with an unreadable payload was dropped');
          return;
        }
        const startedAt = performance.now();
        let outcome = 'failed';
        try {
          await (handlers[name] as (payload: unknown) => Promise<void>)(parsed.data);
          outcome = 'done';
        } finally {
          jobSeconds.observe({ job: name, outcome }, secondsSince(startedAt));
          log.debug({ outcome, tookMs: performance.now() - startedAt }, 'a job ended');
        }
      });
    };
  // Of all jobs there are: one that is left out would lie in the queue for ever.
  return Object.fromEntries((Object.keys(jobs) as JobName[]).map((name) => [name, task(name)]));
}

/** Of what asked for the job, also where SQL enqueued it; a run without one gets its own. */
function requestIdOf(payload: unknown): string {
  return readRequestId(
    typeof payload === 'object' && payload !== null && 'requestId' in payload ? payload.requestId : null,
  );
}
