import { setTimeout } from 'node:timers/promises';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { SECOND_MS } from '../durations.ts';
import { instruments } from '../instruments.ts';
import { singleFlight } from '../single-flight.ts';
import { countByLabel, countWork, GAUGES, type GaugeName, LABELLED_GAUGES } from './count-work.ts';

/** A request that was answered. */
export interface AnsweredRequest {
  /** The route's path with its `:names`, `/slack/*`, or `none` where nothing is. */
  route: string;
  method: string;
  status: number;
  tookMs: number;
}

/** What an operator alarms on: work that waits or failed, how long requests take, and the process itself. */
export interface Metrics {
  /** All of it as it is now, in the Prometheus text format. Asks the database at most once a second. */
  read(): Promise<string>;
  observe(request: AnsweredRequest): void;
}

const MAX_AGE_MS = SECOND_MS;
/**
 * So long the database may take to count. Where requests wait for a connection this one waits as well, and what the process itself
 * knows of it has to be answered before Prometheus gives up after ten seconds.
 */
const MAX_COUNT_MS = 3 * SECOND_MS;
/** Slack waits three seconds for its answer. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Metrics of one app; a process may hold several. While the database is away they say so, and what the process knows. */
export function createMetrics({
  db,
  clock,
  build,
}: {
  db: Db;
  clock: Pick<Clock, 'now'>;
  build?: { version: string; role: string };
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauges = Object.entries(GAUGES).map(
    ([name, help]) => [name, new Gauge({ name: `refill_${name}`, help, registers })] as const,
  );
  const labelled = new Map(
    Object.entries(LABELLED_GAUGES).map(([name, { help, label }]) => [
      name,
      { label, gauge: new Gauge({ name: `refill_${name}`, help, labelNames: [label], registers }) },
    ]),
  );
  const databaseUp = new Gauge({
    name: 'refill_database_up',
    help: 'Whether the database answers',
    registers,
  });
  if (build !== undefined)
    new Gauge({
      name: 'refill_build_info',
      help: 'What runs',
      labelNames: ['version', 'role'],
      registers,
    }).set(build, 1);
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
    // What was counted before is not so now.
    for (const [, gauge] of gauges) gauge.set(Number.NaN);
    for (const { gauge } of labelled.values()) gauge.reset();
    const counts = await countWork(db, clock.now()).catch(() => null);
    const byLabel = await countByLabel(db).catch(() => null);
    databaseUp.set(counts === null ? 0 : 1);
    for (const { gauge: name, label: value, count } of byLabel ?? []) {
      const of = labelled.get(name);
      of?.gauge.set({ [of.label]: value }, count);
    }
    for (const [name, gauge] of gauges) gauge.set(counts?.[name as GaugeName] ?? Number.NaN);
    countedAt = performance.now();
  });
  return {
    async read() {
      await Promise.race([refresh(), setTimeout(MAX_COUNT_MS, undefined, { ref: false })]);
      // What the process counted is one for all of the apps that it holds.
      return `${await registry.metrics()}\n${await instruments.metrics()}`;
    },
    observe({ route, method, status, tookMs }) {
      requests.observe({ route, method, status: String(status) }, tookMs / SECOND_MS);
    },
  };
}
