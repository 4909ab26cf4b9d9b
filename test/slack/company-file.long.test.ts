import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '../../src/db/index.ts';
import { HOUR_MS } from '../../src/durations.ts';
import { createDigestSweep } from '../../src/ledger/index.ts';
import { createLogger } from '../../src/log.ts';
import { createSecretBox } from '../../src/org/index.ts';
import { COMPANY_TABLES } from '../../src/transfer/index.ts';
import { importSampleDeck, ingestApiRecords } from '../../src/usage/index.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type RefillRun, runRefill } from '../support/run-refill.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const SECRET_KEY = 'the source guards its secrets';
const OTHER_KEY = 'the target guards its own';
/** A call with a number, which the company's key codes. */
const CALL = {
  id: 'call-1',
  kind: 'call',
  direction: 'outbound',
  external_number: '+442079460000',
  seconds: 60,
};

let tryOut: TryOut;
let target: TestDatabase;
let folder: string;
let file: string;
let sentAt: string | undefined;

beforeAll(async () => {
  tryOut = await startTestTryOut({ historyDays: 18, secretKey: SECRET_KEY });
  target = await freshDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'refill-company-'));
  file = path.join(folder, 'acme.company');
  const { db, billing, secrets } = tryOut.app;
  await createDigestSweep({ db, clock: billing.clock, signer: secrets })(new AbortController().signal);
  expect(await send(db, SECRET_KEY)).toBe('posted');
}, 120_000);
afterAll(async () => {
  await tryOut?.close();
  await target?.close();
  await rm(folder, { recursive: true, force: true });
});

function refill(url: string, env: Record<string, string>, ...args: string[]): Promise<RefillRun> {
  return runRefill([...args, '--as', 'anna'], {
    DATABASE_URL: url,
    SLACK_BOT_TOKEN: 'xoxb-not-used',
    SLACK_SIGNING_SECRET: 'not-used-by-the-command-line',
    SLACK_API_URL: 'http://127.0.0.1:1',
    STRIPE_SECRET_KEY: 'sk_test_not_used',
    STRIPE_API_URL: 'http://127.0.0.1:1',
    ...env,
  });
}

/** Sends the call to an installation, as its phone system does. */
async function send(db: Db, ...keys: [string, ...string[]]): Promise<string | undefined> {
  const [key, ...old] = keys;
  const { clock } = tryOut.app.billing;
  const deps = { db, clock, log: createLogger('silent'), secrets: createSecretBox(key, old) };
  // Rates are each installation's own.
  await importSampleDeck(db, clock.now());
  sentAt ??= new Date(clock.now().getTime() - HOUR_MS).toISOString();
  const { seconds, ...call } = CALL;
  const record = { ...call, answered_at: sentAt, duration_seconds: seconds };
  const [answer] = await ingestApiRecords(deps, 1n, [record]);
  return answer?.outcome;
}

const here = (...args: string[]) => refill(tryOut.databaseUrl, { REFILL_SECRET_KEY: SECRET_KEY }, ...args);
const there = (...args: string[]) => refill(target.url, { REFILL_SECRET_KEY: OTHER_KEY }, ...args);
/** With the other installation's key, as long as it takes to import. */
const moveThere = (...args: string[]) =>
  refill(
    target.url,
    { REFILL_SECRET_KEY: OTHER_KEY, REFILL_SECRET_KEY_OLD: SECRET_KEY },
    'company',
    'import',
    '--file',
    ...args,
  );

/** What a command wrote that has to succeed. */
async function done(run: Promise<RefillRun>): Promise<RefillRun> {
  const { status, stdout, stderr } = await run;
  expect([status, stderr.split('\n').slice(1).join('\n')]).toEqual([0, '']);
  return { status, stdout, stderr };
}

const digestIn = ({ stdout }: RefillRun) => /Digest of what was posted: ([0-9a-f]{64}) /.exec(stdout)?.[1];

/** Every table's rows as one checksum, and how many; without the columns that an import may not take as they are. */
async function contentOf(url: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const content: Record<string, unknown> = {};
    for (const { table, replaced = {}, where = 'true' } of COMPANY_TABLES) {
      const left = [
        ...Object.keys(replaced),
        'key_encrypted',
        'bundle_id',
        'suspended_at',
        'suspended_reason',
      ];
      const isEvent = table === 'audit' ? `AND action NOT LIKE 'company-__ported'` : '';
      const { rows } = await client.query(
        `SELECT count(*), md5(coalesce(string_agg(line, ';' ORDER BY line), '')) AS content FROM (
          SELECT (to_jsonb(${table}) - $1::text[])::text AS line FROM ${table}
          WHERE ${where.replace('$company', '1')} ${isEvent}) AS lines`,
        [left],
      );
      content[table] = rows[0];
    }
    return content;
  } finally {
    await client.end();
  }
}

/** Exports the company in a moment without a change, as the app goes on beside the tests; and what it has then. */
async function exportAtRest(): Promise<{ exported: RefillRun; content: Record<string, unknown> }> {
  for (;;) {
    const content = await contentOf(tryOut.databaseUrl);
    const exported = await done(here('company', 'export', '--company', '1', '--file', file, '--force'));
    if (isDeepStrictEqual(content, await contentOf(tryOut.databaseUrl))) return { exported, content };
  }
}

