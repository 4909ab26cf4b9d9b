/**
 * Which schema a database has, looked at without changing anything: programs that do not migrate by themselves ask here
 * first, so that they end in a sentence and never in a statement about a column that is not there.
 */
import { RefillError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { checkSession, explainFailure, readAddress } from './address/index.ts';
import { openPool } from './open-pool.ts';
import { planMigrations, type RecordedMigration } from './plan-migrations.ts';
import { readMigrations } from './read-migrations.ts';

export interface SchemaState {
  readonly state: 'empty' | 'older' | 'current';
  /** Names of the migrations recorded in the database, oldest first. */
  readonly applied: readonly string[];
  /** Names of those still to apply, in order. */
  readonly pending: readonly string[];
}

/** What is looked at; the folder is prisma/migrations unless given. */
export interface SchemaQuestion {
  readonly url: string;
  readonly folder?: string;
}

/**
 * Compares a database with this version's migrations. Throws what `planMigrations` throws where the two cannot belong
 * together (`database-ahead`, `migration-edited`, …), and what `openDb` throws for a database that cannot be used.
 */
export async function readSchemaState({ url, folder }: SchemaQuestion): Promise<SchemaState> {
  const files = await readMigrations(folder);
  const recorded = await readRecorded(url);
  const pending = planMigrations(files, recorded ?? []).map(({ name }) => name);
  const applied = (recorded ?? []).map(({ name }) => name);
  if (applied.length === 0) return { state: 'empty', applied, pending };
  return { state: pending.length === 0 ? 'current' : 'older', applied, pending };
}

/**
 * Ends unless the database has exactly this version's schema. Throws what `readSchemaState` throws, and `schema-empty` or
 * `schema-older`, which `refill migrate` cures.
 */
export async function requireCurrentSchema(question: SchemaQuestion): Promise<void> {
  const { state, pending } = await readSchemaState(question);
  if (state === 'empty')
    throw new RefillError(
      'schema-empty',
      'The database is empty: Refill has made no tables in it yet. Check its address, then run: refill migrate',
    );
  if (state === 'older')
    throw new RefillError(
      'schema-older',
      `The database is older than this version of Refill: ${pending.length} ${pending.length === 1 ? 'migration is' : 'migrations are'} to be applied. ` +
        'Stop the old version, then run: refill migrate',
      { pending: [...pending] },
    );
}

async function readRecorded(url: string): Promise<RecordedMigration[] | undefined> {
  const address = readAddress(url);
  const pool = openPool({ url, log: createLogger('silent'), poolSize: 2 });
  try {
    await checkSession(pool, address, { mustWrite: false });
    const { rows } = await pool.query<{ is: boolean }>(
      `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS is`,
    );
    if (rows[0]?.is !== true) return undefined;
    const recorded = await pool.query<RecordedMigration>(
      `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
         FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
    );
    return recorded.rows;
  } catch (error) {
    throw explainFailure(error, address).error;
  } finally {
    await pool.end();
  }
}
