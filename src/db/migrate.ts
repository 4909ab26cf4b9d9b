/**
 * Applies prisma/migrations and prisma/functions at start. Prisma's own `migrate deploy` needs a native engine that is not
 * on the npm registry; this runner keeps the same books (advisory lock, `_prisma_migrations`, checksums), so that
 * `prisma migrate deploy` and `status` agree with it in both directions. Functions are ours alone: Prisma applies none.
 */

import { randomUUID } from 'node:crypto';
import { runMigrations as runQueueMigrations } from 'graphile-worker';
import pg from 'pg';
import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { checkSession, type DatabaseAddress, explainFailure, readAddress } from './address/index.ts';
import { adoptBaseline } from './adopt-baseline.ts';
import { underLock } from './migration-lock.ts';
import { openPool } from './open-pool.ts';
import { type Adoption, planAdoption } from './plan-adoption.ts';
import { planMigrations } from './plan-migrations.ts';
import { readDatabaseError, toCallerError } from './read-database-error.ts';
import { changedFunctions, type FunctionFile } from './read-functions.ts';
import type { Migration } from './read-migrations.ts';
import { readRecorded } from './read-recorded.ts';
import {
  functionFileName,
  readSchemaFiles,
  type SchemaFiles,
  type SchemaFolders,
} from './read-schema-files.ts';

/** What to migrate. */
export interface MigrateOptions extends SchemaFolders {
  readonly url: string;
  readonly log: Logger;
  /** How long to wait for another process that is migrating, two minutes by default. */
  readonly waitMs?: number;
}

/** A server notices within a minute that the machine of a migrating process is gone, and ends its transaction. */
const KEEPALIVE =
  'SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3';

const BOOKS = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/**
 * Brings the database to this version's schema: first the job queue's own (functions of ours call it), then every
 * migration not yet recorded, each whole in one transaction, then the function files that changed, in the transaction of
 * the last migration where there is one. A database from before the baseline is converted in one. Safe to call from many processes at once.
 *
 * Returns the names applied now: migrations, and `functions/<name>` for function files. Throws RefillError:
 * - `migration-edited`: an applied migration's file is no longer what was applied
 * - `migration-missing`: an applied migration's file is gone
 * - `database-ahead`: the database was migrated by a newer version of the app
 * - `database-too-old`: a version made it that this one cannot convert
 * - `database-altered`, `books-disagree`: converting it found other tables, or changed figures; nothing of it was kept
 * - `migration-failed`: the SQL of a migration or function file failed; nothing of it was kept
 * - `migration-unfinished`: another tool left a failed migration behind
 * - `migration-lock-timeout`: another process has been migrating for longer than `waitMs`
 * - `database-rights`: the role may not make what a migration makes
 * - `database-address`, `database-refused`, `database-unfit`: what to change about the address or the database
 * - `database-unavailable`: the server cannot be reached
 */
export async function migrateDatabase(options: MigrateOptions): Promise<string[]> {
  const files = await readSchemaFiles(options);
  const address = readAddress(options.url);
  const pool = openPool({ url: options.url, log: options.log, poolSize: 2, statementTimeoutMs: 0 });
  try {
    await checkSession(pool, address, { mustWrite: true }).catch((error: unknown) => {
      throw explainFailure(error, address).error;
    });
    const client = await pool.connect();
    try {
      await client.query(KEEPALIVE);
      await underLock(client, options, () => installQueueSchema(client, pool));
      const applied: string[] = [];
      for (;;) {
        const step = await underLock(client, options, () => applyNext(client, files, options.log));
        applied.push(...step.applied);
        if (step.isLast) return applied;
      }
    } finally {
      client.release(true);
    }
  } catch (error) {
    throw explainMigrating(error, address);
  } finally {
    await pool.end();
  }
}

