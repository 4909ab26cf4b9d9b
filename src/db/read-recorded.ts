import type pg from 'pg';
import type { RecordedMigration } from './plan-migrations.ts';
import type { RecordedFunctionFile } from './read-functions.ts';

/** What a database says has been applied to it. */
export interface RecordedSchema {
  readonly migrations: readonly RecordedMigration[];
  readonly functions: readonly RecordedFunctionFile[];
}

/** Reads the books of applied migrations and function files; a database without them has none. */
export async function readRecorded(client: pg.Pool | pg.PoolClient): Promise<RecordedSchema> {
  const { rows } = await client.query<{ has_migrations: boolean; has_functions: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS has_migrations,
            to_regclass('applied_function_file') IS NOT NULL AS has_functions`,
  );
  const migrations = rows[0]?.has_migrations
    ? await client.query<RecordedMigration>(
        `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
           FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
      )
    : { rows: [] };
  const functions = rows[0]?.has_functions
    ? await client.query<RecordedFunctionFile>(
        'SELECT name, checksum FROM applied_function_file ORDER BY name',
      )
    : { rows: [] };
  return { migrations: migrations.rows, functions: functions.rows };
}
