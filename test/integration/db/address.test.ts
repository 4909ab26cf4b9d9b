import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { migrateDatabase, openDb, tryDatabase } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { createDatabase } from '../../support/create-database.ts';
import { emptyDatabase } from '../../support/database.ts';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from '../../support/start-pgbouncer.ts';

const log = createLogger('silent');
const CA = path.resolve('test/support/tls/ca.pem');
const AT = new Date('2026-11-29T12:00:00Z');

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).toReversed()) await close();
});

/** A database of its own, changed by statements in which $db is its name. */
async function database(
  { migrated = false, options = '' }: { migrated?: boolean; options?: string },
  ...statements: string[]
): Promise<{ url: string; name: string }> {
  const { url, close } = migrated
    ? await createDatabase(inject('testServerUrl'), { template: inject('templateDatabase') })
    : await createDatabase(inject('testServerUrl'), { options });
  cleanUp.push(close);
  const name = new URL(url).pathname.slice(1);
  for (const statement of statements) await run(url, statement.replaceAll('$db', `"${name}"`));
  return { url, name };
}

async function run<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** What a client's session is, and when it thinks a time was. */
async function session(url: string) {
  const db = await openDb({ url, poolSize: 2, log });
  try {
    const [row] = await db.$queryRaw<Record<string, unknown>[]>`
      SELECT current_setting('TimeZone') AS zone, current_setting('search_path') AS path,
        current_setting('statement_timeout') AS timeout, current_setting('jit') AS jit,
        extract(epoch FROM ${AT}::timestamptz)::float8 * 1000 AS at`;
    return row;
  } finally {
    await db.$disconnect();
  }
}
const SOUND = { zone: 'UTC', path: 'public', timeout: '30s', jit: 'off', at: AT.getTime() };

describe('a session is what it must be, whatever is said elsewhere', () => {
  it('by ?options=, the database and the role', async () => {
    const { url } = await database(
      { migrated: true },
      `ALTER DATABASE $db SET timezone = 'America/New_York'`,
      `ALTER DATABASE $db SET datestyle = 'German'`,
      'ALTER DATABASE $db SET jit = on',
      'CREATE SCHEMA app',
      'ALTER DATABASE $db SET search_path = app',
    );
    const options = '-c TimeZone=Asia/Tokyo -c search_path=app -c statement_timeout=0';
    expect(await session(`${url}?options=${encodeURIComponent(options)}`)).toEqual(SOUND);
    expect(await session(url)).toEqual(SOUND);
  });

  it('so that tables are made in public where the role looks elsewhere', async () => {
    const { url } = await database({}, 'CREATE SCHEMA app', 'ALTER DATABASE $db SET search_path = app');
    await migrateDatabase({ url, log });
    const rows = await run(
      url,
      `SELECT DISTINCT schemaname AS name FROM pg_tables WHERE tablename = 'company'`,
    );
    expect(rows).toEqual([{ name: 'public' }]);
  });
});

