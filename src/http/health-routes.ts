import type { Db } from '../db/index.ts';
import type { Route } from './server.ts';

/** For the operator and whatever watches the process. */
export function healthRoutes(deps: { db: Db }): Route[] {
  return [
    { method: 'GET', path: '/health/live', handle: async () => ({ status: 200, json: { ok: true } }) },
    {
      method: 'GET',
      path: '/health',
      async handle() {
        try {
          await deps.db.$queryRaw`SELECT 1`;
          return { status: 200, json: { ok: true, database: 'up' } };
        } catch {
          return { status: 503, json: { ok: false, database: 'down' } };
        }
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: async () => ({ status: 200, text: await readMetrics(deps.db) }),
    },
  ];
}

/** What an operator alarms on, in the Prometheus text format: work that waits or failed. */
async function readMetrics(db: Db): Promise<string> {
  const [row] = await db.$queryRaw<{ name: string; value: bigint }[]>`
    SELECT
      (SELECT count(*) FROM notice WHERE state = 'pending') AS notices_pending,
      (SELECT count(*) FROM notice WHERE state = 'failed') AS notices_failed,
      (SELECT count(*) FROM purchase_order WHERE state IN ('confirmed', 'charging')) AS orders_charging,
      (SELECT count(*) FROM purchase_order WHERE state = 'unknown') AS orders_unknown,
      (SELECT count(*) FROM directory_source WHERE outcome <> 'done') AS directories_failing,
      (SELECT count(*) FROM graphile_worker.jobs) AS jobs_waiting,
      (SELECT count(*) FROM graphile_worker.jobs WHERE attempts >= max_attempts) AS jobs_dead`;
  return Object.entries(row ?? {})
    .map(([name, value]) => `# TYPE refill_${name} gauge\nrefill_${name} ${value}\n`)
    .join('');
}
