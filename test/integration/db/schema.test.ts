import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { describeCatalog } from '../../../src/db/describe-catalog.ts';
import { readFunctions } from '../../../src/db/read-functions.ts';
import { emptyDatabase } from '../../support/database.ts';
import { DIFF, runPrisma } from '../../support/run-prisma.ts';

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
    const { status, output } = runPrisma(database.url, ...DIFF);
    expect(status, output).toBe(0);
  });

  it('is declared in a schema.prisma that is formatted', () => {
    const { status, output } = runPrisma(
      database.url,
      'format',
      '--check',
      '--schema',
      'prisma/schema.prisma',
    );
    expect(status, output).toBe(0);
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
