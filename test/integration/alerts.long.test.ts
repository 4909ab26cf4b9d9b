import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordVerification } from '../../src/org/index.ts';
import { startApp } from '../../src/start/app.ts';
import {
  expectAlert as fires,
  promtool,
  readValue,
  type Scrape,
  scrape as scrapePort,
  scrapeUntil as scrapePortUntil,
  sumOf,
} from '../support/alert-lines.ts';
import { takeDatabaseAway } from '../support/database-away.ts';
import { freePort } from '../support/free-port.ts';
import { runRefill } from '../support/run-refill.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

/** Each fault is planted in a real app, and mended by the runbook; the others are in alerts-of-work.long.test.ts. */
let tryOut: TryOut;
let web: Awaited<ReturnType<typeof startApp>>;

const appOptions = () => ({
  mode: 'sandbox' as const,
  host: '127.0.0.1',
  publicUrl: tryOut.appUrl,
  databaseUrl: tryOut.databaseUrl,
  secretKey: 'the tests guard no secrets',
  slack: tryOut.sandbox.slack,
  stripe: tryOut.sandbox.stripe,
  exportLimits: { records: 1_000, packAboveBytes: 1_000_000 },
  mirrorsInvoices: false,
  clock: tryOut.sandbox.clock,
  log: tryOut.app.billing.log,
});

beforeAll(async () => {
  if (promtool === undefined) return;
  tryOut = await startTestTryOut();
  // Asked for its metrics even while no worker runs.
  web = await startApp({ ...appOptions(), role: 'web', port: await freePort() });
});
afterAll(async () => {
  if (promtool === undefined) return;
  await web?.stop();
  await tryOut?.close();
});

const scrape = () => scrapePort(web.port);
const scrapeUntil = (isSo: (scrape: Scrape) => boolean) => scrapePortUntil(web.port, isSo);

const refill = (...args: string[]) =>
  runRefill(args, { DATABASE_URL: tryOut.databaseUrl }, { clock: tryOut.sandbox.clock });

