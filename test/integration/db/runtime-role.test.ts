import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { type Db, migrateDatabase, openDb } from '../../../src/db/index.ts';
import {
  correctUsage,
  eraseNumbers,
  explainByDay,
  lapseExpired,
  placeHold,
  refundUsage,
  sweepLedger,
  usageTotals,
} from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { enqueue, type JobHandlers, startWorker } from '../../../src/queue/index.ts';
import { jobs } from '../../../src/queue/jobs.ts';
import { parseDeck } from '../../../src/rating/index.ts';
import { eraseNumber, erasePerson, importDeck } from '../../../src/usage/index.ts';
import { emptyDatabase } from '../../support/database.ts';
import { BRANCH, findings, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

const log = createLogger('silent');
const PASSWORD = 'of-the-test-only';

let database: { url: string; close(): Promise<void> };
let owner: pg.Client;
/** The same database, as the app's role. */
let url: string;
let db: Db;

beforeAll(async () => {
  database = await emptyDatabase({ template: inject('templateDatabase') });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const grants = await readFile('prisma/runtime-role.sql', 'utf8');
  await owner.query(grants);
  await owner.query(grants);
  await owner.query(`ALTER ROLE refill_app LOGIN PASSWORD '${PASSWORD}'`);
  const asApp = new URL(database.url);
  asApp.username = 'refill_app';
  asApp.password = PASSWORD;
  url = asApp.href;
  db = await openDb({ url, poolSize: 4, log });
});
afterAll(async () => {
  await db?.$disconnect();
  await owner?.query('DROP OWNED BY refill_app; ALTER ROLE refill_app NOLOGIN');
  await owner?.end();
  await database?.close();
});

it('the app’s role starts on a migrated database, keeps books and works jobs', async () => {
  expect(await migrateDatabase({ url, log })).toEqual([]);
  const books = await openBooks(db);
  const { companyId } = books;
  const why = { companyId, actor: 'test', reason: 'Test', at: november(5) };
  await books.grant('calling', '3', { until: november(4) });
  await books.grant('general', '20');
  const [first, second] = [books.usage({ cost: '5' }), books.usage({ cost: '1' })];
  await books.post([first, second]);
  await refundUsage(db, { ...why, key: 'refund', source: first.source, externalId: first.externalId });
  await correctUsage(db, { numberKey, ...why, key: 'correct', usage: { ...second, officeId: BRANCH } });
  const hold = { companyId, key: 'hold', officeId: null, class: 'calls', amount: dollars('1') } as const;
  await placeHold(db, { ...hold, expiresAt: november(9), at: november(5) });
  await lapseExpired(db, companyId, november(6));
  await sweepLedger({ db, clock: new MovableClock(0, () => november(7).getTime()) });
  const wallet = await db.walletSummed.findFirstOrThrow({ where: { companyId } });
  const period = { from: november(1), to: november(8), timeZone: 'UTC' };
  expect((await explainByDay(db, { ...wallet, ...period }))?.lines).not.toEqual([]);
  expect(await usageTotals(db, { companyId, ...period, by: ['member'] })).not.toEqual([]);
  await sweepLedger({ db, clock: new MovableClock(0, () => november(45).getTime()) });
  expect(await db.usageRecord.count({ where: { companyId, facts: { not: null } } })).toBe(0);
  expect(await eraseNumbers(db, { companyId, number: first.externalNumber ?? '' })).toBe(4n);
  expect(await findings(db)).toEqual([]);
  await workOneJob(companyId);
});

async function workOneJob(companyId: bigint): Promise<void> {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const handlers: unknown = Object.fromEntries(
    Object.keys(jobs).map((name) => [name, async () => (name === 'match-people' ? finish() : undefined)]),
  );
  const worker = startWorker({ databaseUrl: url, handlers: handlers as JobHandlers, log, concurrency: 1 });
  await enqueue(db, 'match-people', { companyId }, { queue: 'one', key: 'one' });
  await finished;
  await worker.stop();
  const left = `SELECT FROM graphile_worker.jobs WHERE task_identifier = 'match-people'`;
  expect((await owner.query(left)).rows).toEqual([]);
}

const denied = /permission denied|must be owner/;

it.each(['entry', 'entry_split', 'usage_record', 'posting', 'audit'])(
  'may not change, delete or empty %s, with the triggers or without them',
  async (table) => {
    await expect(db.$executeRawUnsafe(`UPDATE ${table} SET company_id = company_id`)).rejects.toThrow(denied);
    await expect(db.$executeRawUnsafe(`DELETE FROM ${table}`)).rejects.toThrow(denied);
    await expect(db.$executeRawUnsafe(`TRUNCATE ${table}`)).rejects.toThrow(denied);
    await expect(db.$executeRawUnsafe(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)).rejects.toThrow(denied);
  },
);

it.each([
  'book',
  'wallet',
  'credit_grant',
  'hold',
  'usage_rollup',
  'usage_kind_rollup',
  'usage_member_rollup',
  'entry_rollup',
  'wallet_summed',
])('may not delete what lives on in %s', async (table) => {
  await expect(db.$executeRawUnsafe(`DELETE FROM ${table}`)).rejects.toThrow(denied);
});

it.each([
  'purchase_order',
  'payment_attempt',
  'subscription',
  'subscription_period',
  'invoice',
  'invoice_item',
  'dispute',
  'card',
  'card_check',
  'approval',
  'credit_adjustment',
])('may not delete from %s what verify connects credits with', async (table) => {
  await expect(db.$executeRawUnsafe(`DELETE FROM ${table}`)).rejects.toThrow(denied);
});

it.each(['_prisma_migrations', 'applied_function_file'])('may not write the books of %s', async (table) => {
  await expect(db.$executeRawUnsafe(`DELETE FROM ${table}`)).rejects.toThrow(denied);
});

it('is told that erasing a number or a person needs the owner, before any of it is erased', async () => {
  const books = await openBooks(db);
  const { companyId } = books;
  const call = books.usage({});
  await books.post([call]);
  const deps = { db, clock: new MovableClock(0, () => november(5).getTime()) };
  const number = call.externalNumber ?? '';
  const facts = { names: [], emails: [], slackIds: [], numbers: [number] };
  const person = { companyId, memberIds: [], slackId: null, facts, isInPhoneSystem: false };
  const refused = { code: 'not-owner' };
  await expect(eraseNumber(deps, { companyId, number, reason: 'asked' })).rejects.toMatchObject(refused);
  await expect(erasePerson(deps, person, 'asked')).rejects.toMatchObject(refused);
  expect(await db.usageRecord.count({ where: { companyId, externalNumber: number } })).toBe(1);
});

it('imports rates, which are compared in tables of the transaction', async () => {
  const imported = await importDeck(db, {
    deck: parseDeck('prefix,rate\n44,0.02'),
    fileName: 'tariff.csv',
    from: null,
    mode: 'full',
    force: false,
    fillWithSamples: false,
    dryRun: false,
    actor: 'operator',
    at: november(5),
  });
  expect(imported).toMatchObject({ outcome: 'imported', stored: 1 });
});

it('may neither make tables nor replace the ledger’s functions', async () => {
  await expect(db.$executeRaw`CREATE TABLE mine ()`).rejects.toThrow(denied);
  await expect(db.$executeRaw`DROP FUNCTION ledger_lapse`).rejects.toThrow(denied);
});
