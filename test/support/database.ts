import { inject } from 'vitest';
import { type Db, openDb } from '../../src/db/index.ts';
import { createLogger } from '../../src/log.ts';
import { type CreatedDatabase, createDatabase } from './create-database.ts';

/** A database of a test file's own. */
export interface TestDatabase {
  readonly url: string;
  readonly db: Db;
  /** Disconnects `db` and drops the database, whoever else is still connected. */
  close(): Promise<void>;
}

const log = createLogger('error');

/**
 * Clones the migrated template (about 50 ms) and connects to it. Make one a test file and close it in `afterAll`; tests
 * inside a file keep apart by using a company of their own.
 */
export async function freshDatabase({ poolSize = 8 }: { poolSize?: number } = {}): Promise<TestDatabase> {
  const empty = await emptyDatabase({ template: inject('templateDatabase') });
  const db = await openDb({ url: empty.url, poolSize, log });
  return {
    url: empty.url,
    db,
    close: async () => {
      await db.$disconnect();
      await empty.close();
    },
  };
}

/** A database without any of our tables, for tests of the migrations and of programs that migrate for themselves. */
export function emptyDatabase({ template }: { template?: string } = {}): Promise<CreatedDatabase> {
  return createDatabase(inject('testServerUrl'), { template });
}