describe.skipIf(promtool === undefined)('each alert fires on its fault, and ends once that is mended', () => {
  it('RefillDatabaseDown: the database is gone', async () => {
    const sound = await scrape();
    const bringBack = await takeDatabaseAway(tryOut.databaseUrl);
    const gone = await scrapeUntil((seen) => readValue(seen, 'refill_database_up') === 0);
    await bringBack();
    const back = await scrapeUntil((seen) => readValue(seen, 'refill_database_up') === 1);
    await fires('RefillDatabaseDown', [sound, gone, gone, back]);
  });

  it('RefillQueueBehind: work that no worker takes', async () => {
    const { db } = tryOut.app;
    const due = 'refill_jobs_oldest_due_seconds';
    const sound = await scrapeUntil((seen) => readValue(seen, due) < 60);
    await db.$executeRaw`
      SELECT graphile_worker.add_job('planted', '{}'::json, run_at => clock_timestamp() - interval '10 minutes')`;
    const stuck = await scrapeUntil((seen) => readValue(seen, due) > 500);
    const listed = await refill('job', 'list', '--state', 'waiting');
    expect(listed.stdout).toContain('planted');
    await db.$executeRaw`SELECT graphile_worker.complete_jobs(ARRAY(
      SELECT id FROM graphile_worker.jobs WHERE task_identifier = 'planted'))`;
    const mended = await scrapeUntil((seen) => readValue(seen, due) < 60);
    await fires('RefillQueueBehind', [sound, stuck, stuck, mended]);
  });

  it('RefillJobsDead: a job that has used up its tries', async () => {
    const { db } = tryOut.app;
    const sound = await scrape();
    await db.$executeRaw`SELECT graphile_worker.add_job('planted', '{}'::json, job_key => 'planted', max_attempts => 1)`;
    await db.$executeRaw`UPDATE graphile_worker._private_jobs SET attempts = 1 WHERE key = 'planted'`;
    const dead = await scrapeUntil((seen) => readValue(seen, 'refill_jobs_dead') === 1);
    expect((await refill('job', 'list', '--state', 'dead')).stdout).toContain('planted');
    expect((await refill('job', 'purge', '--all')).status).toBe(0);
    const mended = await scrapeUntil((seen) => readValue(seen, 'refill_jobs_dead') === 0);
    await fires('RefillJobsDead', [sound, dead, dead, mended], { afterMinutes: 15 });
  });

  it('RefillSlackRefuses, RefillSlackLimits: Slack refuses the token, then limits what is sent', async () => {
    const { faults, driver } = tryOut.sandbox.workspace;
    const act = async (error: string, times: number, from: number): Promise<Scrape> => {
      for (let n = 0; n < times; n += 1) await driver.command('ana', '#phone-credits', '/credits add');
      const pattern = new RegExp(`^refill_slack_calls_total\\{.*error="${error}"`);
      return await scrapeUntil((seen) => sumOf(seen, pattern) >= from);
    };
    const sound = await scrape();
    faults.set({ kind: 'error', method: '*', error: 'invalid_auth', times: 1_000 });
    const refused = await act('invalid_auth', 2, 2);
    const again = await act('invalid_auth', 4, sumOf(refused, /invalid_auth/) + 2);
    faults.clear();
    faults.set({ kind: 'rate-limit', method: '*', retryAfterSeconds: 1, times: 1_000 });
    const limited = await act('ratelimited', 2, 2);
    const more = await act('ratelimited', 16, sumOf(limited, /ratelimited/) + 14);
    faults.clear();
    const mended = await scrape();
    await fires('RefillSlackRefuses', [sound, refused, again, mended], { only: /invalid_auth/ });
    await fires('RefillSlackLimits', [sound, limited, more, mended], { only: /ratelimited/ });
  });

  it('RefillSweepStale: a sweep that fails each time', async () => {
    const { db } = tryOut.app;
    const series = 'refill_sweep_last_success_timestamp_seconds{sweep="exports"}';
    const sound = await scrape();
    await db.$executeRaw`ALTER TABLE usage_export RENAME TO planted_export`;
    await scrapeUntil((seen) => sumOf(seen, /^refill_sweep_failures_total\{sweep="exports"\}/) > 0);
    const stale = await scrape();
    const later = await scrapeUntil(({ atS }) => atS > stale.atS + 3);
    expect(later.values.get(series)).toBe(stale.values.get(series));
    await db.$executeRaw`ALTER TABLE planted_export RENAME TO usage_export`;
    const mended = await scrapeUntil((seen) => readValue(seen, series) > readValue(later, series));
    const about = { afterMinutes: 30, labels: { sweep: 'exports' }, only: /sweep="exports"/ };
    await fires('RefillSweepStale', [sound, stale, later, mended], about);
  });

  it('RefillBooksDisagree: a night that finds something', async () => {
    const { db } = tryOut.app;
    const night = (day: string, findings: number) =>
      recordVerification(db, { day, at: new Date(), companies: 1, findings, part: null });
    // Nights to come, so that one of the app itself is not the latest.
    await night('2099-01-01', 0);
    const found = (findings: number) =>
      scrapeUntil(
        (seen) =>
          readValue(seen, 'refill_verification_findings') === findings &&
          readValue(seen, 'refill_verification_timestamp_seconds') > 0,
      );
    const sound = await found(0);
    await night('2099-01-02', 2);
    const bad = await found(2);
    expect((await refill('operator', 'list')).stdout).toContain('refill verify');
    await night('2099-01-03', 0);
    const mended = await found(0);
    await fires('RefillBooksDisagree', [sound, bad, bad, mended]);
  });

  it('RefillPaymentsRefused: the processor refuses the key', async () => {
    const { db, billing } = tryOut.app;
    const kind = 'refill_operator_notices{kind="processor-refuses-requests"}';
    const { driver } = tryOut.sandbox.workspace;
    const buy = async (): Promise<void> => {
      await driver.close('li', { all: true }).catch(() => undefined);
      await driver.command('li', '#phone-credits', '/credits add 20');
      await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Pay $20.00');
      await driver.submit('li');
    };
    const sound = await scrape();
    tryOut.sandbox.card.refuse({ refusal: 'revoked-key' });
    await buy();
    const refused = await scrapeUntil((seen) => readValue(seen, kind) >= 1);
    expect((await refill('operator', 'list')).stdout).toMatch(/STRIPE_SECRET_KEY/);
    tryOut.sandbox.card.refuse(null);
    const notices = await db.operatorNotice.findMany({
      where: { resolvedAt: null, kind: kind.slice(30, -2) },
    });
    for (const { id } of notices) expect((await refill('operator', 'resolve', id.toString())).status).toBe(0);
    tryOut.sandbox.clock.advance(2 * 3_600_000);
    expect(billing.clock.now().getTime()).toBeGreaterThan(Date.now());
    const mended = await scrapeUntil(
      (seen) => !seen.values.has(kind) && readValue(seen, 'refill_payments_failed_by_us_last_hour') === 0,
    );
    await fires('RefillPaymentsRefused', [sound, refused, refused, mended]);
  });

  it('RefillNoWorker: the worker is dead', async () => {
    const sound = await scrapeUntil((seen) => readValue(seen, 'refill_workers_alive') > 0);
    await tryOut.app.stop();
    // It is not stopped a second time.
    Object.assign(tryOut.app, { stop: async () => undefined });
    const dead = await scrapeUntil((seen) => readValue(seen, 'refill_workers_alive') === 0);
    const worker = await startApp({ ...appOptions(), role: 'worker', port: 0 });
    const back = await scrapeUntil((seen) => readValue(seen, 'refill_workers_alive') > 0);
    await worker.stop();
    await fires('RefillNoWorker', [sound, dead, dead, back]);
  });
});