describe('a database that cannot be used is refused at once in one sentence', () => {
  const ASCII = `ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'`;
  const role = `limited_${randomBytes(4).toString('hex')}`;

  it.each([
    ['another encoding', { options: ASCII }, [], 'database-unfit', /SQL_ASCII.*ENCODING 'UTF8'/],
    [
      'read-only',
      { migrated: true },
      ['ALTER DATABASE $db SET default_transaction_read_only = on'],
      'database-unfit',
      /read-only/,
    ],
  ])('%s', async (_what, how, statements, code, sentence) => {
    const { url } = await database(how, ...statements);
    const refusal = { code, message: expect.stringMatching(sentence) };
    await expect(migrateDatabase({ url, log })).rejects.toMatchObject(refusal);
    expect(await tryDatabase({ url, log })).toMatchObject({ patience: 'none', error: refusal });
  });

  it('a wrong password, a database that is not there, a role without rights', async () => {
    const { url } = await database({}, `CREATE ROLE ${role} LOGIN PASSWORD 'p#1'`);
    cleanUp.unshift(() => run(inject('testServerUrl'), `DROP ROLE ${role}`).then(() => undefined));
    const as = (password: string, name?: string): string => {
      const address = new URL(url);
      address.username = role;
      address.password = password;
      if (name !== undefined) address.pathname = name;
      return address.href;
    };
    await expect(openDb({ url: as('wrong'), poolSize: 1, log })).rejects.toMatchObject({
      code: 'database-refused',
      message: expect.stringMatching(/password/),
    });
    await expect(openDb({ url: as('p#1', 'nowhere'), poolSize: 1, log })).rejects.toMatchObject({
      code: 'database-refused',
      message: expect.stringMatching(/CREATE DATABASE "nowhere"/),
    });
    await expect(migrateDatabase({ url: as('p#1'), log })).rejects.toMatchObject({
      code: 'database-rights',
      message: expect.stringMatching(/^[^\n]*OWNER TO [^\n]*$/),
    });
  });

  it('the command line and the app print that sentence and nothing else', async () => {
    const { url } = await database({ options: ASCII });
    const env = {
      DATABASE_URL: url,
      REFILL_ROLE: 'all',
      SLACK_BOT_TOKEN: 'xoxb-nobody',
      SLACK_SIGNING_SECRET: 'nobody-signs',
      STRIPE_SECRET_KEY: 'sk_test_nobody',
      REFILL_SECRET_KEY: 'a key of sixteen characters and more',
      REFILL_PLAY_MONEY: 'yes',
      REFILL_PUBLIC_URL: 'https://refill.example.com',
    };
    const programs = [['dist/cli/index.js', 'company', 'list'], ['dist/main.js']];
    const printed = programs.map(async (program) => {
      const child = spawn(process.execPath, program, {
        env: { PATH: process.env.PATH ?? '', ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString();
      });
      const [code] = (await once(child, 'close')) as [number];
      expect(errors).toMatch(
        /^(Database: [^\n]*\n)?The database [^\n]* is encoded in SQL_ASCII: [^\n]*\.\n$/,
      );
      expect(code).not.toBe(0);
    });
    await Promise.all(printed);
  });
});

describe.skipIf(!hasPgBouncer)('behind PgBouncer', () => {
  let inSession: PgBouncer;
  let byTransaction: PgBouncer;
  let ignoring: PgBouncer;
  let encrypted: PgBouncer;
  beforeAll(async () => {
    const server = inject('testServerUrl');
    [inSession, byTransaction, ignoring, encrypted] = await Promise.all([
      startPgBouncer(server, { poolMode: 'session' }),
      startPgBouncer(server, { poolMode: 'transaction' }),
      startPgBouncer(server, {
        poolMode: 'transaction',
        settings: [
          'ignore_startup_parameters = options,statement_timeout,idle_in_transaction_session_timeout',
          'server_round_robin = 1',
        ],
      }),
      startPgBouncer(server, { poolMode: 'session', tls: true }),
    ]);
  });
  afterAll(() =>
    Promise.all([inSession, byTransaction, ignoring, encrypted].map((pooler) => pooler?.stop())),
  );

  it('in session mode, out of the box, everything works: migrations and sessions', async () => {
    const { url, name } = await database({}, `ALTER DATABASE $db SET timezone = 'America/New_York'`);
    await migrateDatabase({ url: inSession.url(name), log });
    expect(await session(inSession.url(name))).toEqual(SOUND);
    // Other tests of this server migrate databases of their own meanwhile.
    const left = `SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
      WHERE locktype = 'advisory' AND objid = 72707369 AND datname = current_database()`;
    expect(await run(url, left)).toEqual([]);
    await expect(
      openDb({ url: inSession.url(name, '?options=-c%20jit%3Doff'), poolSize: 2, log }),
    ).rejects.toMatchObject({
      code: 'database-refused',
      message: expect.stringMatching(/remove \?options=/),
    });
  });

  it('in transaction mode nothing is begun, and nothing is left locked', async () => {
    const { url, name } = await database({});
    for (const pooler of [byTransaction, ignoring]) {
      const refusal = {
        code: 'database-unfit',
        message: expect.stringMatching(/transaction mode.*session mode/),
      };
      await expect(migrateDatabase({ url: pooler.url(name), log })).rejects.toMatchObject(refusal);
      await expect(openDb({ url: pooler.url(name), poolSize: 2, log })).rejects.toMatchObject(refusal);
    }
    expect((await migrateDatabase({ url, log, waitMs: 1_000 })).length).toBeGreaterThan(0);
  });

  it('a certificate is checked: known authority and name work, everything else is refused', async () => {
    const { name } = await database({ migrated: true });
    const url = encrypted.url(name);
    expect(await session(`${url}?sslmode=require&sslrootcert=${CA}`)).toEqual(SOUND);
    expect(await session(`${url}?sslmode=no-verify`)).toEqual(SOUND);
    const byNumber = url.replace('localhost', '127.0.0.1');
    expect(await session(`${byNumber}?sslmode=verify-ca&sslrootcert=${CA}`)).toEqual(SOUND);
    for (const [wrong, sentence] of [
      [`${url}?sslmode=require`, /sslrootcert=/],
      [`${byNumber}?sslmode=verify-full&sslrootcert=${CA}`, /another host name/],
      [inSession.url(name, '?sslmode=require'), /remove sslmode/],
    ] as const) {
      await expect(openDb({ url: wrong, poolSize: 2, log })).rejects.toMatchObject({
        code: 'database-refused',
        message: expect.stringMatching(sentence),
      });
    }
  });
});

it('a migration lock ends with the process that held it', async () => {
  const { url } = await emptyDatabase();
  const holder = new pg.Client({ connectionString: url });
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query('BEGIN; SELECT pg_advisory_xact_lock(72707369)');
  const refused = await migrateDatabase({ url, log, waitMs: 100 }).catch((error: Error) => error.message);
  const pid = /pg_terminate_backend\((\d+)\)/.exec(String(refused))?.[1];
  const waiting = migrateDatabase({ url, log, waitMs: 20_000 });
  await run(url, `SELECT pg_terminate_backend(${pid})`);
  expect((await waiting).length).toBeGreaterThan(0);
});