it('a company goes to another installation with everything it has, under the same digest, and verifies there', async () => {
  const { exported, content: before } = await exportAtRest();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const text = gunzipSync(await readFile(file)).toString('latin1');
  for (const secret of [
    ...(await tryOut.app.db.card.findMany()).map(({ processorId }) => processorId),
    ...(await tryOut.app.db.apiKey.findMany()).map(({ keyHash }) => keyHash),
    ...(await tryOut.app.db.usageWebhook.findMany()).flatMap((row) => [row.token, row.secretEncrypted]),
    ...(await tryOut.app.db.eventEndpoint.findMany()).map((row) => row.secretEncrypted),
    ...(await tryOut.app.db.workspace.findMany()).map((row) => row.botTokenEncrypted),
    ...(await tryOut.app.db.directorySource.findMany()).map((row) => row.keyEncrypted),
  ])
    expect(text).not.toContain(secret);

  // Without the key that coded the phone numbers a usage that is sent again would be posted again.
  expect(await there('company', 'import', '--file', file)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/Import with that one as REFILL_SECRET_KEY_OLD/),
  });
  expect(await target.db.company.count()).toBe(0);
  const imported = await done(moveThere(file));
  expect(imported.stdout).toMatch(/It is suspended/);
  expect(digestIn(imported)).toBe(digestIn(exported));
  expect(digestIn(imported)).toMatch(/./);

  const after = await contentOf(target.url);
  // Roles are of a workspace that is not installed there, and the catalogue is each installation's own.
  for (const content of [before, after])
    for (const table of ['role_assignment', 'bundle']) delete content[table];
  expect(after).toEqual(before);
  const filled = Object.values(before).filter((of) => (of as { count: string }).count !== '0');
  expect(filled.length).toBeGreaterThan(25);
  await done(there('verify'));
  expect(await there('books', 'digest')).toMatchObject({
    status: 0,
    stdout: (await here('books', 'digest')).stdout,
  });
  const { actor } = await target.db.audit.findFirstOrThrow({ where: { action: 'company-imported' } });
  expect(actor).toBe('operator:anna');
});

it('goes on there: numbers that are given out are new, and usage that is sent again is known', async () => {
  const { officeId } = await tryOut.app.db.usageRecord.findFirstOrThrow({
    where: { officeId: { not: null } },
  });
  const { name } = await target.db.office.findFirstOrThrow({ where: { id: officeId ?? 0n } });
  const grant = [
    'credit',
    'grant',
    '--company',
    '1',
    '--office',
    name,
    '--amount',
    '20',
    '--reason',
    'moved',
  ];
  await done(there(...grant));
  await done(there('company', 'resume', '--company', '1', '--reason', 'moved'));
  await done(there('company', 'add', '--name', 'Beta', '--office', 'Oslo:NO'));
  expect((await target.db.company.findFirstOrThrow({ where: { name: 'Beta' } })).id).toBe(2n);
  await done(there('verify'));
  expect(await send(target.db, OTHER_KEY)).toBe('duplicate');
  const [source, moved] = await Promise.all(
    [tryOut.app.db, target.db].map((db) => db.numberKey.findFirst({ where: { companyId: 1n } })),
  );
  const open = (sealed: string) => tryOut.app.secrets.open(sealed, 'number_key.key_encrypted 1');
  expect(open(source?.keyEncrypted ?? '')).toMatch(/./);
  expect(() => open(moved?.keyEncrypted ?? '')).toThrow();
});

it('refuses a company that is there, and a file that is cut off, changed or of another format, having changed nothing', async () => {
  expect(await moveThere(file)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/Acme Corp \(1\) is in this installation already\. Nothing was changed\./),
  });
  const other = path.join(folder, 'other.company');
  await here('company', 'add', '--name', 'Gamma', '--office', 'Oslo:NO');
  await done(here('company', 'export', '--company', 'Gamma', '--file', other));
  expect(await moveThere(other)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/Number 2 is Beta here, and Gamma keeps its number/),
  });
  const whole = await readFile(file);
  const lines = gunzipSync(whole).toString('latin1');
  const bad = path.join(folder, 'bad.company');
  const refusal = async (content: Buffer): Promise<string> => {
    await writeFile(bad, content);
    const { status, stderr } = await moveThere(bad);
    expect(status).toBe(1);
    return stderr;
  };
  const changed = (from: string | RegExp, to: string) =>
    gzipSync(Buffer.from(lines.replace(from, to), 'latin1'));
  expect(await refusal(whole.subarray(0, whole.length / 2))).toMatch(
    /bad\.company cannot be imported: it is cut off\. Nothing was changed\./,
  );
  expect(await refusal(changed('San Francisco', 'San Fran'))).toMatch(/it was changed after it was made/);
  expect(await refusal(changed('"refillCompany":1', '"refillCompany":2'))).toMatch(
    /is of format 2, and this version of Refill reads format 1\. Import it with a newer version\./,
  );
  expect(await refusal(Buffer.from('no file of ours'))).toMatch(/it is no company’s file, or damaged/);
  expect(await refusal(changed('"migrations":[', '"migrations":["29990101000000_later",'))).toMatch(
    /was made by a newer version of Refill \(29990101000000_later\)/,
  );
  expect(await here('company', 'export', '--company', '1', '--file', file)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/is there already\. Choose another name, or add --force/),
  });
});

