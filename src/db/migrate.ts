/**
 * Applies prisma/migrations at start. Prisma's own `migrate deploy` needs a native engine that is not on the npm
 * registry; this runner keeps the same books (advisory lock, `_prisma_migrations`, checksums), so that
 * `prisma migrate deploy` and `status` agree with it in both directions.
 */
import { randomUUID } from 'node:crypto';
import { runMigrations as runQueueMigrations } from 'graphile-worker';
import pg from 'pg';
import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { openPool } from './open-pool.ts';
import { planMigrations, type RecordedMigration } from './plan-migrations.ts';
import { toCallerError } from './read-database-error.ts';
import { type Migration, readMigrations } from './read-migrations.ts';

/** What to migrate. */
export interface MigrateOptions {
  readonly url: string;
  readonly log: Logger;
  /** Folder holding `<stamp>_<name>/migration.sql`; prisma/migrations unless told. */
  readonly folder?: string;
  /** How long to wait for another process that is migrating, two minutes unless told. */
  readonly waitMs?: number;
}

/** The lock that Prisma's own tools take: an operator's `prisma migrate deploy` and this runner exclude each other. */
const MIGRATION_LOCK_KEY = 72_707_369;

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
 * Brings the database to the newest migration: first the job queue's own schema (functions of ours call it), then
 * every migration not yet recorded, each whole in one transaction. Safe to call from many processes at once.
 *
 * Returns the names applied now. Throws RefillError:
 * - `migration-edited`: an applied migration's file is no longer what was applied
 * - `migration-missing`: an applied migration's file is gone
 * - `database-ahead`: the database was migrated by a newer version of the app
 * - `migration-failed`: a migration's SQL failed; nothing of it was kept
 * - `migration-unfinished`: another tool left a failed migration behind
 * - `migration-lock-timeout`: another process has been migrating for longer than `waitMs`
 * - `database-unavailable`: the server cannot be reached
 */
export async function migrateDatabase(options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  const client = new pg.Client({
    connectionString: options.url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  client.on('error', (error) =>
    options.log.warn({ error: error.message }, 'connection lost while migrating'),
  );
  try {
    await client.connect();
    await takeLock(client, options);
    await installQueueSchema(options);
    return await applyPending(client, migrations, options.log);
  } catch (error) {
    throw toCallerError(error);
  } finally {
    // Ends the session, which releases the lock.
    await client.end().catch(() => undefined);
  }
}

async function takeLock(client: pg.Client, { log, waitMs = 120_000 }: MigrateOptions): Promise<void> {
  const tried = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
    MIGRATION_LOCK_KEY,
  ]);
  if (tried.rows[0]?.taken === true) return;
  log.info('waiting for another process that is migrating the database');
  await client.query(`SET lock_timeout = ${Math.max(1, Math.round(waitMs))}`);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK_KEY]);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
    throw new RefillError(
      'migration-lock-timeout',
      `Another process has been migrating the database for more than ${Math.round(waitMs / 1000)} seconds. ` +
        'Wait for it to finish, or end its database session, and start again.',
      {},
      { cause: error },
    );
  }
  await client.query('RESET lock_timeout');
}

/** Graphile Worker wants a pool of its own; its migrations are idempotent and hold their own guards. */
async function installQueueSchema({ url, log }: MigrateOptions): Promise<void> {
  const pool = openPool({ url, log, poolSize: 1, statementTimeoutMs: 0 });
  try {
    await runQueueMigrations({ pgPool: pool, taskList: {} });
  } finally {
    await pool.end();
  }
}

async function applyPending(client: pg.Client, migrations: Migration[], log: Logger): Promise<string[]> {
  const { rows } = await client.query<{ is: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS is`,
  );
  // A role that may make no tables starts the app on a database that is migrated.
  if (rows[0]?.is !== true) await client.query(BOOKS);
  const recorded = await client.query<RecordedMigration>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  const pending = planMigrations(migrations, recorded.rows);
  for (const migration of pending) {
    const startedAtMs = Date.now();
    await applyMigration(client, migration);
    log.info({ migration: migration.name, ms: Date.now() - startedAtMs }, 'database migration applied');
  }
  return pending.map((migration) => migration.name);
}

async function applyMigration(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, applied_steps_count) VALUES ($1, $2, $3, 1)`,
      [randomUUID(), checksum, name],
    );
    const transaction = await currentTransaction(client);
    await client.query(sql);
    if ((await currentTransaction(client)) !== transaction) throw endsItsTransaction(name);
    await client.query(
      'UPDATE _prisma_migrations SET finished_at = clock_timestamp() WHERE migration_name = $1',
      [name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw migrationFailure(name, sql, error);
  }
}

async function currentTransaction(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
  return rows[0]?.id;
}

/** The one failure that may leave something behind; its row stays unfinished, so the next start is refused too. */
function endsItsTransaction(name: string): RefillError {
  return new RefillError(
    'migration-failed',
    `Database migration ${name} ends the transaction it runs in (COMMIT or ROLLBACK), so parts of it may have been ` +
      'kept. Remove that statement and restore the database from a backup.',
    { migration: name },
  );
}

function migrationFailure(name: string, sql: string, error: unknown): unknown {
  const cause = toCallerError(error);
  if (cause instanceof RefillError) return cause;
  const position = error instanceof pg.DatabaseError ? Number(error.position ?? '') : Number.NaN;
  const line =
    Number.isInteger(position) && position > 0 ? `, line ${sql.slice(0, position).split('\n').length}` : '';
  const reason = error instanceof Error ? error.message : String(error);
  return new RefillError(
    'migration-failed',
    `Database migration ${name} failed (${reason}${line}). Nothing of it was kept; the database is as it was before it.`,
    { migration: name },
    { cause: error },
  );
}
