import pg from 'pg';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { requiredEvents } from '../../../src/billing/index.ts';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { createLogger } from '../../../src/log.ts';
import { createDeliveryRecorder, createSecretBox, saveWorkspace } from '../../../src/org/index.ts';
import { readManifestScopes } from '../../../src/slack/index.ts';
import { type CardProcessor, startCardProcessor } from '../../../src/stand-ins/local-processor/index.ts';
import { importSampleDeck } from '../../../src/usage/index.ts';
import { testCompany } from '../../support/company.ts';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/database.ts';
import { databaseUrl } from '../../support/database-url.ts';
import { runRefill } from '../../support/run-refill.ts';
import {
  BOT_TOKEN,
  SIGNING_SECRET,
  startTestWorkspace,
  type TestWorkspace,
} from '../../support/slack-workspace.ts';

const SECRET_KEY = 'the doctor opens what this sealed';
const STRIPE_KEY = 'sk_test_doctor';
const PUBLIC_URL = 'https://refill.example.com';
const log = createLogger('silent');

let database: TestDatabase;
let slack: TestWorkspace;
let processor: CardProcessor;
let books: { url: string; close(): Promise<void> };
let companyId: bigint;

beforeAll(async () => {
  [database, books, slack] = await Promise.all([
    freshDatabase(),
    emptyDatabase(),
    startTestWorkspace({ scopes: readManifestScopes() }),
  ]);
  processor = await startCardProcessor({
    port: 0,
    database: books.url,
    secretKey: STRIPE_KEY,
    clock: systemClock,
    log,
  });
  await registerEndpoint(requiredEvents({ mirrorsInvoices: false }));
  companyId = await setUpCompany();
});
afterAll(async () => {
  await Promise.all([slack.close(), processor.close()]);
  await Promise.all([database.close(), books.close()]);
});

async function registerEndpoint(events: readonly string[]): Promise<void> {
  const { hostname, port } = new URL(processor.url);
  const stripe = new Stripe(STRIPE_KEY, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 });
  await stripe.webhookEndpoints.create({
    url: `${PUBLIC_URL}/webhooks/stripe`,
    enabled_events: events as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
  });
}

/** Everything that an operator would have set up, and deliveries that have come. */
async function setUpCompany(): Promise<bigint> {
  const { db } = database;
  const at = new Date();
  const company = await testCompany(db);
  await saveWorkspace(
    { db, secrets: createSecretBox(SECRET_KEY) },
    { teamId: company.teamId, name: 'Acme', botToken: BOT_TOKEN, botUserId: 'UBOT', botId: 'BBOT', at },
  );
  await importSampleDeck(db, at);
  await db.$executeRaw`INSERT INTO worker_heartbeat VALUES ('worker', now() + interval '1 hour')`;
  const record = createDeliveryRecorder({ db, clock: systemClock, log });
  record('slack');
  record('processor');
  await vi.waitFor(async () => expect(await db.deliverySeen.count()).toBe(2), 60_000);
  return company.companyId;
}

const environment = (): Record<string, string> => ({
  DATABASE_URL: database.url,
  SLACK_BOT_TOKEN: BOT_TOKEN,
  SLACK_SIGNING_SECRET: SIGNING_SECRET,
  SLACK_API_URL: slack.apiUrl,
  STRIPE_SECRET_KEY: STRIPE_KEY,
  STRIPE_WEBHOOK_SECRET: 'whsec_doctor',
  STRIPE_API_URL: processor.url,
  REFILL_SECRET_KEY: SECRET_KEY,
  REFILL_PUBLIC_URL: PUBLIC_URL,
});

/** The faults that `refill doctor --json` finds, by the name of their check; its exit status agrees with them. */
async function faultsOf(env: Record<string, string> = environment(), clock: Clock = systemClock) {
  const { status, stdout } = await runRefill(['doctor', '--json'], env, { clock });
  const { checks } = JSON.parse(stdout) as {
    checks: { id: string; result: string; finding: string; how: string; todo: string | null }[];
  };
  const faults = checks.filter(({ result }) => result === 'fault');
  expect(status).toBe(faults.length === 0 ? 0 : 1);
  for (const { how, todo } of faults) expect([how === '', todo]).toEqual([false, expect.any(String)]);
  return faults.map(({ id, finding }) => `${id}: ${finding}`);
}

