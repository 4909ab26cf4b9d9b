import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrateDatabase, readSchemaState, requireCurrentSchema } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { emptyDatabase } from '../../support/database.ts';

const log = createLogger('silent');

let folder: string;
let database: { url: string; close(): Promise<void> };
let client: pg.Client;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refill-migrations-'));
  database = await emptyDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.close();
  await rm(folder, { recursive: true });
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(path.join(folder, name));
  await writeFile(path.join(folder, name, 'migration.sql'), sql);
}

const migrate = (options: { waitMs?: number } = {}) =>
  migrateDatabase({ url: database.url, log, folder, ...options });

async function tables(): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations' ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

describe('migrating', () => {
  it('applies what is missing in order of name, once', async () => {
    await addMigration('2_pear', 'ALTER TABLE apple RENAME TO pear');
    await addMigration('1_apple', 'CREATE TABLE apple (); CREATE TABLE core ()');
    expect(await migrate()).toEqual(['1_apple', '2_pear']);
    expect(await migrate()).toEqual([]);
    await addMigration('3_plum', 'CREATE TABLE plum ()');
    expect(await migrate()).toEqual(['3_plum']);
    expect(await tables()).toEqual(['core', 'pear', 'plum']);
  });

  it("installs the job queue first, so that a migration may use the queue's functions", async () => {
    await addMigration('1_enqueue', `SELECT graphile_worker.add_job('greet')`);
    await migrate();
    const { rows } = await client.query('SELECT task_identifier FROM graphile_worker.jobs');
    expect(rows).toEqual([{ task_identifier: 'greet' }]);
  });

  it('keeps nothing of a migration that fails, and all of those before it', async () => {
    await addMigration('1_good', 'CREATE TABLE good ()');
    await addMigration(
      '2_bad',
      'CREATE TABLE half ();\nINSERT INTO good DEFAULT VALUES;\nSELECT 1 FROM nowhere;',
    );
    await expect(migrate()).rejects.toMatchObject({
      code: 'migration-failed',
      message: expect.stringMatching(/2_bad failed .*nowhere.*line 3/),
    });
    expect(await tables()).toEqual(['good']);
    expect((await client.query('SELECT 1 FROM good')).rowCount).toBe(0);
    await writeFile(path.join(folder, '2_bad', 'migration.sql'), 'CREATE TABLE whole ()');
    expect(await migrate()).toEqual(['2_bad']);
  });

  it('refuses a migration that would end its own transaction', async () => {
    await addMigration('1_escape', 'CREATE TABLE early (); COMMIT;');
    await expect(migrate()).rejects.toMatchObject({
      code: 'migration-failed',
      message: expect.stringContaining('COMMIT'),
    });
  });

  it('runs each migration once however many processes start together', async () => {
    await addMigration('1_slow', 'SELECT pg_sleep(0.2); CREATE TABLE once ()');
    await addMigration('2_next', 'CREATE TABLE twice ()');
    const applied = await Promise.all([migrate(), migrate(), migrate(), migrate()]);
    expect(applied.flat().toSorted()).toEqual(['1_slow', '2_next']);
  });

  it('waits for another process that holds the migration lock, and says so when that takes too long', async () => {
    await addMigration('1_apple', 'CREATE TABLE apple ()');
    await client.query('SELECT pg_advisory_lock(72707369)');
    await expect(migrate({ waitMs: 100 })).rejects.toMatchObject({ code: 'migration-lock-timeout' });
    const patient = migrate();
    await client.query('SELECT pg_advisory_unlock(72707369)');
    expect(await patient).toEqual(['1_apple']);
  });
});

