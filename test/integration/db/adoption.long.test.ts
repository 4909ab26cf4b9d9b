import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { describeCatalog } from '../../../src/db/describe-catalog.ts';
import { type Db, migrateDatabase, openDb, readSchemaState } from '../../../src/db/index.ts';
import { postUsage, readBalance, refundUsage, setPooled } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { readNumberKey } from '../../../src/org/index.ts';
import { convertUsage } from '../../../src/usage/index.ts';
import { correctAsBefore, postAsBefore } from '../../support/before-personal-facts.ts';
import { emptyDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, november, openBooks } from '../../support/ledger.ts';
import { secrets } from '../../support/number-key.ts';

/** The migrations that the baseline stands for, as they were. */
const OLD = path.resolve('test/fixtures/migrations-before-baseline');
const BASELINE = '20261129000000_baseline';
const log = createLogger('silent');

let database: { url: string; close(): Promise<void> };
let client: pg.Client;
let folder: string;
const dbs: Db[] = [];

beforeEach(async () => {
  database = await emptyDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  folder = await mkdtemp(path.join(tmpdir(), 'refill-adoption-'));
});
afterEach(async () => {
  for (const db of dbs.splice(0)) await db.$disconnect();
  await client.end();
  await database.close();
  await rm(folder, { recursive: true });
});

const update = () => migrateDatabase({ url: database.url, log });
const convert = () => convertUsage({ url: database.url, secrets, clock: systemClock, log });

/** A database as the version before the baseline left it, or one that had fewer or more of the migrations. */
async function oldDatabase({ without = 0, more = [] as string[] } = {}): Promise<void> {
  const migrations = path.join(folder, 'old');
  await mkdir(migrations);
  const names = (await readdir(OLD)).sort();
  for (const name of names.slice(0, names.length - without))
    await cp(path.join(OLD, name), path.join(migrations, name), { recursive: true });
  for (const name of more)
    await cp(path.resolve('prisma/migrations', name), path.join(migrations, name), { recursive: true });
  await migrateDatabase({ url: database.url, log, folder: migrations });
}

async function open(): Promise<Db> {
  const db = await openDb({ url: database.url, poolSize: 4, log });
  dbs.push(db);
  return db;
}

/** The numbers that keys of the version before have in them. */
const NUMBERS = ['+442071838750', '+442071838751', '+442071838752', '+442071838753'] as const;

/** Something of everything: credits of all kinds, usage, debt, a refund, corrections, holds, a move, and stored events. */
async function liveOn(db: Db, books: Books): Promise<void> {
  const { companyId } = books;
  const why = { companyId, actor: 'test', reason: 'Test', at: november(5) };
  await books.grant('general', '20');
  await books.grant('calling', '3');
  await books.grant('ai', '1', { office: null });
  const usages = Array.from({ length: 40 }, (_, at) =>
    books.usage({
      cost: '0.7',
      ...(at % 3 === 0 ? { officeId: BRANCH } : {}),
      ...(at % 5 === 0 ? { class: 'ai' } : {}),
    }),
  );
  const calls = NUMBERS.map((number, at) =>
    books.usage({
      source: 'dialpad',
      externalId: `call:70${at}:${number}`,
      externalNumber: number,
      version: 5n,
      cost: '0.7',
    }),
  );
  const records = [...usages, ...calls];
  await postAsBefore(db, { companyId, at: november(4), records });
  const [first, second] = usages;
  const [call, text] = calls;
  if (first === undefined || second === undefined || call === undefined || text === undefined)
    throw new Error('there are usages');
  await refundUsage(db, { ...why, key: 'refund', source: first.source, externalId: first.externalId });
  await correctAsBefore(db, { ...why, key: 'correct', usage: { ...second, officeId: BRANCH } });
  await books.grant('general', '30');
  // What was debt and is filled comes back as a grant, whose reference is the usage's key.
  await refundUsage(db, { ...why, key: 'refund-call', source: call.source, externalId: call.externalId });
  const key = `event:dialpad:${text.externalId}:9`;
  await correctAsBefore(db, { ...why, key, usage: { ...text, version: 9n, durationMs: 90_000 } });
  for (const hold of ['hold', 'settled'])
    await db.$queryRaw`
      SELECT ledger_place_hold(${companyId}, ${hold}, NULL, 'calls', 1000000, ${november(9)}, ${november(5)})`;
  await db.$queryRaw`
    INSERT INTO usage_leg (company_id, source, external_id, leg, version, event, received_at)
    SELECT company_id, source, external_id, '1', 1, jsonb_build_object('externalId', external_id), posted_at
    FROM usage_record WHERE company_id = ${companyId} AND source = 'dialpad' AND revision = 0`;
  await db.$queryRaw`
    INSERT INTO usage_inbox (company_id, source, external_id, reason, words, event, received_at)
    VALUES (${companyId}, 'dialpad', 'message:9:+442071838759', 'waiting', 'late',
      '{"externalId": "message:9:+442071838759"}', ${november(5)}),
      (${companyId}, 'dialpad', 'unread:' || repeat('0a', 32), 'waiting', 'odd', '{"unread": "{}"}', ${november(5)})`;
  await setPooled(db, { ...why, key: 'share', pooled: true });
}

