import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatReference } from '../../src/billing/index.ts';
import { TRY_OUT_SECRET_KEY } from '../../src/config.ts';
import { DEMO_API_KEY } from '../../src/demo/cast.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/durations.ts';
import { type RunningApp, startApp } from '../../src/start/app.ts';
import { newToken } from '../../src/token.ts';
import {
  alertNames,
  expectAlert,
  promtool,
  readValue,
  type Scrape,
  scrape,
  scrapeUntil,
  sumOf,
} from '../support/alert-lines.ts';
import { freePort } from '../support/free-port.ts';
import { type RefillRun, runRefill } from '../support/run-refill.ts';
import { openRunbook, type Runbook } from '../support/runbook.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

/**
 * Faults of work that waits, of the processor, of the feed and of the process, each planted in a real app and mended by its
 * runbook, whose commands run as they are written. alerts.long.test.ts has the other alerts.
 */
const prometheus = ['/usr/bin/prometheus', '/usr/local/bin/prometheus'].find(existsSync);
const NAME = 'Acme Corp';
const DAY = '2026-01-01';

let tryOut: TryOut;
/** Asked for its metrics, with few connections. */
let web: RunningApp;
let folder: string;
/** The runbook that the current test follows; each of its commands has to be run. */
let runbook: Runbook | null = null;

const webOptions = () => ({
  role: 'web' as const,
  mode: 'sandbox' as const,
  host: '127.0.0.1',
  publicUrl: tryOut.appUrl,
  databaseUrl: tryOut.databaseUrl,
  secretKey: TRY_OUT_SECRET_KEY,
  slack: tryOut.sandbox.slack,
  stripe: tryOut.sandbox.stripe,
  exportLimits: { records: 1_000, packAboveBytes: 1_000_000 },
  mirrorsInvoices: false,
  webConnections: 3,
  clock: tryOut.sandbox.clock,
  log: tryOut.app.billing.log,
});

beforeAll(async () => {
  if (promtool === undefined) return;
  folder = await mkdtemp(path.join(tmpdir(), 'refill-alerts-'));
  // The commands of a try-out open its secrets.
  tryOut = await startTestTryOut({ secretKey: TRY_OUT_SECRET_KEY });
  web = await startApp({ ...webOptions(), port: await freePort() });
});
afterAll(async () => {
  await web?.stop();
  await tryOut?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  tryOut?.sandbox.workspace.faults.clear();
  tryOut?.sandbox.card.setBehaviour('approve');
  const left = runbook?.left() ?? [];
  runbook = null;
  expect(left).toEqual([]);
});

const now = () => scrape(web.port);
const until = (isSo: (seen: Scrape) => boolean) => scrapeUntil(web.port, isSo);

async function refill(args: string[]): Promise<RefillRun> {
  const env = {
    DATABASE_URL: tryOut.databaseUrl,
    // Where the commands of a try-out look for its card processor.
    PORT: String(Number(new URL(tryOut.sandbox.stripe.apiUrl).port) - 3),
  };
  return await runRefill(args, env, { clock: tryOut.sandbox.clock });
}

/** Runs a command of the runbook, as it is written. */
async function follow(beginning: string, values: Record<string, string> = {}): Promise<string> {
  const args = runbook?.take(beginning, { NAME, ...values }) ?? [];
  const run = await refill(args);
  expect(run.status, `refill ${args.join(' ')}: ${run.stdout}${run.stderr}`).toBe(0);
  return run.stdout;
}

