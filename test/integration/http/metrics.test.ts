import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createStripeGateway } from '../../../src/billing/index.ts';
import { countCalls } from '../../../src/billing/processor/count-calls.ts';
import { COMMAND_TABLE } from '../../../src/cli/commands.ts';
import { loadCommands } from '../../../src/cli/frame/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { Prisma } from '../../../src/db/index.ts';
import { countByLabel, countWork } from '../../../src/http/count-work.ts';
import { createMetrics, healthRoutes, startHttp } from '../../../src/http/index.ts';
import { createLogger } from '../../../src/log.ts';
import { logMoneyEvent } from '../../../src/money-events.ts';
import { recordVerification } from '../../../src/org/index.ts';
import { enqueue, type JobHandlers, startSweeper, startWorker } from '../../../src/queue/index.ts';
import { countedFetch } from '../../../src/slack/connection/counted-fetch.ts';
import { startMonitoring } from '../../../src/start/start-monitoring.ts';
import { barrier } from '../../support/barrier.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { takeDatabaseAway } from '../../support/database-away.ts';

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
  'refill_jobs_oldest_due_seconds',
  'refill_workers_alive',
  'refill_usage_waiting',
  'refill_usage_oldest_waiting_seconds',
  'refill_recharges_paused',
  'refill_declines_last_hour',
  'refill_payments_failed_by_us_last_hour',
  'refill_verification_timestamp_seconds',
  'refill_verification_findings',
];

const clock = new MovableClock();
let isCurrent = true;

let database: TestDatabase;
let http: Awaited<ReturnType<typeof startHttp>>;

