import { createHmac } from 'node:crypto';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requiredEvents } from '../../src/billing/index.ts';
import { type Db, openDb } from '../../src/db/index.ts';
import { createLogger } from '../../src/log.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import {
  CHANNEL_ID,
  type Installation,
  prepareInstallation,
  SECRETS,
  writeOperatorFile,
} from '../rehearsal/installation.ts';
import { fillIn, readInstructions, type Step } from '../rehearsal/read-instructions.ts';
import { fetchApi } from '../support/api-document.ts';

/**
 * A company of five people is set up from an empty database by docs/operate/set-up.md alone, in live mode: each of its commands runs
 * as it is written, with only the values below in place of its examples.
 */
const steps = readInstructions();
const CHANNEL = '#phone-credits';
const PUBLIC_URL = 'https://refill.example.com';

let installation: Installation;
let driver: Driver;
let db: Db;
let placeholders: Record<string, string>;
const used = new Set<string>();
let env: Record<string, string> = {};
let output = '';

beforeAll(async () => {
  installation = await prepareInstallation();
  driver = installation.slack.driver;
  placeholders = {
    'postgres://refill:PASSWORD@db.example.com:5432/refill': installation.databaseUrl,
    'A-LONG-RANDOM-TEXT': SECRETS.secretKey,
    'xoxb-YOUR-TOKEN': SECRETS.botToken,
    'YOUR-SIGNING-SECRET': SECRETS.signingSecret,
    sk_live_YOUR_KEY: SECRETS.stripeKey,
    whsec_YOUR_SECRET: SECRETS.stripeWebhook,
    'rates.csv': path.resolve('src/rating/data/sample-deck.csv'),
    'dialpad.key': await writeOperatorFile(installation, 'dialpad.key', installation.phones.key),
    C0123456789: CHANNEL_ID,
    // Known once `company add` has printed it.
    'K7QM-2WXT-9FHB': '',
  };
});
afterAll(async () => {
  await db?.$disconnect();
  await installation?.close();
});

async function follow(step: Step): Promise<void> {
  if (step.kind === 'events') return await createEndpoint(step.names);
  if (step.kind === 'env') {
    for (const [name, value] of Object.entries(step.values))
      env = { ...env, [name]: fillIn(value, placeholders, used) };
    return;
  }
  if (step.kind === 'slack') {
    expect(await driver.command(step.person, CHANNEL, fillIn(step.text, placeholders, used))).toEqual({
      ok: true,
    });
    if (step.text.includes('link'))
      await driver.eventually(
        async () => (await db.workspace.count({ where: { companyId: { not: null } } })) === 1,
      );
    return;
  }
  const line = fillIn(step.line, placeholders, used);
  if (line === 'npm start') {
    await installation.start(line, env, /Refill answers at/);
    return;
  }
  const done = await installation.run(line, env);
  expect([line, done.status], done.output).toEqual([line, 0]);
  output += done.output;
  if (line.includes('migrate'))
    db = await openDb({ url: installation.databaseUrl, poolSize: 2, log: createLogger('silent') });
  if (line.includes('company add'))
    placeholders['K7QM-2WXT-9FHB'] = /\/credits link (\S+)/.exec(done.output)?.[1] ?? 'none printed';
}

/** What the page has done on Stripe's own page. */
async function createEndpoint(events: string[]): Promise<void> {
  const { hostname, port } = new URL(installation.processor.url);
  const stripe = new Stripe(SECRETS.stripeKey, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
  });
  await stripe.webhookEndpoints.create({
    url: `${PUBLIC_URL}/webhooks/stripe`,
    enabled_events: events as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
  });
}

const ids = async (office: string) => {
  const { id, companyId } = await db.office.findFirstOrThrow({ where: { name: office } });
  return { companyId, office: `office:${id}`, id };
};

type Seen = Awaited<ReturnType<Driver['messages']>>[number];

async function finds(user: string, channel: string, actionId: string): Promise<Seen> {
  return await driver.eventually(async () =>
    (await driver.messages(user, channel)).findLast(({ blocks }) =>
      JSON.stringify(blocks).includes(`"${actionId}"`),
    ),
  );
}

async function click(user: string, channel: string, actionId: string): Promise<void> {
  const message = await finds(user, channel, actionId);
  const container = { kind: 'message', conversationId: message.conversationId, ts: message.ts } as const;
  expect(await driver.click(user, container, { actionId })).toEqual({ ok: true });
}

