import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { createStripeGateway } from '../../../src/billing/index.ts';
import { systemClock } from '../../../src/clock.ts';
import { type Db, openDb } from '../../../src/db/index.ts';
import { demoSeed } from '../../../src/demo/cast.ts';
import { createDemoCompany } from '../../../src/demo/index.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import {
  frozenWorld,
  type SlackWorkspace,
  startSlackWorkspace,
} from '../../../src/stand-ins/local-workspace/index.ts';
import { readManifestFile } from '../../../src/stand-ins/read-manifest.ts';
import { addDistance, type Passage } from './distance.ts';

const BOT_TOKEN = 'xoxb-crash-proof';
const SIGNING_SECRET = 'crash-proof-signing-secret';
const STRIPE_KEY = 'sk_test_crash_proof';
/** More than any proof sends. */
const REQUESTS_PER_SECOND = 10_000;
const log = createLogger('error');

export interface AppProcess {
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Everything around the app that survives when it is killed: database, workspace, processor. */
export interface Stage {
  db: Db;
  slack: SlackWorkspace;
  stripe: Stripe;
  /** Settles when the next one passes between the app and the processor. */
  nextPassage(passage: Passage): Promise<void>;
  /** The app's environment, as its operator's command line has it, too. */
  env: Record<string, string>;
  /** Where the app answers while it runs. */
  appUrl: string;
  /** Starts the app and waits until it answers; its clock goes so much ahead. */
  startApp(how?: { aheadMs?: number }): Promise<AppProcess>;
  close(): Promise<void>;
}

/** Sets the stage on two databases of one server, the app's a migrated one; the processor is another process, as in life. */
export async function setStage(
  urls: { app: string; sandbox: string },
  sabotage: string | undefined,
): Promise<Stage> {
  const port = await freePort();
  const processor = await startProcess(['src/stand-ins/local-processor/main.ts'], {
    CARD_PROCESSOR_DATABASE_URL: urls.sandbox,
    CARD_PROCESSOR_SECRET_KEY: STRIPE_KEY,
  });
  const { url: stripeUrl } = JSON.parse(processor.firstLine) as { url: string };
  const distant = await addDistance(stripeUrl);
  const db = await openDb({ url: urls.app, poolSize: 4, log });
  const manifest = readManifestFile();
  const slack = await startSlackWorkspace({
    database: urls.sandbox,
    clock: systemClock,
    log,
    pageFolder: 'dist/page',
    seed: demoSeed(manifest),
    tokens: { bot: BOT_TOKEN, app: 'xapp-unused' },
    scopes: manifest.botScopes,
    delivery: { kind: 'http', url: `http://127.0.0.1:${port}/slack/events`, signingSecret: SIGNING_SECRET },
    world: frozenWorld(systemClock),
  });
  const gateway = createStripeGateway({ secretKey: STRIPE_KEY, webhookSecret: undefined, apiUrl: stripeUrl });
  const secrets = createSecretBox(BOT_TOKEN);
  await createDemoCompany(
    { db, clock: systemClock, log, gateway, publicUrl: 'http://127.0.0.1', secrets },
    BOT_TOKEN,
  );
  await db.company.updateMany({ data: { purchaseDailyMaxMicros: 10n ** 15n } });
  const { hostname, port: stripePort } = new URL(stripeUrl);
  const env = {
    PORT: String(port),
    DATABASE_URL: urls.app,
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: slack.apiUrl,
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_API_URL: distant.url,
    REFILL_LOG: 'silent',
    REFILL_USAGE_REQUESTS_PER_SECOND: String(REQUESTS_PER_SECOND),
  };
  return {
    db,
    slack,
    stripe: new Stripe(STRIPE_KEY, { host: hostname, port: stripePort, protocol: 'http', telemetry: false }),
    nextPassage: distant.next,
    env,
    appUrl: `http://127.0.0.1:${port}`,
    async startApp({ aheadMs = 0 } = {}) {
      const app = await startProcess(['test/proofs/crash/app-process.ts'], {
        ...env,
        REFILL_AHEAD_MS: String(aheadMs),
        ...(sabotage === undefined ? {} : { REFILL_SABOTAGE: sabotage }),
      });
      return { kill: () => end(app.child, 'SIGKILL'), stop: () => end(app.child, 'SIGTERM') };
    },
    async close() {
      await slack.close();
      await db.$disconnect();
      await distant.close();
      await end(processor.child, 'SIGTERM');
    },
  };
}

async function startProcess(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ child: ChildProcess; firstLine: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const died = once(child, 'exit').then(() =>
    Promise.reject(new Error(`${args.join(' ')} ended before it was ready`)),
  );
  died.catch(() => undefined);
  const lines = createInterface({ input: child.stdout });
  const [firstLine] = (await Promise.race([once(lines, 'line'), died])) as [string];
  return { child, firstLine };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
