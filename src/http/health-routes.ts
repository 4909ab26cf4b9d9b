import { createHash, timingSafeEqual } from 'node:crypto';
import type { Db } from '../db/index.ts';
import { singleFlight } from '../single-flight.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Route, RouteRequest } from './server.ts';

/**
 * For the operator and monitoring. `/health` answers up or down to anyone; `/metrics` shows how much
 * business there is, so it is read with REFILL_METRICS_TOKEN, or, where none is set, from this machine only.
 */
export function healthRoutes({
  db,
  metrics = createMetrics(db),
  metricsToken,
}: {
  db: Db;
  metrics?: Metrics;
  metricsToken?: string | undefined;
}): Route[] {
  const isUp = singleFlight<void, boolean>(async () => {
    await db.$queryRaw`SELECT 1`;
    return true;
  });
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
        if (!mayReadMetrics(request, metricsToken)) return { status: 401, json: { error: 'unauthorised' } };
        return { status: 200, text: await metrics.read() };
      },
    },
  ];
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
