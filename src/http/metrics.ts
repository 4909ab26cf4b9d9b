import { Gauge, Histogram, Registry } from 'prom-client';
import type { Db } from '../db/index.ts';
import { SECOND_MS } from '../durations.ts';
import { singleFlight } from '../single-flight.ts';

/** A request that was answered. */
export interface AnsweredRequest {
  /** The route's path with its `:names`, `/slack/*`, or `none` where nothing is. */
  route: string;
  method: string;
  status: number;
  tookMs: number;
}

/** What an operator alarms on: work that waits or failed, and how long requests take. */
export interface Metrics {
  /** All of it as it is now, in the Prometheus text format. Asks the database at most once a second. */
  read(): Promise<string>;
  observe(request: AnsweredRequest): void;
}

const MAX_AGE_MS = SECOND_MS;
/** Slack waits three seconds for its answer. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const GAUGES = {
  notices_pending: 'Notices that are not sent yet',
  notices_failed: 'Notices that cannot be sent until something is changed',
  orders_charging: 'Orders that are being charged',
  orders_unknown: 'Orders of which the card processor has not said yet whether they were charged',
  orders_stuck: 'Orders of which it has not said so for a day',
  operator_notices_open: 'Operator notices that are not resolved',
  directories_failing: 'Phone systems whose directory was not read the last time',
  jobs_waiting: 'Jobs that wait or run',
  jobs_dead: 'Jobs that are not tried again',
};
type GaugeName = keyof typeof GAUGES;

/** Metrics of one app; a process may hold several. */
export function createMetrics(db: Db): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const gauges = Object.entries(GAUGES).map(
    ([name, help]) => [name, new Gauge({ name: `refill_${name}`, help, registers })] as const,
  );
  const requests = new Histogram({
    name: 'refill_http_request_duration_seconds',
    help: 'How long HTTP requests took to answer',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: BUCKETS_S,
    registers,
  });
  let countedAt = Number.NEGATIVE_INFINITY;
  const refresh = singleFlight<void, void>(async () => {
    if (performance.now() - countedAt < MAX_AGE_MS) return;
    const counts = await countWork(db);
    for (const [name, gauge] of gauges) gauge.set(Number(counts[name as GaugeName]));
    countedAt = performance.now();
  });
  return {
    async read() {
      await refresh();
      return await registry.metrics();
    },
    observe({ route, method, status, tookMs }) {
      requests.observe({ route, method, status: String(status) }, tookMs / SECOND_MS);
    },
  };
}

async function countWork(db: Db): Promise<Record<GaugeName, bigint>> {
  const [row] = await db.$queryRaw<Record<GaugeName, bigint>[]>`
    SELECT
      (SELECT count(*) FROM notice WHERE state = 'pending') AS notices_pending,
      (SELECT count(*) FROM notice WHERE state = 'failed') AS notices_failed,
      (SELECT count(*) FROM purchase_order WHERE state IN ('confirmed', 'charging')) AS orders_charging,
      (SELECT count(*) FROM purchase_order WHERE state = 'unknown') AS orders_unknown,
      (SELECT count(*) FROM purchase_order WHERE state = 'stuck') AS orders_stuck,
      (SELECT count(*) FROM operator_notice WHERE resolved_at IS NULL) AS operator_notices_open,
      (SELECT count(*) FROM directory_source WHERE outcome <> 'done') AS directories_failing,
      (SELECT count(*) FROM graphile_worker.jobs) AS jobs_waiting,
      (SELECT count(*) FROM graphile_worker.jobs WHERE attempts >= max_attempts) AS jobs_dead`;
  if (row === undefined) throw new Error('the database counted nothing');
  return row;
}