async function recorded(): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1',
  );
  return rows.map(({ name }) => name);
}

/** The catalog of a database that was made by this version. */
async function newCatalog(): Promise<string> {
  const fresh = await emptyDatabase({ template: inject('templateDatabase') });
  const other = new pg.Client({ connectionString: fresh.url });
  await other.connect();
  try {
    return await describeCatalog(other);
  } finally {
    await other.end();
    await fresh.close();
  }
}

it('a database of the version before, with data, is adopted whole, posted to and verified', async () => {
  await oldDatabase();
  const before = await open();
  const books = await openBooks(before);
  await liveOn(before, books);
  const entries = await before.entry.findMany({ orderBy: [{ walletId: 'asc' }, { seq: 'asc' }] });
  expect(entries.length).toBeGreaterThan(40);
  expect(await readSchemaState({ url: database.url })).toMatchObject({
    state: 'older',
    pending: expect.arrayContaining([BASELINE, 'functions/post-usage']),
  });

  expect(await update()).toEqual(expect.arrayContaining([BASELINE, 'functions/post-usage']));
  expect((await recorded())[0]).toBe(BASELINE);
  const state = () => readSchemaState({ url: database.url });
  expect(await state()).toMatchObject({ state: 'older', pending: ['conversion/usage'] });
  const db = await open();
  const stored = await db.entry.findMany({ orderBy: [{ walletId: 'asc' }, { seq: 'asc' }] });
  expect(stored).toEqual(entries);
  expect(await findings(db)).toEqual([]);
  expect(await convert()).toBe(true);
  expect(await state()).toMatchObject({ state: 'current', pending: [] });
  expect(await describeCatalog(client)).toBe(await newCatalog());
  expect(await update()).toEqual([]);
  expect(await convert()).toBe(false);

  expect(await findings(db)).toEqual([]);
  const blank = (rows: typeof entries) => rows.map((entry) => ({ ...entry, reference: '', seal: 0n }));
  const converted = await db.entry.findMany({ orderBy: [{ walletId: 'asc' }, { seq: 'asc' }] });
  expect(blank(converted)).toEqual(blank(entries));
  await books.post([books.usage({ cost: '2' })], november(6));
  expect(await findings(db)).toEqual([]);
  expect((await readBalance(db, books.companyId, november(6))).pooled).toBe(true);
});

it('a converted database has no number in any key, and knows what was posted before', async () => {
  await oldDatabase();
  const before = await open();
  const books = await openBooks(before);
  await liveOn(before, books);
  await update();
  await convert();
  const db = await open();
  const { companyId } = books;
  const KEYS: [string, string][] = [
    ['usage_record', 'external_id'],
    ['entry', 'reference'],
    ['credit_grant', 'reference'],
    ['posting', 'key'],
    ['posting', 'result::text'],
    ['usage_leg', 'external_id || event::text'],
    ['usage_inbox', 'external_id || event::text'],
  ];
  for (const [table, column] of KEYS) {
    const { rows } = await client.query(`SELECT FROM ${table} WHERE ${column} LIKE '%4420718387%'`);
    expect(rows, `${table}.${column}`).toEqual([]);
  }
  const unread = await client.query(`SELECT FROM usage_inbox WHERE external_id ~ '^unread:[\\w-]{22}$'`);
  expect(unread.rows).toHaveLength(1);

  const numberKey = await readNumberKey({ db, secrets, clock: systemClock }, companyId);
  const [, , number] = NUMBERS;
  const facts = { source: 'dialpad', externalNumber: number, version: 5n, cost: '0.7' };
  const call = books.usage({ ...facts, externalId: `call:702:${numberKey.codeOf(number)}` });
  const again = (usage: typeof call) =>
    postUsage(db, { companyId, at: november(6), numberKey, records: [usage] });
  expect(await again(call)).toEqual([{ outcome: 'duplicate' }]);
  expect(await again({ ...call, externalNumber: '+442071830000' })).toMatchObject([{ outcome: 'conflict' }]);
  const why = { actor: 'test', reason: 'Test', at: november(6) };
  await refundUsage(db, { ...why, companyId, key: 'late', source: 'dialpad', externalId: call.externalId });
  expect(await findings(db)).toEqual([]);
});