describe('a database that does not fit the files', () => {
  beforeEach(async () => {
    await addMigration('1_apple', 'CREATE TABLE apple ()');
    await addMigration('2_pear', 'CREATE TABLE pear ()');
    await migrate();
  });

  it('is refused when an applied migration was edited', async () => {
    await appendFile(path.join(folder, '1_apple', 'migration.sql'), '\n-- harmless?');
    await expect(migrate()).rejects.toMatchObject({ code: 'migration-edited' });
  });

  it('is refused when an applied migration is missing', async () => {
    await rm(path.join(folder, '1_apple'), { recursive: true });
    await expect(migrate()).rejects.toMatchObject({ code: 'migration-missing' });
  });

  it('is refused when a newer version of the app has migrated it, and is left as it is', async () => {
    await rm(path.join(folder, '2_pear'), { recursive: true });
    await expect(migrate()).rejects.toMatchObject({ code: 'database-ahead' });
    expect(await tables()).toEqual(['apple', 'pear']);
  });

  it('is refused when another tool left a migration half done', async () => {
    await client.query(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_pear'`);
    await expect(migrate()).rejects.toMatchObject({ code: 'migration-unfinished' });
  });
});

describe('function files', () => {
  const books = readFile('prisma/migrations/20261129153000_functions_by_file/migration.sql', 'utf8').then(
    (sql) => sql.slice(sql.indexOf('CREATE TABLE applied_function_file')),
  );
  let functionsFolder: string;
  const files = () => ({ url: database.url, folder, functionsFolder });
  const update = () => migrateDatabase({ ...files(), log });
  const addFunctions = (name: string, sql: string) =>
    writeFile(path.join(functionsFolder, `${name}.sql`), sql);
  const answering = (value: number, name = 'answer') =>
    `CREATE OR REPLACE FUNCTION ${name}() RETURNS int LANGUAGE sql AS $$ SELECT ${value} $$;`;
  const answer = async () => (await client.query<{ answer: number }>('SELECT answer()')).rows[0]?.answer;

  beforeEach(async () => {
    functionsFolder = path.join(folder, 'functions');
    await mkdir(functionsFolder);
    folder = path.join(folder, 'migrations');
    await mkdir(folder);
    await addMigration('1_books', await books);
    await addFunctions('answer', answering(1));
  });
  afterEach(async () => {
    folder = path.dirname(folder);
  });

  it('apply after the migrations, and again when their text changes', async () => {
    expect(await update()).toEqual(['1_books', 'functions/answer']);
    expect(await update()).toEqual([]);
    await addFunctions('answer', answering(2));
    await addFunctions('other', answering(3, 'other'));
    expect(await readSchemaState(files())).toMatchObject({
      state: 'other-functions',
      pending: ['functions/answer', 'functions/other'],
    });
    // Which of two versions is the older one is not known where no migration differs.
    await expect(requireCurrentSchema(files())).rejects.toMatchObject({
      code: 'schema-other',
      message: expect.stringMatching(
        /of another version of Refill, older or newer than this one: 2 files differ\./,
      ),
    });
    await addMigration('2_more', 'CREATE TABLE more ();');
    await expect(requireCurrentSchema(files())).rejects.toMatchObject({ code: 'schema-older' });
    await rm(path.join(folder, '2_more'), { recursive: true });
    expect(await update()).toEqual(['functions/answer', 'functions/other']);
    expect(await answer()).toBe(2);
    await requireCurrentSchema(files());
  });

  it('apply whole or not at all: after one that fails, the database has all functions as they were', async () => {
    await update();
    await addFunctions('answer', answering(2));
    await addFunctions('broken', answering(3, 'other').replace('3', 'nothing'));
    await expect(update()).rejects.toMatchObject({
      code: 'migration-failed',
      message: expect.stringMatching(/function file broken\.sql failed .*nothing.*line 1/),
    });
    expect(await answer()).toBe(1);
    expect(await readSchemaState(files())).toMatchObject({
      pending: ['functions/answer', 'functions/broken'],
    });
  });

  it('stand again after a migration that drops some of them, in its own transaction', async () => {
    await update();
    await addMigration('2_drop', 'DROP FUNCTION answer()');
    await addFunctions('broken', 'SELECT nothing');
    await expect(update()).rejects.toMatchObject({ code: 'migration-failed' });
    expect(await answer()).toBe(1);
    await rm(path.join(functionsFolder, 'broken.sql'));
    expect(await update()).toEqual(['2_drop']);
    expect(await answer()).toBe(1);
  });

  it('are forgotten when their file is gone', async () => {
    await addFunctions('other', answering(3, 'other'));
    await update();
    await rm(path.join(functionsFolder, 'other.sql'));
    expect(await readSchemaState(files())).toMatchObject({
      state: 'other-functions',
      pending: ['functions/other'],
    });
    expect(await update()).toEqual(['functions/other']);
    expect(await readSchemaState(files())).toMatchObject({ state: 'current', pending: [] });
  });
});

describe('a database that cannot be reached', () => {
  it('is reported as unavailable', async () => {
    await addMigration('1_apple', 'CREATE TABLE apple ()');
    const nobodyHome = migrateDatabase({ url: 'postgres://refill@127.0.0.1:9/refill', log, folder });
    await expect(nobodyHome).rejects.toMatchObject({ code: 'database-unavailable' });
  });
});
