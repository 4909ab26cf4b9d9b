import { createHash, timingSafeEqual } from 'node:crypto';
import type { Db } from '../db/index.ts';
import { MINUTE_MS } from '../durations.ts';
import { singleFlight } from '../single-flight.ts';
import type { Metrics } from './metrics.ts';
import { problemReply } from './problems.ts';
import type { Reply } from './reply.ts';
import type { Route, RouteRequest } from './server.ts';

export interface HealthOptions {
  db: Db;
  metrics: Metrics;
  /** Who shows it may read the metrics; absent: this machine alone may. */
  metricsToken?: string | undefined;
  /** Whether the database has this version's schema; asked once a minute at most. */
  isSchemaCurrent: () => Promise<boolean>;
}

/**
 * For the operator and monitoring. `/live`: the process answers; `/ready`: its database is there and has its schema; what
 * else waits is the metrics' to say, as a web process serves people while no worker runs. They tell anyone up or down;
 * `/metrics` shows how much business there is, so it is read with REFILL_METRICS_TOKEN, or, where none is set, from this
 * machine only. `/health` and `/health/live` are the former names.
 */
export function healthRoutes({ db, metrics, metricsToken, isSchemaCurrent }: HealthOptions): Route[] {
  const isUp = singleFlight<void, boolean>(async () => {
    await db.$queryRaw`SELECT 1`;
    return true;
  });
  let schema: { isCurrent: boolean; askedAt: number } | null = null;
  const hasSchema = singleFlight<void, boolean>(async () => {
    if (schema === null || performance.now() - schema.askedAt > MINUTE_MS)
      schema = { isCurrent: await isSchemaCurrent(), askedAt: performance.now() };
    return schema.isCurrent;
  });
  const live = async (): Promise<Reply> => ({ status: 200, json: { ok: true } });
  return [
    { method: 'GET', path: '/live', handle: live },
    { method: 'GET', path: '/health/live', handle: live },
    {
      method: 'GET',
      path: '/ready',
      async handle() {
        try {
          await isUp();
          const isCurrent = await hasSchema();
          const parts = { database: 'up', schema: isCurrent ? 'current' : 'another' };
          return { status: isCurrent ? 200 : 503, json: { ok: isCurrent, ...parts } };
        } catch {
          return { status: 503, json: { ok: false, database: 'down' } };
        }
      },
    },
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
        if (!mayReadMetrics(request, metricsToken))
          return problemReply('unauthorised', 'The token is missing or wrong.');
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
