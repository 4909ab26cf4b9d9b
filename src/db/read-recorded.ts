import type pg from 'pg';
import type { RecordedMigration } from './plan-migrations.ts';
import type { RecordedFunctionFile } from './read-functions.ts';

/** What a database says has been applied to it. */
export interface RecordedSchema {
  readonly migrations: readonly RecordedMigration[];
  readonly functions: readonly RecordedFunctionFile[];
  /** Whether usage of an earlier version is still to be converted, which takes the app's secret key. */
  readonly hasUnconverted: boolean;
}

/** Reads the books of applied migrations and function files; a database without them has none. */
export async function readRecorded(client: pg.Pool | pg.PoolClient): Promise<RecordedSchema> {
  const { rows } = await client.query<{
    has_migrations: boolean;
    has_functions: boolean;
    has_conversion: boolean;
  }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS has_migrations,
            to_regclass('applied_function_file') IS NOT NULL AS has_functions,
            to_regclass('usage_conversion') IS NOT NULL AS has_conversion`,
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
  const unconverted = rows[0]?.has_conversion
    ? await client.query('SELECT FROM usage_conversion LIMIT 1')
    : { rows: [] };
  return {
    migrations: migrations.rows,
    functions: functions.rows,
    hasUnconverted: unconverted.rows.length > 0,
  };
}
