import { addBundle, ensureCustomer } from '../../../src/billing/index.ts';
import { systemClock } from '../../../src/clock.ts';
import { type Db, inTransaction } from '../../../src/db/index.ts';
import { grantCredits, postUsage } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars, toMicros } from '../../../src/money.ts';
import { saveWorkspace } from '../../../src/org/index.ts';
import { startCardProcessor } from '../../../src/sandbox/stripe/index.ts';
import { type RunningApp, startApp } from '../../../src/start/app.ts';
import { callOf } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import type { ProofServer } from '../proof-server.ts';
import { ACME, type Account, GLOBEX, IDENTITIES, SENDERS } from './people.ts';
import { openSlackDesk, type SlackDesk } from './slack-desk.ts';

const STRIPE_KEY = 'sk_test_access_proof';
export const SIGNING_SECRET = 'access-proof-signing-secret';
const PLENTY = dollars('1000000');

/** What is on show in a company and nowhere else: who may not see it must find none of it in an answer. */
export interface Marks {
  offices: readonly [string, string];
  /** Of each office's credits, as they are written. */
  balances: readonly [string, string];
  last4: string;
  /** Somebody of the directory who is not the member that asks, and the number they called. */
  colleague: string;
  called: string;
}

export interface Estate {
  company: TestCompany;
  marks: Marks;
  wallets: readonly [bigint, bigint];
}

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

const TOKENS = new Map([
  ['xoxb-access-acme', ACME],
  ['xoxb-access-globex', GLOBEX],
]);

export async function buildWorld(server: ProofServer): Promise<World> {
  const [database, books] = await Promise.all([server.migrated(), server.empty()]);
  const failures: string[] = [];
  const log = createLogger('error', { write: (line) => void failures.push(line) });
  const processor = await startCardProcessor({
    port: 0,
    databaseUrl: books.url,
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
  const acme = await buildEstate(app, ACME, {
    offices: ['Harbour Row', 'Kestrel Yard'],
    balances: ['7,313.13', '8,414.14'],
    last4: '4242',
    colleague: 'Quentin Ashdown',
    called: '+442079460101',
  });
  const globex = await buildEstate(app, GLOBEX, {
    offices: ['Maple Court', 'Birch Lane'],
    balances: ['5,151.51', '6,262.62'],
    last4: '4444',
    colleague: 'Yolanda Bixby',
    called: '+442079460202',
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

async function buildEstate(app: RunningApp, teamId: string, marks: Marks): Promise<Estate> {
  const { db, billing } = app;
  const company = await testCompany(db, {
    name: teamId === ACME ? 'Acme' : 'Globex',
    teamId,
    pooled: false,
    limits: { min: dollars('5'), max: PLENTY, perDay: PLENTY.times(1_000), exposure: PLENTY },
    offices: marks.offices.map((name) => ({ name, country: 'US' })),
  });
  const { companyId, officeIds } = company;
  const at = systemClock.now();
  const token = [...TOKENS].find(([, team]) => team === teamId)?.[0] ?? '';
  await saveWorkspace(app, { teamId, name: teamId, botToken: token, botUserId: 'UBOT', botId: 'BBOT', at });
  await db.company.update({
    where: { id: companyId },
    data: { approvalLimitMicros: toMicros(dollars('500')), cardCheck: 'every' },
  });
  await ensureCustomer(billing, companyId);
  await putCardOnFile(billing, companyId, marks.last4 === '4242' ? 'pm_card_visa' : 'pm_card_mastercard');
  const wallets = await inTransaction(db, async (tx) => {
    for (const [i, balance] of marks.balances.entries())
      await grantCredits(tx, {
        companyId,
        officeId: officeIds[i] ?? null,
        kind: 'general',
        // What the colleague's call costs is taken from it.
        amount: dollars(balance.replaceAll(',', '')).plus(dollars('1.75')),
        key: `opening-${i}`,
        source: 'opening',
        reference: 'access',
        actor: 'operator',
        reason: 'To be guarded',
        at,
      });
    return await tx.wallet.findMany({
      where: { companyId, officeId: { not: null } },
      orderBy: { officeId: 'asc' },
    });
  });
  for (const [i, officeId] of officeIds.entries()) {
    const { id: memberId } = await db.member.create({
      data: {
        companyId,
        officeId,
        kind: 'person',
        name: i === 0 ? marks.colleague : 'Toby Marsh',
        licence: 'pro',
      },
    });
    const call = {
      ...callOf(company, '1.75'),
      officeId,
      memberId,
      externalNumber: marks.called,
      usageAt: at,
    };
    await postUsage(db, { companyId, at, records: [call] });
  }
  await db.department.create({ data: { companyId, officeId: company.officeIds[0], name: 'Sales' } });
  const [here, there] = wallets.map(({ id }) => id);
  if (here === undefined || there === undefined) throw new Error('each office has its wallet');
  return { company, marks, wallets: [here, there] };
}

/** Everybody whom the matrix knows, with the role that the company gave. */
async function employ(db: Db, { companyId, officeIds }: TestCompany): Promise<void> {
  for (const sender of SENDERS) {
    const { teamId, userId, role } = IDENTITIES[sender];
    const isThere = sender === 'company_admin' || role === null || teamId !== ACME;
    if (!isThere)
      await db.roleAssignment.create({
        data: {
          companyId,
          teamId,
          userId,
          role: role.role,
          officeId: role.office === null ? null : (officeIds[role.office] ?? null),
          grantedBy: 'test',
          grantedAt: new Date('2026-11-02T09:00:00Z'),
        },
      });
  }
  const priya = {
    kind: 'person',
    name: 'Priya Natarajan',
    licence: 'pro',
    slackUserId: IDENTITIES.member.userId,
  };
  await db.member.create({ data: { companyId, officeId: officeIds[0], ...priya } });
}

async function sell(db: Db, name: string, price: string): Promise<bigint> {
  const offer = { name, kind: 'calling', period: 'monthly' } as const;
  const terms = { credit: dollars(price), price: dollars(price), at: systemClock.now() };
  return (await addBundle(db, { ...offer, ...terms })).id;
}