describe('what the doctor finds', () => {
  it('nothing on a sound set-up, and says how it knows each thing', async () => {
    expect(await faultsOf()).toEqual([]);
    const { stdout } = await runRefill(['doctor'], environment());
    expect(stdout).toMatch(/^ok {10} database-zone: Sessions are in UTC\. {2}\(asked the server/m);
    expect(stdout).toMatch(/^ok {10} slack-scopes: /m);
    // Nothing was posted yet, so nobody knows whether the bot is in the channel.
    expect(stdout).toMatch(/^not checked {2}channels: /m);
    expect(stdout).toMatch(/^0 faults, \d+ ok, \d+ not checked\.$/m);
  });

  it('no rate deck', async () => {
    await using _ = await changed(
      [`UPDATE rate_row SET starts_at = starts_at + interval '50 years'`],
      [`UPDATE rate_row SET starts_at = starts_at - interval '50 years'`],
    );
    expect(await faultsOf()).toEqual(['rates: No rate deck is in force: all usage waits.']);
  });

  it('a stored secret that does not open', async () => {
    const [found] = await faultsOf({ ...environment(), REFILL_SECRET_KEY: 'a key that sealed nothing here' });
    expect(found).toMatch(/^secrets: Stored secrets do not open: the token of workspace Acme\.$/);
  });

  it('a test key in live mode', async () => {
    const { SLACK_API_URL: _, ...real } = environment();
    const [found] = await faultsOf(real);
    expect(found).toMatch(/^environment: .*STRIPE_SECRET_KEY/s);
  });

  it('an endpoint that lacks an event', async () => {
    const [found] = await faultsOf({ ...environment(), STRIPE_INVOICES: 'yes' });
    expect(found).toMatch(/^processor-endpoint: The endpoint .* lacks: invoice\.finalized, .*\.$/);
  });

  it('a bot that is not in its channel', async () => {
    const { db } = database;
    const channel = await db.noticeChannel.findFirstOrThrow({ where: { companyId } });
    await db.notice.create({
      data: {
        companyId,
        dedupeKey: 'doctor',
        kind: 'receipt',
        teamId: channel.teamId,
        channelId: channel.channelId,
        facts: {},
        revision: 1,
        state: 'failed',
        lastError: 'not_in_channel',
        createdAt: new Date(),
      },
    });
    const found = await faultsOf();
    await db.notice.deleteMany({ where: { dedupeKey: 'doctor' } });
    expect(found).toEqual([
      `channels: Company ${companyId}: Refill cannot post in ${channel.channelId} (not_in_channel).`,
    ]);
  });

  it('a missing scope, and a token that Slack refuses', async () => {
    const poor = await startTestWorkspace({
      scopes: readManifestScopes().filter((scope) => scope !== 'files:write'),
    });
    try {
      expect(await faultsOf({ ...environment(), SLACK_API_URL: poor.apiUrl })).toEqual([
        'slack-scopes: The token lacks: files:write.',
      ]);
    } finally {
      await poor.close();
    }
    const [found] = await faultsOf({ ...environment(), SLACK_BOT_TOKEN: 'xoxb-wrong' });
    expect(found).toBe('slack-token: Slack refuses SLACK_BOT_TOKEN: invalid_auth.');
  });

  it('a clock six minutes off', async () => {
    const clock = { now: () => new Date(Date.now() + 360_000) };
    const found = await faultsOf(environment(), clock);
    expect(found.map((each) => each.replace(/\d+ seconds/, 'N seconds'))).toEqual([
      'clock-slack: This machine’s clock is N seconds ahead of Slack’s: signatures are refused.',
      'clock-processor: This machine’s clock is N seconds ahead of the card processor’s: signatures are refused.',
    ]);
  });

  it('a wrong webhook secret: refusals, and none accepted within a day', async () => {
    await using _ = await changed(
      [
        `UPDATE delivery_seen SET at = at - interval '2 days' WHERE kind = 'processor'`,
        `INSERT INTO delivery_seen VALUES ('processor_refused', now())`,
      ],
      [
        `UPDATE delivery_seen SET at = at + interval '2 days' WHERE kind = 'processor'`,
        `DELETE FROM delivery_seen WHERE kind = 'processor_refused'`,
      ],
    );
    const [found, ...more] = await faultsOf();
    expect(more).toEqual([]);
    expect(found).toMatch(/^processor-deliveries: An? .*refused for its signature/);
  });

  it('usage that waits, a stale directory, an open operator notice, an invoice e-mail that is missing, no worker', async () => {
    await using _ = await changed(
      [
        `INSERT INTO usage_inbox (company_id, source, external_id, reason, words, event, received_at, next_attempt_at)
         VALUES (${companyId}, 'api', 'x', 'unrated', 'no rate', '{}', now(), now())`,
        `INSERT INTO directory_source (company_id, url, key_encrypted, due_at, done_at)
         VALUES (${companyId}, 'https://phone.example', '', now(), now() - interval '3 days')`,
        `INSERT INTO operator_notice (kind, since, last_at) VALUES ('processor-refuses-requests', now(), now())`,
        `INSERT INTO operator_notice (kind, since, last_at) VALUES ('role-changed', now(), now())`,
        `UPDATE company SET billing_method = 'invoice' WHERE id = ${companyId}`,
        `UPDATE worker_heartbeat SET seen_at = seen_at - interval '2 hours'`,
      ],
      [
        'DELETE FROM usage_inbox',
        'DELETE FROM directory_source',
        'DELETE FROM operator_notice',
        `UPDATE company SET billing_method = 'card'`,
        `UPDATE worker_heartbeat SET seen_at = seen_at + interval '2 hours'`,
      ],
    );
    await registerEndpoint(['*']);
    const found = await faultsOf({ ...environment(), STRIPE_INVOICES: 'yes' });
    expect(found.map((each) => each.split(':')[0])).toEqual([
      // The endpoint of before is still the first one there.
      ...(found.some((each) => each.startsWith('processor-endpoint')) ? ['processor-endpoint'] : []),
      'usage',
      'directory',
      'invoice-email',
      'operator-notices',
      'workers',
    ]);
  });

  it('SQL_ASCII, an older schema, functions of another version, no database at all', async () => {
    const [old, others, ascii] = await Promise.all([freshDatabase(), freshDatabase(), asciiDatabase()]);
    try {
      await old.db.$executeRawUnsafe(
        'DELETE FROM _prisma_migrations WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)',
      );
      const about = async (url: string) =>
        (await faultsOf({ ...environment(), DATABASE_URL: url })).join('\n');
      expect(await about(old.url)).toBe(
        'database-schema: The schema is older than this version: 1 to be applied.',
      );
      await others.db
        .$executeRaw`UPDATE applied_function_file SET checksum = 'of another version' WHERE name = 'lock'`;
      expect(await about(others.url)).toBe(
        'database-schema: The functions are another version’s, older or newer: 1 to be applied.',
      );
      expect(await about(ascii.url)).toMatch(/SQL_ASCII/);
      expect(await about('postgres://nobody@127.0.0.1:1/none')).toMatch(/^database: /);
    } finally {
      await Promise.all([old.close(), others.close(), ascii.close()]);
    }
  });
});

/** Makes a change around every trigger, and takes it back at the end of the test. */
async function changed(make: readonly string[], undo: readonly string[]): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('SET session_replication_role = replica');
  for (const statement of make) await client.query(statement);
  return {
    async [Symbol.asyncDispose]() {
      for (const statement of undo) await client.query(statement);
      await client.end();
    },
  };
}

async function asciiDatabase(): Promise<{ url: string; close(): Promise<void> }> {
  const admin = new pg.Client({ connectionString: databaseUrl(database.url, 'postgres') });
  await admin.connect();
  const name = `refill_test_ascii_${Date.now().toString(36)}`;
  await admin.query(
    `CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
  );
  return {
    url: databaseUrl(database.url, name),
    close: async () => {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
