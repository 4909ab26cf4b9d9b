import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { emptyDatabase } from '../../support/database.ts';
import { DIFF, runPrisma } from '../../support/run-prisma.ts';

let database: { url: string; close(): Promise<void> };

beforeAll(async () => {
  database = await emptyDatabase({ template: inject('templateDatabase') });
});
afterAll(() => database?.close());

async function rename(from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`ALTER TABLE company RENAME COLUMN ${from} TO ${to}`).finally(() => client.end());
}

describe('the migrated database, to the Prisma command line,', () => {
  it('would not pass if a column were missing', async () => {
    await rename('created_at', 'made_at');
    try {
      expect(runPrisma(database.url, ...DIFF).status).toBe(2);
    } finally {
      await rename('made_at', 'created_at');
    }
  });

  it("is up to date in the eyes of Prisma's own migrate status and deploy", () => {
    const status = runPrisma(database.url, 'migrate', 'status');
    expect(status.output).toContain('Database schema is up to date');
    expect(status.status).toBe(0);
    const deploy = runPrisma(database.url, 'migrate', 'deploy');
    expect(deploy.output).toContain('No pending migrations to apply');
    expect(deploy.status).toBe(0);
  });
});