const opens = (user: string, callbackId: string) =>
  driver.eventually(async () => (await driver.views(user)).at(-1)?.callbackId === callbackId);

/** Buys, from the form to the end of what the buyer can do. */
async function buy(user: string, choice: string, office?: string): Promise<void> {
  await opens(user, 'purchase_form');
  const form = choice === '' ? {} : { other: choice };
  expect(await driver.submit(user, { ...form, ...(office === undefined ? {} : { scope: office }) })).toEqual({
    ok: true,
  });
  await opens(user, 'purchase_review');
  expect(await driver.submit(user)).toEqual({ ok: true });
}

const settled = (kind: string, count: number) =>
  driver.eventually(
    async () => (await db.purchaseOrder.count({ where: { kind, state: 'settled' } })) >= count,
  );

describe('docs/operate/set-up.md', () => {
  it('names the processor’s events that the app reacts to', () => {
    expect(steps.find((step) => step.kind === 'events')).toEqual({
      kind: 'events',
      names: requiredEvents({ mirrorsInvoices: false }),
    });
  });

  it('sets up a company from an empty database, each command as written and each done', async () => {
    for (const step of steps) await follow(step);
    expect([...used].sort()).toEqual(Object.keys(placeholders).sort());
    const roles = await db.roleAssignment.findMany({ select: { role: true }, orderBy: { role: 'asc' } });
    expect(roles.map(({ role }) => role)).toEqual([
      'company_admin',
      'company_admin',
      'office_admin',
      'manager',
    ]);
  }, 300_000);

  it('a card is added, checked and confirmed by the amount of its charge', async () => {
    await driver.command('ana', CHANNEL, '/credits card');
    await click('ana', CHANNEL, 'card_add');
    const link = await driver.eventually(async () => {
      const text = JSON.stringify(await driver.messages('ana', CHANNEL));
      return /https:\/\/refill\.example\.com(\/billing\/card\/[\w-]+)/.exec(text)?.[1];
    });
    const page = await fetch(`${installation.appUrl}${link}`, { redirect: 'manual' });
    const card = new URLSearchParams({ number: '4242 4242 4242 4242', expiry: '12 / 34', cvc: '123' });
    const saved = await fetch(page.headers.get('location') ?? '', {
      method: 'POST',
      body: card,
      redirect: 'manual',
    });
    await fetch((saved.headers.get('location') ?? '').replace(PUBLIC_URL, installation.appUrl));
    await click('ana', 'dm', 'card_claim');
    const amount = await driver.eventually(async () => {
      const check = await db.cardCheck.findFirst({ where: { state: 'waiting' } });
      return check !== null && (Number(check.amountMicros) / 1e6).toFixed(2);
    });
    await click('ana', CHANNEL, 'card_amount');
    await opens('ana', 'card_amount_form');
    expect(await driver.submit('ana', { card_amount: amount })).toEqual({ ok: true });
    await driver.eventually(async () => (await db.card.count({ where: { isDefault: true } })) === 1);
  });

  it('an admin buys; above the approval limit the second admin approves first', async () => {
    await driver.close('ana', { all: true });
    await driver.command('ana', CHANNEL, '/credits add');
    await buy('ana', '5.20', (await ids('San Francisco')).office);
    await settled('purchase', 1);
    await driver.close('ana', { all: true });
    await driver.command('ana', CHANNEL, '/credits add');
    await buy('ana', '200', (await ids('New York')).office);
    await click('bo', 'dm', 'approval_approve');
    await settled('purchase', 2);
  });

  it('usage comes by API and by the vendor’s signed webhook, is rated, and auto-recharge follows', async () => {
    await driver.close('ana', { all: true });
    const { companyId, id: officeId } = await ids('San Francisco');
    const { id: walletId } = await db.wallet.findFirstOrThrow({ where: { companyId, officeId } });
    await driver.command('ana', CHANNEL, '/credits auto-recharge');
    await opens('ana', 'recharge_form');
    const view = (await driver.views('ana')).at(-1);
    await driver.click(
      'ana',
      { kind: 'view', viewId: view?.id ?? '' },
      { actionId: 'recharge_scope' },
      `${walletId}`,
    );
    await driver.eventually(async () =>
      JSON.stringify((await driver.views('ana')).at(-1)?.blocks).includes(`is_on:${walletId}`),
    );
    expect(await driver.submit('ana', { is_on: 'on', threshold: '5', amount: '25', cap: '100' })).toEqual({
      ok: true,
    });
    await driver.eventually(async () => (await db.rechargeSetting.count({ where: { isOn: true } })) === 1);
    const key = /rk_\S+/.exec(output)?.[0] ?? '';
    // Rates are in force from their import, so these calls begin now: thirty minutes at one cent.
    const calls = Array.from({ length: 30 }, (_, index) => ({
      id: `call-${index}`,
      kind: 'call',
      direction: 'outbound',
      internal_number: '+14155550106',
      external_number: '+442071838750',
      answered_at: new Date().toISOString(),
      duration_seconds: 60,
    }));
    const sent = await fetchApi(`${installation.appUrl}/v1/usage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(calls),
    });
    const { records } = (await sent.json()) as { records: unknown[] };
    expect(records).toEqual(calls.map(({ id }) => ({ id, outcome: 'posted', isAttributed: true })));
    expect((await postVendorEvent()).status).toBe(200);
    await driver.eventually(async () => (await db.usageRecord.count()) === calls.length + 1);
    await settled('recharge', 1);
  }, 150_000);

  it('a member requests credits, and the admin of their office answers with a purchase', async () => {
    await driver.eventually(
      async () => (await db.member.count({ where: { slackUserId: 'U0PRIYA00' } })) === 1,
    );
    await driver.command('priya', CHANNEL, '/credits request 20 for the fair');
    await driver.eventually(async () => (await db.creditRequest.count({ where: { state: 'open' } })) === 1);
    await click('ana', CHANNEL, 'request_add');
    await buy('ana', '');
    await driver.eventually(async () => (await db.creditRequest.count({ where: { state: 'bought' } })) === 1);
  }, 150_000);

  it('the manager exports the usage as a file', async () => {
    await driver.command('marco', CHANNEL, '/credits export');
    await opens('marco', 'export_form');
    expect(await driver.submit('marco', {})).toEqual({ ok: true });
    await driver.eventually(async () => (await db.usageExport.count({ where: { state: 'done' } })) === 1);
    const messages = await driver.messages('marco', 'dm');
    const file = messages.flatMap(({ files }) => files).at(-1);
    const sent = await fetch(new URL(file?.url ?? '', installation.slack.pageUrl));
    const rows = parse(await sent.text(), { bom: true }) as string[][];
    expect(rows.slice(1).map((row) => row[5])).toEqual(['New York']);
  });

  it('doctor finds nothing, and the books hold', async () => {
    const doctor = await installation.run('npx refill doctor --json 2>/dev/null', env);
    expect(doctor.status, doctor.output).toBe(0);
    const { checks } = JSON.parse(doctor.output) as { checks: { id: string; result: string }[] };
    expect(checks.filter(({ result }) => result !== 'ok').map(({ id }) => id)).toEqual([
      // Refill does not have the processor send invoices here.
      'invoice-email',
    ]);
    const verify = await installation.run('npx refill verify', env);
    expect(verify.status, verify.output).toBe(0);
    expect(visibleText(await driver.messages('ana', CHANNEL))).not.toMatch(/went wrong/);
  });
});

/** A finished call, as the phone system sends it to the address that was made for it. */
async function postVendorEvent(): Promise<Response> {
  const [endpoint] = installation.phones.endpoints;
  const at = Date.now();
  const event = {
    call_id: 5_600_000_000_000_001,
    state: 'hangup',
    direction: 'outbound',
    external_number: '+442071838751',
    internal_number: '+12125550105',
    date_started: at,
    date_connected: at,
    date_ended: at + 60_000,
    duration: 60_000,
    total_duration: 65_000,
    contact: { id: 1, type: 'local', name: 'x', phone: '+442071838751', email: '' },
    target: { id: 2, type: 'user', name: 'y', phone: '+12125550105', email: '' },
    is_internal: false,
    event_timestamp: at + 61_000,
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(event)}`;
  const signature = createHmac('sha256', endpoint?.secret ?? '')
    .update(unsigned)
    .digest('base64url');
  const address = (endpoint?.hook_url ?? '').replace(PUBLIC_URL, installation.appUrl);
  return await fetch(address, { method: 'POST', body: `${unsigned}.${signature}` });
}
