/**
 * Which schema a database has, read without changing anything: programs that do not migrate by themselves ask here
 * first, so that they end in a sentence and never in a statement about a column that is not there.
 */
import { RefillError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { checkSession, explainFailure, readAddress } from './address/index.ts';
import { openPool } from './open-pool.ts';
import { planAdoption } from './plan-adoption.ts';
import { planMigrations } from './plan-migrations.ts';
import { changedFunctions } from './read-functions.ts';
import { type RecordedSchema, readRecorded } from './read-recorded.ts';
import { functionFileName, readSchemaFiles, type SchemaFolders } from './read-schema-files.ts';

/** How the conversion of usage is named among what is to be applied. */
export const USAGE_CONVERSION = 'conversion/usage';

export interface SchemaState {
  /** `other-functions`: only functions differ, whose files have no order, so that either version may be the older one. */
  readonly state: 'empty' | 'older' | 'other-functions' | 'current';
  /** Names of the migrations recorded in the database, oldest first. */
  readonly applied: readonly string[];
  /**
   * Names of the migrations still to apply, in order, then `functions/<name>` of each function file that differs, then
   * `conversion/usage` where usage of an earlier version is still to be converted.
   */
  readonly pending: readonly string[];
}

/** Which database, and which files it is compared with. */
export interface SchemaQuestion extends SchemaFolders {
  readonly url: string;
}

/**
 * Compares a database with this version's migrations and functions. Throws what `planMigrations` throws where the two cannot belong
 * together (`database-ahead`, `database-too-old`, `migration-edited`, …), and what `openDb` throws for a database that cannot be used.
 */
export async function readSchemaState({ url, ...folders }: SchemaQuestion): Promise<SchemaState> {
  const files = await readSchemaFiles(folders);
  const recorded = await askDatabase(url);
  const adoption = planAdoption(files.migrations, files.before, recorded.migrations);
  const functions = changedFunctions(files.functions, recorded.functions).map(functionFileName);
  const pending = [
    ...(adoption === null ? [] : [adoption.baseline.name]),
    ...planMigrations(files.migrations, adoption?.recorded ?? recorded.migrations).map(({ name }) => name),
    ...functions,
    ...(recorded.hasUnconverted ? [USAGE_CONVERSION] : []),
  ];
  const applied = recorded.migrations.map(({ name }) => name);
  if (applied.length === 0) return { state: 'empty', applied, pending };
  if (pending.length === 0) return { state: 'current', applied, pending };
  return { state: pending.length === functions.length ? 'other-functions' : 'older', applied, pending };
}

/**
 * Ends unless the database has exactly this version's schema. Throws what `readSchemaState` throws, and `schema-empty`,
 * `schema-older` or `schema-other`, which `refill migrate` cures.
 */
export async function requireCurrentSchema(question: SchemaQuestion): Promise<void> {
  const { state, pending } = await readSchemaState(question);
  if (state === 'empty')
    throw new RefillError(
      'schema-empty',
      'The database is empty: Refill has made no tables in it yet. Check its address, then run: refill migrate',
    );
  if (state === 'other-functions')
    throw new RefillError(
      'schema-other',
      `The database has the functions of another version of Refill, older or newer than this one: ${countOf(pending)} differ${pending.length === 1 ? 's' : ''}. ` +
        'Stop that version, then run with the one that is to stay: refill migrate',
      { pending: [...pending] },
    );
  if (state === 'older')
    throw new RefillError(
      'schema-older',
      `The database is older than this version of Refill: ${pending.length} ${pending.length === 1 ? 'migration or function file is' : 'migrations and function files are'} to be applied. ` +
        'Stop the old version, then run: refill migrate',
      { pending: [...pending] },
    );
}

const countOf = ({ length }: readonly string[]): string => `${length} ${length === 1 ? 'file' : 'files'}`;

async function askDatabase(url: string): Promise<RecordedSchema> {
  const address = readAddress(url);
  const pool = openPool({ url, log: createLogger('silent'), poolSize: 2 });
  try {
    await checkSession(pool, address, { mustWrite: false });
    return await readRecorded(pool);
  } catch (error) {
    throw explainFailure(error, address).error;
  } finally {
    await pool.end();
  }
}
