import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/db/embedded/index.ts';
import { migrateDatabase } from '../../src/db/index.ts';
import { readSchemaFiles } from '../../src/db/read-schema-files.ts';
import { createLogger, type Logger } from '../../src/log.ts';
import { databaseUrl } from './database-url.ts';

/** A PostgreSQL server for one test run, with a migrated template database on it. */
export interface TestCluster {
  readonly serverUrl: string;
  readonly templateDatabase: string;
  close(): Promise<void>;
}

const log = createLogger('warn');
/** Test databases older than this were left by runs that were killed. */
const ABANDONED_AFTER_MS = 60 * 60_000;
/** Nothing has to survive a test run. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' };

/**
 * Starts an embedded server in a temporary folder, or uses the one that TEST_DATABASE_URL names, which saves about a
 * second a run and lets its databases be looked at afterwards.
 */
export async function startTestCluster(): Promise<TestCluster> {
  const existing = process.env.TEST_DATABASE_URL;
  if (existing !== undefined && existing !== '') {
    await dropAbandoned(existing);
    return {
      serverUrl: existing,
      templateDatabase: await prepareTemplate(existing),
      close: async () => undefined,
    };
  }
  return await startOwnCluster(log);
}

/** Starts an embedded server of the caller's own, which comes back when it is stopped from outside. */
export async function startOwnCluster(log: Logger): Promise<TestCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-test-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const server = await startEmbeddedPostgres({
      dataFolder: path.join(folder, 'data'),
      log,
      settings: FAST,
    });
    const close = async () => {
      await server.stop();
      await removeFolder();
    };
    const serverUrl = server.url('postgres');
    try {
      return { serverUrl, templateDatabase: await prepareTemplate(serverUrl), close };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/**
 * Makes the template unless it is there. It is named after the content of migrations and functions, so that runs of different
 * versions on one server do not disturb each other, and gets that name only once it is complete.
 */
async function prepareTemplate(serverUrl: string): Promise<string> {
  const { migrations, functions } = await readSchemaFiles();
  const files = [...migrations, ...functions];
  const fingerprint = createHash('sha256').update(files.map((file) => file.name + file.checksum).join());
  const name = `refill_template_${fingerprint.digest('hex').slice(0, 16)}`;
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  try {
    await admin.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 1) return name;
    const unfinished = `${name}_unfinished`;
    await admin.query(`DROP DATABASE IF EXISTS "${unfinished}" WITH (FORCE)`);
    await admin.query(`CREATE DATABASE "${unfinished}"`);
    await migrateDatabase({ url: databaseUrl(serverUrl, unfinished), log });
    await admin.query(`ALTER DATABASE "${unfinished}" RENAME TO "${name}"`);
    // Nobody may connect: a session in the template would make every clone fail.
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    return name;
  } finally {
    await admin.end();
  }
}

async function dropAbandoned(serverUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE datname LIKE 'refill\\_test\\_%' AND datname <> current_database()`,
    );
    for (const { name } of rows) {
      const madeAtMs = Number.parseInt(name.split('_')[2] ?? '', 36);
      if (Date.now() - madeAtMs < ABANDONED_AFTER_MS) continue;
      await admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    }
  } finally {
    await admin.end();
  }
}
