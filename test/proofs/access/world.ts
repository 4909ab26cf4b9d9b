import { addBundle } from '../../../src/billing/index.ts';
import { systemClock } from '../../../src/clock.ts';
import type { Db } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { startCardProcessor } from '../../../src/stand-ins/local-processor/index.ts';
import { type RunningApp, startApp } from '../../../src/start/app.ts';
import type { ProofServer } from '../proof-server.ts';
import { buildEstate, type Estate, employ } from './estate.ts';
import { ACME, type Account, GLOBEX, IDENTITIES, SENDERS } from './people.ts';
import { openSlackDesk, type SlackDesk } from './slack-desk.ts';

const STRIPE_KEY = 'sk_test_access_proof';
export const SIGNING_SECRET = 'access-proof-signing-secret';

/** Two companies in workspaces of their own, and the app between them and Slack. */
export interface World {
  app: RunningApp;
  desk: SlackDesk;
  appUrl: string;
  databaseUrl: string;
  acme: Estate;
  globex: Estate;
  bundleIds: readonly [bigint, bigint];
  /** What the app logged as a failure. */
  failures: string[];
  close(): Promise<void>;
}

const TOKEN_OF_ACME = 'xoxb-access-acme';
const TOKEN_OF_GLOBEX = 'xoxb-access-globex';
const TOKENS = new Map([
  [TOKEN_OF_ACME, ACME],
  [TOKEN_OF_GLOBEX, GLOBEX],
]);

export async function buildWorld(server: ProofServer): Promise<World> {
  const [database, books] = await Promise.all([server.migrated(), server.empty()]);
  const failures: string[] = [];
  const log = createLogger('error', { write: (line) => void failures.push(line) });
  const processor = await startCardProcessor({
    port: 0,
    database: books.url,
    secretKey: STRIPE_KEY,
    clock: systemClock,
    log,
  });
  const desk = await openSlackDesk({ teamOf: (token) => TOKENS.get(token), accountOf });
  const app = await startApp({
    role: 'web',
    mode: 'sandbox',
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://127.0.0.1',
    databaseUrl: database.url,
    secretKey: 'the proof guards no secrets',
    slack: { apiUrl: desk.apiUrl, delivery: { kind: 'http', signingSecret: SIGNING_SECRET } },
    stripe: { secretKey: STRIPE_KEY, webhookSecret: undefined, apiUrl: processor.url },
    exportLimits: { records: 1_000, packAboveBytes: 1_000_000 },
    mirrorsInvoices: false,
    clock: systemClock,
    log,
  });
  const acme = await buildEstate(app, {
    teamId: ACME,
    botToken: TOKEN_OF_ACME,
    marks: {
      offices: ['Harbour Row', 'Kestrel Yard'],
      balances: ['7,313.13', '8,414.14'],
      last4: '4242',
      colleague: 'Quentin Ashdown',
      called: '+442079460101',
    },
  });
  const globex = await buildEstate(app, {
    teamId: GLOBEX,
    botToken: TOKEN_OF_GLOBEX,
    marks: {
      offices: ['Maple Court', 'Birch Lane'],
      balances: ['5,151.51', '6,262.62'],
      last4: '4444',
      colleague: 'Yolanda Bixby',
      called: '+442079460202',
    },
  });
  await employ(app.db, acme.company);
  return {
    app,
    desk,
    databaseUrl: database.url,
    appUrl: `http://127.0.0.1:${app.port}`,
    acme,
    globex,
    bundleIds: [await sell(app.db, 'Calling 60', '60'), await sell(app.db, 'Calling 80', '80')],
    failures,
    async close() {
      await app.stop();
      await processor.close();
      await desk.close();
      await Promise.all([database.close(), books.close()]);
    },
  };
}

function accountOf(teamId: string, userId: string): Account {
  const known = SENDERS.map((sender) => IDENTITIES[sender]).find(
    (each) => each.teamId === teamId && each.userId === userId,
  );
  return known?.account ?? (/^U[A-Z]+\d*$/.test(userId) ? 'full' : 'unknown');
}

async function sell(db: Db, name: string, price: string): Promise<bigint> {
  const offer = { name, kind: 'calling', period: 'monthly' } as const;
  const terms = { credit: dollars(price), price: dollars(price), at: systemClock.now() };
  return (await addBundle(db, { ...offer, ...terms })).id;
}
