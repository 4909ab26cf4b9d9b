import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { SECOND_MS } from './durations.ts';

/**
 * What this process did, counted where it is done and read by `/metrics` beside what the database knows. Labels are names of
 * ours, or codes of a closed set: never an id, so that there are few series.
 */
export const instruments = new Registry();
const registers = [instruments];

/** Jobs take from milliseconds (a balance) to minutes (an export). */
const JOB_BUCKETS_S = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];
const CALL_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const POST_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

export const jobSeconds = new Histogram({
  name: 'refill_job_duration_seconds',
  help: 'How long jobs took, and whether they succeeded or failed and are tried again',
  labelNames: ['job', 'outcome'] as const,
  buckets: JOB_BUCKETS_S,
  registers,
});

export const sweepSuccess = new Gauge({
  name: 'refill_sweep_last_success_timestamp_seconds',
  help: 'When each sweep last succeeded; the start of the process before it did',
  labelNames: ['sweep'] as const,
  registers,
});

export const sweepFailures = new Counter({
  name: 'refill_sweep_failures_total',
  help: 'Sweeps that failed',
  labelNames: ['sweep'] as const,
  registers,
});

export const slackCalls = new Counter({
  name: 'refill_slack_calls_total',
  help: 'Calls of Slack’s API by method, and its error, or ok',
  labelNames: ['method', 'error'] as const,
  registers,
});

export const processorSeconds = new Histogram({
  name: 'refill_processor_call_duration_seconds',
  help: 'Calls of the card processor, and how they ended: ok, declined, no answer, or the code of a refusal',
  labelNames: ['call', 'outcome'] as const,
  buckets: CALL_BUCKETS_S,
  registers,
});

export const postSeconds = new Histogram({
  name: 'refill_usage_post_duration_seconds',
  help: 'How long the ledger took to post a batch of usage',
  buckets: POST_BUCKETS_S,
  registers,
});

export const batchRecords = new Histogram({
  name: 'refill_usage_batch_records',
  help: 'How many records of usage a batch had',
  buckets: BATCH_BUCKETS,
  registers,
});

export const unattributedUsage = new Counter({
  name: 'refill_usage_unattributed_total',
  help: 'Records of usage whose numbers no office has, counted to the primary one',
  registers,
});

export const moneyEvents = new Counter({
  name: 'refill_money_events_total',
  help: 'Events of money (docs/operate/log.md), with the bank’s code of a charge or the decision on a recharge',
  labelNames: ['event', 'code'] as const,
  registers,
});

/** A pool of connections, as far as it is counted. */
interface Pool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly ended: boolean;
}
const pools = new Set<Pool>();

new Gauge({
  name: 'refill_database_connections',
  help: 'Connections to the database of this process: used, idle, and requests that wait for one',
  labelNames: ['state'] as const,
  registers,
  collect() {
    for (const pool of pools) if (pool.ended) pools.delete(pool);
    const sum = (count: (pool: Pool) => number): number =>
      [...pools].reduce((total, pool) => total + count(pool), 0);
    this.set(
      { state: 'used' },
      sum(({ totalCount, idleCount }) => totalCount - idleCount),
    );
    this.set(
      { state: 'idle' },
      sum(({ idleCount }) => idleCount),
    );
    this.set(
      { state: 'waiting' },
      sum(({ waitingCount }) => waitingCount),
    );
  },
});

/** Counts a pool's connections until it is closed. */
export function countPool(pool: Pool): void {
  pools.add(pool);
}

/** Unix time, as metrics tell it. */
export const nowSeconds = (): number => Date.now() / SECOND_MS;
/** Seconds since a moment of `performance.now()`. */
export const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / SECOND_MS;
