import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createStripeGateway } from '../../../src/billing/index.ts';
import { systemClock } from '../../../src/clock.ts';
import { type Db, openDb } from '../../../src/db/index.ts';
import { DEMO_CAST } from '../../../src/demo/cast.ts';
import { createDemoCompany } from '../../../src/demo/index.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox, saveWorkspace } from '../../../src/org/index.ts';
import { startCardProcessor } from '../../../src/stand-ins/local-processor/index.ts';
import { apiScope, createApiKey, createWebhook } from '../../../src/usage/index.ts';
import { freePort } from '../../support/free-port.ts';
import type { ProofServer } from '../proof-server.ts';
import { type FuzzedApp, startFuzzedApp } from './app-process.ts';
import { Harvest } from './harvest.ts';
import type { Breakage } from './sabotages.ts';
import { openSlackDesk, type SlackDesk } from './slack-desk.ts';

const BOT_TOKEN = 'xoxb-fuzz-proof';
const STRIPE_KEY = 'sk_test_fuzz_proof';
const SECRET_KEY = 'the proof guards no secrets';
/** A workspace that is known, and no company's. */
export const OTHER_TEAM = 'T0OTHER001';
/** More than the proof sends. */
const REQUESTS_PER_SECOND = '100000';

/** What requests are signed with, and where they go. */
export interface Addressed {
  appUrl: string;
  slackSecret: string;
  processorSecret: string;
  keys: { whole: string; scopeless: string; expired: string };
  webhook: { path: string; secret: string };
  /** The query of the second page of each list that has one, by its path. */
  cursors: Map<string, string>;
}

/** The demo company, the app in a process of its own, and what that talks to. */
export interface World extends Addressed {
  db: Db;
  app: FuzzedApp;
  desk: SlackDesk;
  harvest: Harvest;
  /** The app's environment, as its operator's command line has it, too. */
  env: Record<string, string>;
  /** Gives back the roles and credits that requests have taken. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function buildWorld(server: ProofServer, breakage: Breakage): Promise<World> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closing.toReversed()) await each();
  };
  try {
    return { ...(await build(server, breakage, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  server: ProofServer,
  breakage: Breakage,
  closing: (() => Promise<unknown>)[],
): Promise<Omit<World, 'close'>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-fuzz-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const [database, books] = await Promise.all([server.migrated(), server.empty()]);
  closing.push(database.close, books.close);
  const port = await freePort();
  const appUrl = `http://127.0.0.1:${port}`;
  const log = createLogger('silent');
  const [slackSecret, processorSecret] = ['fuzz-signing-secret', 'whsec_fuzz_proof'];
  const processor = await startCardProcessor({
    port: 0,
    database: books.url,
    secretKey: STRIPE_KEY,
    webhook: { url: `${appUrl}/webhooks/stripe`, secret: processorSecret },
    clock: systemClock,
    log,
  });
  closing.push(processor.close);
  const harvest = new Harvest();
  const desk = await openSlackDesk(harvest);
  closing.push(desk.close);
  const db = await openDb({ url: database.url, poolSize: 2, log });
  closing.push(() => db.$disconnect());
  const estate = await furnish(db, processor.url, `http://localhost:${port}`);
  const env = {
    PORT: String(port),
    REFILL_HOST: '127.0.0.1',
    REFILL_MONITORING: `127.0.0.1:${await freePort()}`,
    DATABASE_URL: database.url,
    REFILL_SECRET_KEY: SECRET_KEY,
    REFILL_USAGE_REQUESTS_PER_SECOND: REQUESTS_PER_SECOND,
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_SIGNING_SECRET: slackSecret,
    SLACK_API_URL: desk.apiUrl,
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_API_URL: processor.url,
    STRIPE_WEBHOOK_SECRET: processorSecret,
  };
  const app = await startFuzzedApp({ env, logFile: path.join(folder, 'app.log'), breakage: breakage.source });
  closing.push(app.stop);
  return { db, app, desk, harvest, env, cursors: new Map(), appUrl, slackSecret, processorSecret, ...estate };
}

/** The demo company with keys of each kind and a signed webhook, and a workspace that is nobody's. */
async function furnish(
  db: Db,
  processorUrl: string,
  publicUrl: string,
): Promise<Pick<World, 'keys' | 'webhook' | 'restore'>> {
  const clock = systemClock;
  const log = createLogger('silent');
  const secrets = createSecretBox(SECRET_KEY);
  const gateway = createStripeGateway({
    secretKey: STRIPE_KEY,
    webhookSecret: undefined,
    apiUrl: processorUrl,
  });
  const deps = { db, clock, log, gateway, publicUrl, secrets };
  await createDemoCompany(deps, BOT_TOKEN);
  await saveWorkspace(deps, {
    teamId: OTHER_TEAM,
    name: 'Elsewhere',
    botToken: `${BOT_TOKEN}-elsewhere`,
    botUserId: 'UBOT',
    botId: 'BBOT',
    at: clock.now(),
  });
  const { id: companyId } = await db.company.findFirstOrThrow();
  const named = { companyId, capture: 'posts' as const };
  const whole = await createApiKey(deps, { ...named, name: 'whole', scopes: apiScope.options });
  const scopeless = await createApiKey(deps, { companyId, name: 'one scope', scopes: ['limits:read'] });
  const expired = await createApiKey(deps, { ...named, name: 'expired', scopes: apiScope.options });
  await db.apiKey.updateMany({ where: { name: 'expired' }, data: { expiresAt: new Date(0) } });
  const webhook = await createWebhook(deps, companyId);
  const roles = await db.roleAssignment.findMany({ where: { companyId } });
  return {
    keys: { whole: whole.key, scopeless: scopeless.key, expired: expired.key },
    webhook,
    async restore() {
      const left = await db.roleAssignment.findMany({ where: { companyId } });
      const missing = roles.filter(({ userId }) => !left.some((each) => each.userId === userId));
      await db.roleAssignment.createMany({ data: missing.map(({ id: _, ...role }) => role) });
    },
  };
}

/** Who sends, with the role that the demo company gave; the last are nobody there. */
export const PEOPLE: readonly [string, ...string[]] = [
  'U0ANA00001',
  ...DEMO_CAST.map(({ id }) => id),
  'U0NOBODY01',
];
