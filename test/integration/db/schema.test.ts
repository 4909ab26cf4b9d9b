import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { describeCatalog } from '../../../src/db/describe-catalog.ts';
import { readFunctions } from '../../../src/db/read-functions.ts';
import { emptyDatabase } from '../../support/database.ts';

let database: { url: string; close(): Promise<void> };
let client: pg.Client;

beforeAll(async () => {
  database = await emptyDatabase({ template: inject('templateDatabase') });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
});

/** Runs the Prisma command line against the migrated database, on the stand-in engine. */
function prisma(...args: string[]) {
  const cli = path.join(
    path.dirname(createRequire(import.meta.url).resolve('prisma/package.json')),
    'build/index.js',
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      PRISMA_SCHEMA_ENGINE_BINARY: path.resolve('prisma/dev-schema-engine.mjs'),
      CHECKPOINT_DISABLE: '1',
    },
  });
  return { status, output: stdout + stderr };
}

const DIFF = [
  'migrate',
  'diff',
  '--from-config-datasource',
  '--to-schema',
  'prisma/schema.prisma',
  '--exit-code',
];

/** Runs `work` in a transaction that is rolled back. */
async function undone<T>(work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    return await work();
  } finally {
    await client.query('ROLLBACK');
  }
}

describe('the migrated database', () => {
  it('is what schema.prisma declares', () => {
    const { status, output } = prisma(...DIFF);
    expect(status, output).toBe(0);
  });

  it('is declared in a schema.prisma that is formatted', () => {
    const { status, output } = prisma('format', '--check', '--schema', 'prisma/schema.prisma');
    expect(status, output).toBe(0);
  });

  it('would not pass if a column were missing', async () => {
    await client.query('ALTER TABLE company RENAME COLUMN created_at TO made_at');
    try {
      expect(prisma(...DIFF).status).toBe(2);
    } finally {
      await client.query('ALTER TABLE company RENAME COLUMN made_at TO created_at');
    }
  });

  it("is up to date in the eyes of Prisma's own migrate status and deploy", () => {
    const status = prisma('migrate', 'status');
    expect(status.output).toContain('Database schema is up to date');
    expect(status.status).toBe(0);
    const deploy = prisma('migrate', 'deploy');
    expect(deploy.output).toContain('No pending migrations to apply');
    expect(deploy.status).toBe(0);
  });

  // Renew with: npx vitest run --project integration test/integration/db/schema.test.ts -u
  it('has exactly the constraints, indexes, triggers, functions and grants of the committed catalog', async () => {
    await expect(await describeCatalog(client)).toMatchFileSnapshot('catalog.snapshot.txt');
  });

  it('would show a dropped CHECK, a widened index and a disabled trigger in its catalog', async () => {
    const before = await describeCatalog(client);
    const changed = async (statement: string) =>
      undone(async () => {
        await client.query(statement);
        return describeCatalog(client);
      });
    const { rows } = await client.query<{ check: string; table: string }>(
      `SELECT conname AS check, conrelid::regclass::text AS table FROM pg_constraint
        WHERE contype = 'c' AND conrelid = 'entry'::regclass LIMIT 1`,
    );
    expect(await changed(`ALTER TABLE ${rows[0]?.table} DROP CONSTRAINT ${rows[0]?.check}`)).not.toBe(before);
    expect(await changed('ALTER TABLE entry DISABLE TRIGGER USER')).not.toBe(before);
    expect(
      await changed(
        'DROP INDEX credit_grant_open; CREATE INDEX credit_grant_open ON credit_grant (company_id)',
      ),
    ).not.toBe(before);
  });

  it('has the functions and triggers of prisma/functions, and no others', async () => {
    const migrated = await describeCatalog(client);
    const fromSource = await undone(async () => {
      await dropFunctions();
      expect(await describeCatalog(client)).not.toContain('CREATE TRIGGER');
      for (const { sql } of await readFunctions()) await client.query(sql);
      return describeCatalog(client);
    });
    expect(fromSource).toBe(migrated);
  });
});

/** Drops every function of ours with the triggers that call it. */
async function dropFunctions(): Promise<void> {
  await client.query(`
    DO $$ DECLARE item text; BEGIN
      LOOP
        SELECT oid::regprocedure::text INTO item FROM pg_proc WHERE pronamespace = 'public'::regnamespace LIMIT 1;
        EXIT WHEN NOT FOUND;
        EXECUTE format('DROP FUNCTION %s CASCADE', item);
      END LOOP;
    END $$`);
}