beforeAll(async () => {
  database = await freshDatabase();
  const metrics = createMetrics({ db: database.db, clock, build: { version: '1.2.3', role: 'all' } });
  http = await startHttp({
    host: '127.0.0.1',
    port: 0,
    log: createLogger('silent'),
    observe: metrics.observe,
    routes: [
      ...healthRoutes({ db: database.db, metrics, isSchemaCurrent: async () => isCurrent }),
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
  expect(text).toMatch(/^refill_build_info\{version="1.2.3",role="all"\} 1$/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
});

it('tells how long requests took by route and status, and nothing that stood in their addresses', async () => {
  await get('/health');
  await get('/page/a-secret-token');
  await get('/no/such/place-of-mine', { method: 'DELETE' });
  const count = 'refill_http_request_duration_seconds_count';
  await metricsWith(`${count}{route="/page/:token",method="GET",status="410"} 1`);
  const text = await metricsWith(`${count}{route="none",method="any",status="404"} 1`);
  expect(text).toContain(`${count}{route="/health",method="GET",status="200"} 1\n`);
  expect(text).not.toMatch(/a-secret-token|place-of-mine/);
});

/** Figures are at most a second old. */
async function figuresWith(pattern: RegExp): Promise<string> {
  for (;;) {
    const text = await get('/metrics');
    if (pattern.test(text)) return text;
  }
}

it('tells for how long work waits: jobs that no worker takes, usage that is not posted, the last verification', async () => {
  const { db } = database;
  const { companyId } = await testCompany(db);
  await db.$executeRaw`SELECT graphile_worker.add_job('x', '{}'::json, run_at => clock_timestamp() - interval '10 minutes')`;
  await db.usageInbox.create({
    data: {
      companyId,
      source: 'api',
      externalId: 'one',
      reason: 'unrated',
      message: 'no rate',
      event: {},
      receivedAt: new Date(clock.now().getTime() - 7_200_000),
      nextAttemptAt: clock.now(),
    },
  });
  const night = { day: '2026-11-20', at: new Date('2026-11-20T03:04:00Z'), companies: 1 };
  await recordVerification(db, { ...night, findings: 2, part: null });
  const text = await figuresWith(/^refill_verification_findings 2$/m);
  expect(text).toMatch(/^refill_jobs_oldest_due_seconds 6\d\d(\.\d+)?$/m);
  expect(text).toMatch(/^refill_usage_oldest_waiting_seconds 72\d\d(\.\d+)?$/m);
  expect(text).toMatch(
    new RegExp(`^refill_verification_timestamp_seconds ${night.at.getTime() / 1000}$`, 'm'),
  );
});

it('a night that finds something is an operator notice until a night finds nothing', async () => {
  const { db } = database;
  const open = () => db.operatorNotice.count({ where: { kind: 'books-disagree', resolvedAt: null } });
  const night = (day: string, findings: number) =>
    recordVerification(db, { day, at: new Date(`${day}T03:05:00Z`), companies: 1, findings, part: null });
  await night('2026-11-21', 3);
  await night('2026-11-22', 1);
  expect(await open()).toBe(1);
  await night('2026-11-23', 0);
  expect(await open()).toBe(0);
});

it('is ready with its database and its schema alone; a database that is away is a figure, not an error', async () => {
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${http.port}${path}`)).status;
  expect([await status('/live'), await status('/ready')]).toEqual([200, 200]);
  const bringBack = await takeDatabaseAway(database.url);
  try {
    expect([await status('/live'), await status('/ready')]).toEqual([200, 503]);
    expect(await figuresWith(/^refill_database_up 0$/m)).toMatch(/^refill_jobs_dead nan$/im);
  } finally {
    await bringBack();
  }
  expect(await figuresWith(/^refill_database_up 1$/m)).toMatch(/^refill_jobs_dead 0$/m);
});

it('is not ready on the schema of another version', async () => {
  isCurrent = false;
  const other = await startHttp({
    host: '127.0.0.1',
    port: 0,
    log: createLogger('silent'),
    routes: healthRoutes({
      db: database.db,
      metrics: createMetrics({ db: database.db, clock }),
      isSchemaCurrent: async () => isCurrent,
    }),
  });
  const answer = await fetch(`http://127.0.0.1:${other.port}/ready`);
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { ok: false, database: 'up', schema: 'another' },
  ]);
  await other.close();
});

it('several processes of one machine find a port each for monitoring, unless one was given', async () => {
  const env = { log: createLogger('silent'), routes: [] };
  const first = await startMonitoring({ host: '127.0.0.1', port: http.port, isChosen: false }, env);
  expect(first.port).toBeGreaterThan(http.port);
  await expect(
    startMonitoring({ host: '127.0.0.1', port: http.port, isChosen: true }, env),
  ).rejects.toMatchObject({
    code: 'port-taken',
    message: expect.stringContaining('set REFILL_MONITORING to a free one'),
  });
  await first.stop();
});

it('a scrape finds what it counts by index, so that it costs the same however many notices and payments there are', async () => {
  const plans: string[] = [];
  await database.db.$transaction(async (tx) => {
    // On tables as small as a test's a scan would be cheapest.
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
    const explained = new Proxy(database.db, {
      get: (target, name) =>
        name !== '$queryRaw'
          ? Reflect.get(target, name)
          : async ([first = '', ...rest]: string[], ...values: unknown[]) => {
              const rows = await tx.$queryRaw<Record<string, string>[]>(
                Prisma.sql([`EXPLAIN ${first}`, ...rest], ...values),
              );
              plans.push(...rows.flatMap((row) => Object.values(row)));
              return [{}];
            },
    });
    await countWork(explained, clock.now());
    await countByLabel(explained);
  });
  const scans = plans.filter((line) => /scan/i.test(line));
  expect(scans.length).toBeGreaterThan(15);
  const large = scans.filter((line) => / on (notice|purchase_order|payment_attempt)\b/.test(line));
  expect(large.length).toBeGreaterThan(6);
  expect(
    large.filter((line) => !/Index (Only )?Scan using (?!\w+_pkey)|Bitmap Heap Scan/.test(line)),
  ).toEqual([]);
  expect(plans.filter((line) => /Bitmap Index Scan on \w+_pkey/.test(line))).toEqual([]);
});

it('what the process did is counted under names of its own: jobs, sweeps, calls, events of money, connections', async () => {
  const { db, url } = database;
  const { companyId } = await testCompany(db);
  const done = barrier();
  const worker = startWorker({
    databaseUrl: url,
    handlers: {
      'sync-directory': async () => {
        done.open();
        throw new Error('not today');
      },
    } as Partial<JobHandlers> as JobHandlers,
    log: createLogger('silent'),
    concurrency: 1,
  });
  const before = Date.now() / 1_000;
  const sweeper = startSweeper({ planted: async () => undefined }, createLogger('silent'), 5);
  await enqueue(db, 'sync-directory', { companyId }, { queue: 'x', key: 'x' });
  await done.opened;
  logMoneyEvent(db, 'charge-declined', {
    ...{ companyId, order: 1n, attempt: 1, amount: null, intent: null, advice: null },
    code: 'insufficient_funds',
  });
  await countedFetch(`http://127.0.0.1:${http.port}/api/chat.postMessage`);
  await expect(countedFetch('http://127.0.0.1:1/api/users.info')).rejects.toThrow();
  const gateway = countCalls(
    createStripeGateway({ ...{ secretKey: 'sk_test_1', webhookSecret: '' }, apiUrl: 'http://127.0.0.1:1' }),
  );
  await expect(gateway.findIntent('pi_1')).rejects.toThrow();
  await worker.stop();
  await sweeper.stop();
  const text = await get('/metrics');
  expect(text).toMatch(/^refill_job_duration_seconds_count\{job="sync-directory",outcome="failed"\} [1-9]/m);
  const swept = Number(
    /^refill_sweep_last_success_timestamp_seconds\{sweep="planted"\} (\S+)$/m.exec(text)?.[1],
  );
  expect(swept).toBeGreaterThanOrEqual(before);
  expect(text).toMatch(
    /^refill_money_events_total\{event="charge-declined",code="insufficient_funds"\} [1-9]/m,
  );
  expect(text).toMatch(/^refill_slack_calls_total\{method="chat.postMessage",error="http_404"\} [1-9]/m);
  expect(text).toMatch(/^refill_slack_calls_total\{method="users.info",error="no_answer"\} [1-9]/m);
  expect(text).toMatch(
    /^refill_processor_call_duration_seconds_count\{call="findIntent",outcome="no_answer"\} [1-9]/m,
  );
  // What alerts ask about is there before it happens: monitoring sees no increase in what begins at 1.
  const alerted = [...readFileSync('docs/operate/alerts.yml', 'utf8').matchAll(/error=~?"([a-z_|]+)"/g)];
  const errors = alerted.flatMap(([, listed = '']) => listed.split('|'));
  expect(errors).toContain('token_revoked');
  for (const error of errors)
    expect(text).toContain(`refill_slack_calls_total{method="views.push",error="${error}"} `);
  expect(text).toMatch(
    /^refill_processor_call_duration_seconds_count\{call="cancelIntent",outcome="no_answer"\} /m,
  );
  expect(text).toMatch(/^refill_money_events_total\{event="charge-succeeded",code=""\} /m);
  expect(text).toMatch(/^refill_database_connections\{state="idle"\} [1-9]/m);
  await figuresWith(/^refill_jobs_queued\{job="sync-directory"\} 1$/m);
});

describe('the alert rules', () => {
  const rulesFile = z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            annotations: z.object({ summary: z.string(), runbook: z.string() }),
          }),
        ),
      }),
    ),
  });
  const rules = rulesFile
    .parse(parse(readFileSync('docs/operate/alerts.yml', 'utf8')))
    .groups.flatMap((group) => group.rules);
  const runbooks = readFileSync('docs/operate/alerts.md', 'utf8');

  it('speak of metrics that there are', async () => {
    const text = await get('/metrics');
    for (const { alert, expr } of rules)
      for (const [name] of expr.matchAll(/\b(refill|process|nodejs)_\w+/g))
        expect(text, alert).toMatch(new RegExp(`^# TYPE ${name.replace(/_(bucket|count|sum)$/, '')} `, 'm'));
  });

  it('each have a runbook, whose commands there are', async () => {
    const sections = new Map(
      runbooks.split(/^## /m).map((section) => [section.split('\n', 1)[0] ?? '', section] as const),
    );
    for (const { alert, annotations } of rules) {
      expect(sections.get(alert), alert).toMatch(/\n\*\*Check/);
      expect(annotations.runbook).toBe(`docs/operate/alerts.md#${alert.toLowerCase()}`);
    }
    const names = (await loadCommands(COMMAND_TABLE)).map(({ name }) => name);
    const used = [...runbooks.matchAll(/`refill ([^`]+)`/g)].map(([, command = '']) => command);
    expect(used.length).toBeGreaterThan(0);
    for (const command of used)
      expect(
        names.some((name) => command === name || command.startsWith(`${name} `)),
        command,
      ).toBe(true);
  });
});