it('without the key of the other installation a usage that is sent again is not known as the same, which has to be accepted', async () => {
  const elsewhere = await freshDatabase();
  const importThere = (...more: string[]) =>
    refill(elsewhere.url, { REFILL_SECRET_KEY: OTHER_KEY }, 'company', 'import', '--file', file, ...more);
  try {
    expect((await importThere()).stderr).toMatch(/or with --new-number-key: then usage from before/);
    expect(await elsewhere.db.company.count()).toBe(0);
    const { stdout } = await done(importThere('--new-number-key'));
    expect(stdout).toMatch(/Its key for phone numbers is made anew\./);
    expect(await send(elsewhere.db, OTHER_KEY)).toBe('conflict');
    await done(refill(elsewhere.url, { REFILL_SECRET_KEY: OTHER_KEY }, 'verify'));
  } finally {
    await elsewhere.close();
  }
});

it('books of a try-out and of live money never meet, and a role that may not load rows is told which may', async () => {
  const elsewhere = await freshDatabase();
  const owner = new pg.Client({ connectionString: elsewhere.url });
  await owner.connect();
  try {
    const { mode } = await tryOut.app.db.instance.findFirstOrThrow();
    const other = mode === 'live' ? 'sandbox' : 'live';
    await elsewhere.db.instance.create({ data: { id: 1, mode: other, createdAt: new Date() } });
    const env = { REFILL_SECRET_KEY: SECRET_KEY };
    const importTo = (url: string) => refill(url, env, 'company', 'import', '--file', file);
    expect((await importTo(elsewhere.url)).stderr).toMatch(
      /The file is of a .* installation, and this one is .*: their books never meet\. Nothing was changed\./,
    );
    await elsewhere.db.instance.deleteMany();
    await owner.query(await readFile('prisma/runtime-role.sql', 'utf8'));
    await owner.query(`ALTER ROLE refill_app LOGIN PASSWORD 'of-the-test-only'`);
    const asApp = new URL(elsewhere.url);
    asApp.username = 'refill_app';
    asApp.password = 'of-the-test-only';
    expect((await importTo(asApp.href)).stderr).toMatch(/needs the role that owns the tables/);
    expect(await elsewhere.db.company.count()).toBe(0);
  } finally {
    await owner.query('DROP OWNED BY refill_app; ALTER ROLE refill_app NOLOGIN').catch(() => undefined);
    await owner.end();
    await elsewhere.close();
  }
});

it('an import that dies on its way leaves nothing, and can be made again', async () => {
  const elsewhere = await freshDatabase();
  const [holder, watcher] = [1, 2].map(() => new pg.Client({ connectionString: elsewhere.url }));
  if (holder === undefined || watcher === undefined) throw new Error('no clients');
  await Promise.all([holder.connect(), watcher.connect()]);
  try {
    // The last table of the file cannot be written to, so the import waits with all the others done.
    await holder.query('BEGIN; LOCK TABLE audit IN EXCLUSIVE MODE');
    const env = { REFILL_SECRET_KEY: SECRET_KEY };
    const dying = refill(elsewhere.url, env, 'company', 'import', '--file', file);
    const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    let pid: number | undefined;
    let isOver = false;
    void dying.finally(() => {
      isOver = true;
    });
    while (pid === undefined && !isOver) pid = (await watcher.query<{ pid: number }>(waiting)).rows[0]?.pid;
    await watcher.query('SELECT pg_terminate_backend($1)', [pid]);
    expect(await dying).toMatchObject({ status: 1 });
    await holder.query('ROLLBACK');
    expect(await elsewhere.db.company.count()).toBe(0);
    expect(await elsewhere.db.entry.count()).toBe(0);
    await done(refill(elsewhere.url, env, 'company', 'import', '--file', file));
    expect(await refill(elsewhere.url, env, 'verify'));
  } finally {
    await Promise.all([holder.end(), watcher.end()]);
    await elsewhere.close();
  }
});

it('money under way keeps a company from being exported', async () => {
  const { db } = tryOut.app;
  const order = await db.purchaseOrder.findFirstOrThrow({ where: { state: 'settled', kind: 'purchase' } });
  const { id, receiptNumber, settledAt } = order;
  const at = (data: object) =>
    db.purchaseOrder.update({ where: { companyId_id: { companyId: 1n, id } }, data });
  await at({ state: 'stuck', receiptNumber: null, settledAt: null });
  const file = path.join(folder, 'open.company');
  expect(await here('company', 'export', '--company', '1', '--file', file)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/as money is under way: order P-\d{6} \(stuck\)\. Nothing was written/),
  });
  await expect(stat(file)).rejects.toThrow();
  await at({ state: 'settled', receiptNumber, settledAt });
});
