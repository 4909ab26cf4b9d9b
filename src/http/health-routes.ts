import { createHash, timingSafeEqual } from 'node:crypto';
import type { Db } from '../db/index.ts';
import { SECOND_MS } from '../durations.ts';
import { singleFlight } from '../single-flight.ts';
import type { Route, RouteRequest } from './server.ts';

const METRICS_AGE_MS = SECOND_MS;

/**
 * For the operator and monitoring. `/health` answers up or down to anyone; `/metrics` shows how much
 * business there is, so it is read with REFILL_METRICS_TOKEN, or, where none is set, from this machine only.
 */
export function healthRoutes(deps: { db: Db; metricsToken?: string | undefined }): Route[] {
  const isUp = singleFlight<void, boolean>(async () => {
    await deps.db.$queryRaw`SELECT 1`;
    return true;
  });
  const metrics = remembered(
    singleFlight<void, string>(() => readMetrics(deps.db)),
    METRICS_AGE_MS,
  );
  return [
    { method: 'GET', path: '/health/live', handle: async () => ({ status: 200, json: { ok: true } }) },
    {
      method: 'GET',
      path: '/health',
      async handle() {
        try {
          await isUp();
          return { status: 200, json: { ok: true, database: 'up' } };
        } catch {
          return { status: 503, json: { ok: false, database: 'down' } };
        }
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      async handle(request) {
        if (!mayReadMetrics(request, deps.metricsToken))
          return { status: 401, json: { error: 'unauthorised' } };
        return { status: 200, text: await metrics() };
      },
    },
  ];
}

/** An answer serves those who come within `ageMs`. */
function remembered<T>(ask: () => Promise<T>, ageMs: number): () => Promise<T> {
  let last: { value: T; at: number } | undefined;
  return async () => {
    if (last !== undefined && performance.now() - last.at < ageMs) return last.value;
    const value = await ask();
    last = { value, at: performance.now() };
    return value;
  };
}

function mayReadMetrics({ headers, remoteAddress }: RouteRequest, token: string | undefined): boolean {
  if (token === undefined) {
    // A proxy on this machine connects from here too, for people who are elsewhere.
    const isProxied = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
    return !isProxied && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(remoteAddress);
  }
  const [, sent = ''] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(token));
}

/** What an operator alarms on, in the Prometheus text format: work that waits or failed. */
async function readMetrics(db: Db): Promise<string> {
  const [row] = await db.$queryRaw<{ name: string; value: bigint }[]>`
    SELECT
      (SELECT count(*) FROM notice WHERE state = 'pending') AS notices_pending,
      (SELECT count(*) FROM notice WHERE state = 'failed') AS notices_failed,
      (SELECT count(*) FROM purchase_order WHERE state IN ('confirmed', 'charging')) AS orders_charging,
      (SELECT count(*) FROM purchase_order WHERE state = 'unknown') AS orders_unknown,
      (SELECT count(*) FROM operator_notice WHERE resolved_at IS NULL) AS operator_notices_open,
      (SELECT count(*) FROM directory_source WHERE outcome <> 'done') AS directories_failing,
      (SELECT count(*) FROM graphile_worker.jobs) AS jobs_waiting,
      (SELECT count(*) FROM graphile_worker.jobs WHERE attempts >= max_attempts) AS jobs_dead`;
  return Object.entries(row ?? {})
    .map(([name, value]) => `# TYPE refill_${name} gauge\nrefill_${name} ${value}\n`)
    .join('');
}