/** Graphile Worker wants a pool; its migrations are idempotent. The transaction that holds the lock does nothing else. */
async function installQueueSchema(client: pg.PoolClient, pool: pg.Pool): Promise<void> {
  await runQueueMigrations({ pgPool: pool, taskList: {} });
  const { rows } = await client.query<{ is: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS is`,
  );
  // A role that may make no tables starts the app on a database that is migrated.
  if (rows[0]?.is !== true) await client.query(BOOKS);
}

/** What one transaction applied, and whether nothing is left. */
interface Step {
  readonly applied: string[];
  readonly isLast: boolean;
}

/**
 * Applies the next migration that is not recorded, and in the transaction of the last one the functions: it may drop those
 * it changes, which are never missing.
 */
async function applyNext(client: pg.PoolClient, files: SchemaFiles, log: Logger): Promise<Step> {
  const { migrations, functions, before } = files;
  const recorded = await readRecorded(client);
  const adoption = planAdoption(migrations, before, recorded.migrations);
  if (adoption !== null) return await adopt(client, adoption, files, log);
  const [next, ...later] = planMigrations(migrations, recorded.migrations);
  const applied = next === undefined ? [] : [next.name];
  if (next !== undefined) {
    const startedAtMs = Date.now();
    await applyMigration(client, next);
    log.info({ migration: next.name, ms: Date.now() - startedAtMs }, 'database migration applied');
  }
  if (later.length > 0) return { applied, isLast: false };
  const changed = changedFunctions(functions, recorded.functions);
  // A migration may have dropped a function whose file is as it was, with a type or a table.
  const due = functions.filter(({ name }) => next !== undefined || changed.includes(name));
  if (due.length + changed.length > 0) {
    for (const file of due) await applyFunctions(client, file);
    await client.query('DELETE FROM applied_function_file WHERE name <> ALL ($1)', [
      functions.map(({ name }) => name),
    ]);
    log.info({ functions: changed }, 'database functions applied');
  }
  return { applied: [...applied, ...changed.map(functionFileName)], isLast: true };
}

/** Brings a database from before the baseline to the newest migration, whole in the present transaction. */
async function adopt(
  client: pg.PoolClient,
  adoption: Adoption,
  files: SchemaFiles,
  log: Logger,
): Promise<Step> {
  const applied = [adoption.baseline.name];
  await adoptBaseline(client, adoption, log, async () => {
    for (;;) {
      const step = await applyNext(client, files, log);
      applied.push(...step.applied);
      if (step.isLast) return;
    }
  });
  return { applied, isLast: true };
}

async function applyFunctions(client: pg.PoolClient, { name, sql, checksum }: FunctionFile): Promise<void> {
  await runWhole(client, `function file ${name}.sql`, sql);
  await client.query(
    `INSERT INTO applied_function_file (name, checksum, applied_at) VALUES ($1, $2, clock_timestamp())
     ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = excluded.applied_at`,
    [name, checksum],
  );
}

async function applyMigration(client: pg.PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, applied_steps_count) VALUES ($1, $2, $3, 1)`,
    [randomUUID(), checksum, name],
  );
  await runWhole(client, `migration ${name}`, sql);
  await client.query(
    'UPDATE _prisma_migrations SET finished_at = clock_timestamp() WHERE migration_name = $1',
    [name],
  );
}

/** Runs a file's SQL inside the present transaction, which it must not end. `what` names the file in errors. */
async function runWhole(client: pg.PoolClient, what: string, sql: string): Promise<void> {
  try {
    const transaction = await currentTransaction(client);
    await client.query(sql);
    if ((await currentTransaction(client)) !== transaction) throw endsItsTransaction(what);
  } catch (error) {
    throw migrationFailure(what, sql, error);
  }
}

async function currentTransaction(client: pg.PoolClient): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
  return rows[0]?.id;
}

/** The one failure that may leave something behind; its row stays unfinished, so the next start is refused too. */
function endsItsTransaction(what: string): RefillError {
  return new RefillError(
    'migration-failed',
    `Database ${what} ends the transaction it runs in (COMMIT or ROLLBACK), so parts of it may have been ` +
      'kept. Remove that statement and restore the database from a backup.',
    { file: what },
  );
}

function migrationFailure(what: string, sql: string, error: unknown): unknown {
  const cause = toCallerError(error);
  if (cause instanceof RefillError) return cause;
  const position = error instanceof pg.DatabaseError ? Number(error.position ?? '') : Number.NaN;
  const line =
    Number.isInteger(position) && position > 0 ? `, line ${sql.slice(0, position).split('\n').length}` : '';
  const reason = error instanceof Error ? error.message : String(error);
  return new RefillError(
    'migration-failed',
    `Database ${what} failed (${reason}${line}). Nothing of it was kept; the database is as it was before it.`,
    { file: what },
    { cause: error },
  );
}

/** Explains which right a role lacks that may not create tables or schemas. */
function explainMigrating(error: unknown, address: DatabaseAddress): unknown {
  const fault = readDatabaseError(error instanceof RefillError ? error.cause : error);
  if (fault?.sqlState !== '42501') return error instanceof RefillError ? error : toCallerError(error);
  const { user = 'this role', database = 'of Refill' } = address.connection;
  return new RefillError(
    'database-rights',
    `${user} may not make tables in the database ${database} (${fault.message}): migrate as its owner, or make it that: ` +
      `ALTER DATABASE "${database}" OWNER TO "${user}".`,
    {},
    { cause: error },
  );
}