/** Sends records with a key, that of the company's phone system unless given. */
async function send(records: readonly object[], to = tryOut.appUrl, key = DEMO_API_KEY): Promise<Response> {
  return await fetch(`${to}/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  });
}

/** A text abroad, for which the demo company's deck has no rate. */
const unrated = (id: string, at = tryOut.sandbox.clock.now()) => ({
  id,
  kind: 'sms',
  direction: 'outbound',
  external_number: '+442079460000',
  internal_number: '+14155550101',
  at: at.toISOString(),
});

/** Opens a purchase of $20 in Slack and pays it. */
async function buy(): Promise<void> {
  const { driver } = tryOut.sandbox.workspace;
  await driver.close('li', { all: true }).catch(() => undefined);
  await driver.command('li', '#phone-credits', '/credits add 20');
  await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Pay $20.00', 20_000);
  await driver.submit('li');
}

/** The newest payment that the processor has taken. */
async function newestCharge(): Promise<string | undefined> {
  const { apiUrl = '', secretKey } = tryOut.sandbox.stripe;
  const answer = await fetch(`${apiUrl}/v1/payment_intents?limit=5`, {
    headers: { authorization: `Bearer ${secretKey}` },
  });
  const { data } = (await answer.json()) as { data: { id: string; status: string }[] };
  return data.find(({ status }) => status === 'succeeded')?.id;
}

/** Keeps every request that reads an API key waiting, as a migration by hand in a forgotten session does. */
async function lockKeys(): Promise<{ sql: pg.Client; release(): Promise<void> }> {
  const sql = new pg.Client({ connectionString: tryOut.databaseUrl });
  // It is ended by the runbook.
  sql.on('error', () => undefined);
  await sql.connect();
  await sql.query('BEGIN');
  await sql.query('LOCK TABLE api_key IN ACCESS EXCLUSIVE MODE');
  return { sql, release: () => sql.end().catch(() => undefined) };
}

const knock = (count: number): Promise<number[]> =>
  Promise.all(
    Array.from(
      { length: count },
      async () => (await send([], `http://127.0.0.1:${web.port}`, `rk_${newToken(24)}`)).status,
    ),
  );

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(promtool === undefined)(
  'each alert fires on its fault, and its runbook ends it',
  { timeout: 300_000 },
  () => {
    it('RefillNotVerified: no night has verified the books', async () => {
      runbook = openRunbook('RefillNotVerified');
      const at = 'refill_verification_timestamp_seconds';
      await refill(['verify']);
      const sound = await until((seen) => readValue(seen, at) > 0);
      expect(await follow('verify --since')).toContain('The books hold');
      const bySince = await until((seen) => readValue(seen, at) > readValue(sound, at));
      await follow('verify');
      const mended = await until((seen) => readValue(seen, at) > readValue(bySince, at));
      expect((await refill(['doctor'])).stdout).toMatch(/last verified at .*and hold/);
      const long = { faultMinutes: 2_400, afterMinutes: 2_200 };
      await expectAlert('RefillNotVerified', [sound, sound, sound, mended], long);
    });

    it('RefillDatabaseBusy: a forgotten session holds a lock, and requests wait for a connection', async () => {
      runbook = openRunbook('RefillDatabaseBusy');
      const waiting = 'refill_database_connections{state="waiting"}';
      const sound = await until((seen) => readValue(seen, waiting) === 0);
      const lock = await lockKeys();
      const answers = knock(12);
      // Scraped in time although its own question waits behind them.
      const busy = await until((seen) => readValue(seen, waiting) > 5);
      expect(readValue(busy, 'up{job="refill"}')).toBe(1);
      const sql = new pg.Client({ connectionString: tryOut.databaseUrl });
      await sql.connect();
      const { rows } = await sql.query<{ pid: number; blocked_by: number[]; query: string }>(
        runbook.takeSql('SELECT pid, now()'),
      );
      const blockers = [...new Set(rows.flatMap(({ blocked_by }) => blocked_by))].filter(
        (pid) => !rows.some((row) => row.pid === pid && row.blocked_by.length > 0),
      );
      expect(blockers.length, JSON.stringify(rows)).toBe(1);
      await sql.query(runbook.takeSql('SELECT pg_terminate_backend', { PID: String(blockers[0]) }));
      await sql.end();
      expect(new Set(await answers)).toEqual(new Set([401]));
      const mended = await until((seen) => readValue(seen, waiting) === 0);
      await lock.release();
      await expectAlert('RefillDatabaseBusy', [sound, busy, busy, mended], {
        only: /waiting/,
        labels: { state: 'waiting' },
      });
    });

    it('RefillSlow: statements wait for a lock for longer than Slack waits', async () => {
      runbook = openRunbook('RefillSlow');
      const slow = async (): Promise<Scrape> => {
        const lock = await lockKeys();
        const answers = knock(3);
        await pause(2_700);
        await lock.release();
        await answers;
        return await until((seen) => sumOf(seen, /^refill_database_up/) === 1);
      };
      const sound = await now();
      const begun = await slow();
      const grown = await slow();
      await knock(3);
      const mended = await now();
      await expectAlert('RefillSlow', [sound, begun, grown, mended], { isSteady: true, afterMinutes: 15 });
    });

    it('RefillNoticesFailed: Slack does not let Refill post in the channel', async () => {
      runbook = openRunbook('RefillNoticesFailed');
      const { faults } = tryOut.sandbox.workspace;
      const failed = 'refill_notices_failed';
      const sound = await until((seen) => readValue(seen, failed) === 0);
      faults.set({ kind: 'error', method: 'chat.postMessage', error: 'not_in_channel', times: 50 });
      await buy();
      const bad = await until((seen) => readValue(seen, failed) > 0);
      expect(await follow('notice list --state failed')).toMatch(/not_in_channel/);
      faults.clear();
      const notices = await tryOut.app.db.notice.findMany({ where: { state: 'failed' } });
      await follow('notice resend', { NOTICE: String(notices[0]?.id) });
      await until((seen) => readValue(seen, failed) < notices.length);
      await follow('channel set', { CHANNEL: 'C0CREDITS1' });
      const mended = await until((seen) => readValue(seen, failed) === 0);
      await expectAlert('RefillNoticesFailed', [sound, bad, bad, mended], { afterMinutes: 15 });
    });

    it('RefillOperatorNotices: the processor refuses the key, which only the operator can cure', async () => {
      runbook = openRunbook('RefillOperatorNotices');
      const open = 'refill_operator_notices_open';
      const sound = await until((seen) => readValue(seen, open) === 0);
      tryOut.sandbox.card.refuse({ refusal: 'revoked-key' });
      await buy();
      const raised = await until((seen) => readValue(seen, open) > 0);
      expect(await follow('operator list')).toMatch(/STRIPE_SECRET_KEY/);
      tryOut.sandbox.card.refuse(null);
      for (const { id } of await tryOut.app.db.operatorNotice.findMany({ where: { resolvedAt: null } }))
        await follow('operator resolve', { NOTICE: id.toString() });
      const mended = await until((seen) => readValue(seen, open) === 0);
      await expectAlert('RefillOperatorNotices', [sound, raised, raised, mended], { afterMinutes: 70 });
    });

    it('RefillUsageWaits: usage without a rate, and usage of another time, waits', async () => {
      runbook = openRunbook('RefillUsageWaits');
      const { clock } = tryOut.sandbox;
      const oldest = 'refill_usage_oldest_waiting_seconds';
      const sound = await until((seen) => readValue(seen, oldest) === 0);
      const long = new Date(clock.now().getTime() - 40 * 24 * HOUR_MS);
      await send([unrated('wait-1'), unrated('old-1', long), unrated('old-2', long)]);
      await until((seen) => readValue(seen, 'refill_usage_waiting') === 3);
      clock.advance(2 * HOUR_MS);
      const late = await until((seen) => readValue(seen, oldest) > 3_600);
      expect(await follow('usage inbox')).toMatch(/wait-1/);
      expect(await follow('usage unrated')).toMatch(/44/);
      const deck = path.join(folder, 'texts.csv');
      await writeFile(deck, 'kind,direction,prefix,rate\nsms,outbound,44,0.04\n');
      await follow('rates import', { FILE: deck, DAY });
      await follow('directory sync');
      // What has a rate now is judged by its time.
      await until((seen) => readValue(seen, 'refill_usage_inbox{reason="waiting"}') === 2);
      const [first, second] = await tryOut.app.db.usageInbox.findMany({
        where: { reason: 'waiting' },
        orderBy: { id: 'asc' },
      });
      await follow('usage accept', { ITEM: String(first?.id) });
      await follow('usage drop', { ITEM: String(second?.id), TEXT: 'sent by mistake' });
      const mended = await until((seen) => readValue(seen, 'refill_usage_waiting') === 0);
      await expectAlert('RefillUsageWaits', [sound, late, late, mended], { afterMinutes: 15 });
    });

    it('RefillInboxGrows: much usage comes in that no rate covers', async () => {
      runbook = openRunbook('RefillInboxGrows');
      const sound = await until((seen) => readValue(seen, 'refill_usage_waiting') === 0);
      const many = Array.from({ length: 600 }, (_, n) => ({
        ...unrated(`many-${n}`),
        external_number: '+33142685300',
      }));
      expect((await send(many)).status).toBe(200);
      const grown = await until((seen) => readValue(seen, 'refill_usage_waiting') === 600);
      expect(readValue(grown, 'refill_usage_inbox{reason="unrated"}')).toBe(600);
      await follow('usage inbox');
      expect(await follow('usage unrated')).toMatch(/33/);
      const deck = path.join(folder, 'more-texts.csv');
      await writeFile(deck, 'kind,direction,prefix,rate\nsms,outbound,33,0.04\n');
      const asForUsageWaits = openRunbook('RefillUsageWaits').take('rates import', { FILE: deck, DAY });
      expect((await refill(asForUsageWaits)).status).toBe(0);
      const mended = await until((seen) => readValue(seen, 'refill_usage_waiting') === 0);
      await expectAlert('RefillInboxGrows', [sound, grown, grown, mended]);
    });

    it('RefillFeedSilent: what a phone system sends is refused', async () => {
      runbook = openRunbook('RefillFeedSilent');
      const { clock } = tryOut.sandbox;
      const kind = 'refill_operator_notices{kind="webhook-refused"}';
      const made = await refill(['webhook', 'create', '--company', NAME, '--json']);
      const { address, secret } = JSON.parse(made.stdout) as { address: string; secret: string };
      const post = async (key: string) =>
        (
          await fetch(`${tryOut.appUrl}${new URL(address).pathname}`, {
            method: 'POST',
            body: jwt.sign({ call_id: '1', state: 'ringing' }, key, { algorithm: 'HS256' }),
          })
        ).status;
      expect(await post(secret)).toBe(200);
      const sound = await until((seen) => !seen.values.has(kind));
      expect(await post('the secret of another webhook')).toBe(401);
      clock.advance(6 * MINUTE_MS);
      const refused = await until((seen) => readValue(seen, kind) === 1);
      expect(await follow('operator list')).toMatch(/webhook list/);
      expect(await follow('webhook list')).toMatch(/refused/);
      await follow('api-key list');
      const file = path.join(folder, 'sent.csv');
      writeFileSync(
        file,
        'id,kind,direction,external_number,internal_number,at\nwait-1,sms,outbound,+442079460000,+14155550101,2026-11-01T00:00:00Z\n',
      );
      const compared = await refill(runbook.take('usage reconcile', { NAME, FILE: file }));
      expect(compared.status).toBe(1);
      expect(compared.stdout).toMatch(/wait-1/);
      expect(await post(secret)).toBe(200);
      clock.advance(61 * MINUTE_MS);
      const mended = await until((seen) => !seen.values.has(kind));
      await expectAlert('RefillFeedSilent', [sound, refused, refused, mended], { only: /webhook-refused/ });
    });

    it('RefillDeclines: a bank declines one purchase after the other', async () => {
      runbook = openRunbook('RefillDeclines');
      const declines = 'refill_declines_last_hour';
      const sound = await until((seen) => readValue(seen, declines) === 0);
      tryOut.sandbox.card.setBehaviour('decline');
      for (let n = 1; n <= 11; n += 1) {
        await buy();
        await until((seen) => readValue(seen, declines) >= n);
      }
      const declined = await now();
      expect(sumOf(declined, /event="charge-declined".*insufficient_funds/)).toBeGreaterThan(10);
      expect(await follow('order list')).toMatch(/declined|insufficient/);
      tryOut.sandbox.card.setBehaviour('approve');
      tryOut.sandbox.clock.advance(2 * HOUR_MS);
      const mended = await until((seen) => readValue(seen, declines) === 0);
      await expectAlert('RefillDeclines', [sound, declined, declined, mended]);
    });

    it('RefillProcessorSilent, RefillPaymentsStuck: the processor charges, and is silent for a day', async () => {
      const { card, clock } = tryOut.sandbox;
      const silence = /^refill_processor_call_duration_seconds_count\{.*no_answer/;
      const sound = await now();
      // It charges, answers nothing, sends no news, and then is gone.
      card.setWebhooks({ paused: true });
      card.setBehaviour('timeout-after-charge');
      const before = await newestCharge();
      await buy();
      while ((await newestCharge()) === before) await pause(50);
      card.setBehaviour('down');
      const begun = await until((seen) => sumOf(seen, silence) > sumOf(sound, silence));
      await until((seen) => readValue(seen, 'refill_orders_unknown') === 1);
      const wanted = sumOf(begun, silence) + 6;
      for (let seen = begun; sumOf(seen, silence) < wanted; seen = await now()) {
        // What became of the payment is asked more and more rarely.
        clock.advance(2 * MINUTE_MS);
        await pause(1_000);
      }
      const grown = await now();
      runbook = openRunbook('RefillProcessorSilent');
      const doctor = await refill(runbook.take('doctor'));
      expect(doctor.stdout).toMatch(/processor|Stripe/i);
      clock.advance(25 * HOUR_MS);
      const stuck = await until((seen) => readValue(seen, 'refill_orders_stuck') > 0);
      expect(runbook.left()).toEqual([]);
      runbook = openRunbook('RefillPaymentsStuck');
      expect(await follow('order list --open')).toMatch(/stuck/);
      // It answers again; its news of the payment would settle the order before the operator does.
      card.setBehaviour('approve');
      const orders = await tryOut.app.db.purchaseOrder.findMany({ where: { state: 'stuck' } });
      for (const order of orders) {
        const ORDER = formatReference(order);
        expect(await follow('order show', { ORDER })).toContain(ORDER);
        expect(await follow('order resolve', { ORDER, TEXT: 'the processor says so' })).toContain('paid');
      }
      card.setWebhooks({ paused: false });
      const mended = await until(
        (seen) =>
          readValue(seen, 'refill_orders_stuck') === 0 && readValue(seen, 'refill_orders_unknown') <= 5,
      );
      await expectAlert('RefillProcessorSilent', [sound, begun, grown, mended], {
        only: /no_answer/,
        isSteady: true,
      });
      await expectAlert('RefillPaymentsStuck', [sound, stuck, stuck, mended], { afterMinutes: 15 });
    });

    it('RefillDown: the process is gone, as a real Prometheus sees it', async () => {
      runbook = openRunbook('RefillDown');
      if (prometheus === undefined) throw new Error('promtool comes without prometheus');
      const port = await freePort();
      const config = path.join(folder, 'prometheus.yml');
      await writeFile(
        config,
        [
          'global: { scrape_interval: 1s, evaluation_interval: 1s }',
          `rule_files: [${path.resolve('docs/operate/alerts.yml')}]`,
          'scrape_configs:',
          `  - { job_name: refill, static_configs: [{ targets: ['127.0.0.1:${web.port}'] }] }`,
        ].join('\n'),
      );
      const server = spawn(
        prometheus,
        [
          `--config.file=${config}`,
          `--storage.tsdb.path=${path.join(folder, 'tsdb')}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      );
      const ask = async (query: string): Promise<unknown> => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${query}`).catch(() => null);
        return answer?.ok === true ? await answer.json() : null;
      };
      const isUp = async (value: '0' | '1'): Promise<void> => {
        for (;;) {
          const seen = JSON.stringify(await ask('query?query=up'));
          if (seen.includes(`,"${value}"]`)) return;
          await pause(300);
        }
      };
      try {
        await isUp('1');
        const loaded = JSON.stringify(await ask('rules'));
        for (const name of alertNames) expect(loaded).toContain(`"name":"${name}"`);
        const [sound, webPort] = [await now(), web.port];
        await web.stop();
        await isUp('0');
        const gone = await scrape(webPort);
        web = await startApp({ ...webOptions(), port: webPort });
        await isUp('1');
        await expectAlert('RefillDown', [sound, gone, gone, await now()], { labels: { job: 'refill' } });
      } finally {
        server.kill();
      }
    });
  },
);
