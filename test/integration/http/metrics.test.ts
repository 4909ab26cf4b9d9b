import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMetrics, healthRoutes, startHttp } from '../../../src/http/index.ts';
import { createLogger } from '../../../src/log.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const GAUGES = [
  'refill_notices_pending',
  'refill_notices_failed',
  'refill_orders_charging',
  'refill_orders_unknown',
  'refill_orders_stuck',
  'refill_operator_notices_open',
  'refill_directories_failing',
  'refill_jobs_waiting',
  'refill_jobs_dead',
];

let database: TestDatabase;
let http: Awaited<ReturnType<typeof startHttp>>;

beforeAll(async () => {
  database = await freshDatabase();
  const metrics = createMetrics(database.db);
  http = await startHttp({
    host: '127.0.0.1',
    port: 0,
    log: createLogger('silent'),
    observe: metrics.observe,
    routes: [
      ...healthRoutes({ db: database.db, metrics }),
      { method: 'GET', path: '/page/:token', handle: async () => ({ status: 410, text: 'gone' }) },
    ],
  });
});
afterAll(async () => {
  await http.close();
  await database.close();
});

const get = async (path: string, init: RequestInit = {}): Promise<string> =>
  await (await fetch(`http://127.0.0.1:${http.port}${path}`, init)).text();

/** Answers are counted once they are sent, which may be a moment after they are read here. */
async function metricsWith(line: string): Promise<string> {
  for (;;) {
    const text = await get('/metrics');
    if (text.split('\n').includes(line)) return text;
  }
}

it('tells an operator what waits and what failed, under the names that alarms were written for', async () => {
  const text = await get('/metrics');
  for (const name of GAUGES) expect(text).toMatch(new RegExp(`^# TYPE ${name} gauge$[^#]*^${name} 0$`, 'm'));
});

it('tells how long requests took by route and status, and nothing that stood in their addresses', async () => {
  await get('/health');
  await get('/page/a-secret-token');
  await get('/no/such/place-of-mine', { method: 'DELETE' });
  const count = 'refill_http_request_duration_seconds_count';
  await metricsWith(`${count}{route="/page/:token",method="GET",status="410"} 1`);
  const text = await metricsWith(`${count}{route="none",method="any",status="404"} 1`);
  expect(text).toContain(`${count}{route="/health",method="GET",status="200"} 1\n`);
  expect(text).not.toMatch(/secret|place-of-mine/);
});