it('a process that dies while it converts leaves books that verify, and the next start goes on', async () => {
  await oldDatabase();
  const before = await open();
  const all = [await openBooks(before), await openBooks(before)];
  for (const books of all) await liveOn(before, books);
  await update();
  const last = all.map(({ companyId }) => companyId).reduce((a, b) => (a > b ? a : b));
  const count = async (condition: string) =>
    (await client.query(`SELECT FROM usage_record WHERE ${condition}`)).rowCount ?? 0;
  const unconverted = await count('numbers_digest IS NULL');

  await client.query('BEGIN');
  await client.query('SELECT FROM book WHERE company_id = $1 FOR UPDATE', [last.toString()]);
  const dying = convert().catch((error: unknown) => error);
  for (let ended = 0; ended === 0; ) {
    await client.query('SELECT pg_stat_clear_snapshot()');
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND query LIKE '%ledger_convert_usage%' AND datname = current_database()`,
    );
    ended = rowCount ?? 0;
  }
  await client.query('COMMIT');
  expect(await dying).toBeInstanceOf(Error);
  expect(await count('numbers_digest IS NULL')).toBe(unconverted / 2);
  const db = await open();
  expect(await findings(db)).toEqual([]);
  expect(await readSchemaState({ url: database.url })).toMatchObject({ pending: ['conversion/usage'] });

  expect(await convert()).toBe(true);
  expect(await count('numbers_digest IS NULL')).toBe(0);
  expect(await findings(db)).toEqual([]);
});

it('a record that was changed by hand before it is converted is still found after', async () => {
  await oldDatabase();
  const before = await open();
  const books = await openBooks(before);
  await liveOn(before, books);
  await update();
  const changed = 'call:703:+442071838753';
  await client.query('SET session_replication_role = replica');
  await client.query(`UPDATE usage_record SET external_number = '+15005550006' WHERE external_id = $1`, [
    changed,
  ]);
  await client.query(`UPDATE entry SET reason = 'mine' WHERE reference = $1`, [changed]);
  await convert();
  const found = await findings(await open());
  expect(found.map(({ check, table }) => [check, table])).toEqual([
    ['seal', 'entry'],
    ['seal', 'usage_record'],
  ]);
});

it('forms that are open while it is converted go on under the same tokens', async () => {
  await oldDatabase();
  await client.query(`
    INSERT INTO company (name, time_zone, country, billing_method, billing_day, pooled, purchase_min_micros,
      purchase_max_micros, purchase_daily_max_micros, exposure_limit_micros, created_at)
    VALUES ('Acme', 'UTC', 'US', 'card', 1, false, 1, 2, 3, 0, now());
    INSERT INTO recharge_draft (token, company_id, wallet_id, team_id, user_id, is_on, threshold_micros, amount_micros,
      cap_micros, created_at, setting_version, version)
    SELECT 'one', id, 7, 'T1', 'U1', true, 5000000, 50000000, 500000000, now(), 3, 2 FROM company;
    INSERT INTO recharge_draft (token, company_id, wallet_id, team_id, user_id, created_at)
    SELECT 'two', id, 8, 'T1', 'U1', now() FROM company;
    INSERT INTO settings_draft (token, company_id, team_id, user_id, shown, created_at)
    SELECT 'three', id, 'T1', 'U2', '[]', now() FROM company`);
  await update();
  const { rows } = await client.query(
    'SELECT token, kind, actor, version, data FROM draft ORDER BY kind, actor, token',
  );
  expect(rows).toEqual([
    {
      token: 'one',
      kind: 'recharge',
      actor: 'T1/U1',
      version: 2,
      data: {
        walletId: '7',
        settingVersion: 3,
        choice: { isOn: true, threshold: '5000000', amount: '50000000', cap: '500000000' },
      },
    },
    {
      token: 'two',
      kind: 'recharge',
      actor: 'T1/U1',
      version: 0,
      data: { walletId: '8', settingVersion: 0, choice: null },
    },
    { token: 'three', kind: 'settings', actor: 'T1/U2', version: 0, data: [] },
  ]);
});

it('orders of before have one line each, with their office, credit and balance; a recharge knows its wallet', async () => {
  await oldDatabase();
  const books = await openBooks(await open());
  const { companyId } = books;
  const { grantId } = await books.grant('general', '20', { office: BRANCH });
  await client.query(
    `INSERT INTO company (id, name, time_zone, country, billing_method, billing_day, pooled, purchase_min_micros,
      purchase_max_micros, purchase_daily_max_micros, exposure_limit_micros, created_at)
    OVERRIDING SYSTEM VALUE VALUES ($1, 'Acme', 'UTC', 'US', 'card', 1, false, 1, 2, 3, 0, now())`,
    [companyId],
  );
  await client.query(
    `INSERT INTO office (company_id, id, name, country, is_primary, created_at)
    OVERRIDING SYSTEM VALUE VALUES ($1, $2, 'Branch', 'US', false, now())`,
    [companyId, BRANCH],
  );
  const columns = `company_id, token, kind, state, office_id, amount_micros, method, user_id, created_at, confirmed_at,
    settled_at, receipt_number, balance_after_micros, grant_id, retry_at`;
  await client.query(
    `INSERT INTO purchase_order (${columns}) VALUES
      ($1, 'paid', 'purchase', 'settled', $2, 20000000, 'card', 'U1', now(), now(), now(), 1, 25000000, $3, NULL),
      ($1, 'waits', 'recharge', 'declined', $2, 50000000, 'card', 'U1', now(), now(), NULL, NULL, NULL, NULL, now()),
      ($1, 'shared', 'recharge', 'declined', NULL, 60000000, 'card', 'U1', now(), now(), NULL, NULL, NULL, NULL, now()),
      ($1, 'opened', 'purchase', 'draft', NULL, NULL, NULL, 'U1', now(), NULL, NULL, NULL, NULL, NULL, NULL)`,
    [companyId, BRANCH, grantId],
  );
  const facts = {
    kind: 'receipt',
    scopeLabel: 'Branch',
    amount: '20.00',
    balance: '25',
    receipt: 'R-000001',
  };
  await client.query(
    `INSERT INTO notice (company_id, dedupe_key, kind, team_id, channel_id, facts, revision, state, created_at)
    VALUES ($1, 'receipt:1', 'receipt', 'T1', 'C1', $2, 1, 'pending', now())`,
    [companyId, facts],
  );
  await update();
  await convert();
  const db = await open();
  const orders = await db.purchaseOrder.findMany({ include: { orderLines: true }, orderBy: { id: 'asc' } });
  const none = { grantId: null, balanceAfterMicros: null };
  const credited = { grantId, balanceAfterMicros: 25_000_000n };
  expect(orders.map(({ orderLines }) => orderLines)).toMatchObject([
    [{ position: 0, officeId: BRANCH, amountMicros: 20_000_000n, ...credited }],
    [{ position: 0, officeId: BRANCH, amountMicros: 50_000_000n, ...none }],
    [{ position: 0, officeId: null, amountMicros: 60_000_000n, ...none }],
    [],
  ]);
  const walletOf = async (officeId: bigint | null) =>
    (await db.wallet.findFirstOrThrow({ where: { companyId, officeId } })).id;
  expect(orders.map(({ rechargeWalletId }) => rechargeWalletId)).toEqual([
    null,
    await walletOf(BRANCH),
    await walletOf(null),
    null,
  ]);
  expect((await db.notice.findFirstOrThrow()).facts).toEqual({
    kind: 'receipt',
    amount: '20.00',
    receipt: 'R-000001',
    lines: [{ scopeLabel: 'Branch', amount: '20.00', balance: '25' }],
  });
});

it('a database of this version before the baseline landed is adopted, too', async () => {
  const more = (await readdir('prisma/migrations')).filter(
    (name) => name > BASELINE && name <= '20261129154000_recharge_job',
  );
  await oldDatabase({ more });
  expect((await update())[0]).toBe(BASELINE);
  expect(await convert()).toBe(false);
  expect(await describeCatalog(client)).toBe(await newCatalog());
});

it('two processes that start together adopt it once', async () => {
  await oldDatabase();
  const applied = (await Promise.all([update(), update()])).flat();
  expect(applied.filter((name) => name === BASELINE)).toHaveLength(1);
});

it('a process that dies while it adopts, and one that fails, leave the database as it was', async () => {
  await oldDatabase();
  const db = await open();
  await liveOn(db, await openBooks(db));
  const was = { catalog: await describeCatalog(client), recorded: await recorded() };
  const asItWas = async () =>
    expect({ catalog: await describeCatalog(client), recorded: await recorded() }).toEqual(was);

  // It waits for the table that the last of its steps writes to, so everything before is done when it dies.
  await client.query('BEGIN; LOCK TABLE rate_deck IN ACCESS EXCLUSIVE MODE');
  const dying = update().catch((error: unknown) => error);
  for (let ended = 0; ended === 0; ) {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE NOT granted AND relation = 'rate_deck'::regclass AND database = (
          SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    ended = rowCount ?? 0;
  }
  await client.query('COMMIT');
  expect(await dying).toBeInstanceOf(Error);
  await asItWas();

  const migrations = path.join(folder, 'new');
  await cp('prisma/migrations', migrations, { recursive: true });
  await mkdir(path.join(migrations, '99990101000000_bad'));
  await writeFile(path.join(migrations, '99990101000000_bad', 'migration.sql'), 'SELECT 1 FROM nowhere');
  const bad = { folder: migrations, functionsFolder: 'prisma/functions', adoptionFolder: 'prisma/adoption' };
  await expect(migrateDatabase({ url: database.url, log, ...bad })).rejects.toMatchObject({
    code: 'migration-failed',
  });
  await asItWas();

  const changing = 'UPDATE wallet SET general_micros = general_micros + 1';
  await writeFile(path.join(migrations, '99990101000000_bad', 'migration.sql'), changing);
  await expect(migrateDatabase({ url: database.url, log, ...bad })).rejects.toMatchObject({
    code: 'books-disagree',
    message: expect.stringContaining('wallets'),
  });
  await asItWas();
  expect((await update())[0]).toBe(BASELINE);
  expect(await findings(db)).toEqual([]);
});

it.each([
  [
    'a balance',
    'UPDATE wallet SET general_micros = general_micros + 1 WHERE general_micros > 0',
    /^The database's books do not hold, .*: company \d+, wallet \d+, .* should be \d+, is \d+ \(\w+\)\. The version/,
  ],
  [
    'an entry',
    `UPDATE entry SET actor = 'someone else' WHERE seq = 1`,
    /entry seq 1, seal should be .*\(seal\)/,
  ],
  ['a sum of usage', 'DELETE FROM usage_rollup', /usage_rollup .*\(rollup\)/],
])(
  'a database in which %s was changed around the ledger is not converted, by its own verification',
  async (_, offence, sentence) => {
    await oldDatabase();
    const db = await open();
    await liveOn(db, await openBooks(db));
    await client.query(`SET session_replication_role = replica; ${offence}; RESET session_replication_role`);
    await expect(update()).rejects.toMatchObject({
      code: 'books-disagree',
      message: expect.stringMatching(sentence),
    });
    expect(await recorded()).not.toContain(BASELINE);
  },
);

it('a database whose tables were changed by hand is refused with the first difference, and left as it is', async () => {
  await oldDatabase();
  await client.query('ALTER TABLE company ADD COLUMN note text');
  await expect(update()).rejects.toMatchObject({
    code: 'database-altered',
    message: expect.stringMatching(/1 differences, the first: unexpected: company\.\d+ note text/),
  });
  expect(await recorded()).not.toContain(BASELINE);
});

it('an older database than that is refused in one sentence', async () => {
  await oldDatabase({ without: 1 });
  const refusal = {
    code: 'database-too-old',
    message: expect.stringMatching(
      /^This database was made by .* \(its last migration is \w+\).*npm start -- --fresh$/,
    ),
  };
  await expect(update()).rejects.toMatchObject(refusal);
  await expect(readSchemaState({ url: database.url })).rejects.toMatchObject(refusal);
});
