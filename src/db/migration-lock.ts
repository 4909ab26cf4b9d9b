import pg from 'pg';
import { MINUTE_MS, SECOND_MS } from '../durations.ts';
import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';

/** The lock that Prisma's own tools take: an operator's `prisma migrate deploy` and this runner exclude each other. */
const MIGRATION_LOCK_KEY = 72_707_369;

/**
 * Runs `work` in a transaction that holds the migration lock. The lock ends with the transaction it protects: it can be
 * left behind neither on a pooler's connection nor by a process that died, and what is done is done under it for certain.
 */
export async function underLock<T>(
  client: pg.PoolClient,
  { log, waitMs = 2 * MINUTE_MS }: { log: Logger; waitMs?: number },
  work: () => Promise<T>,
): Promise<T> {
  await client.query('BEGIN');
  try {
    await acquireLock(client, log, waitMs);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function acquireLock(client: pg.PoolClient, log: Logger, waitMs: number): Promise<void> {
  const tried = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [
    MIGRATION_LOCK_KEY,
  ]);
  if (tried.rows[0]?.taken === true) return;
  log.info('waiting for another process that is migrating the database');
  await client.query(`SAVEPOINT waiting; SET LOCAL lock_timeout = ${Math.max(1, Math.round(waitMs))}`);
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK_KEY]);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
    await client.query('ROLLBACK TO waiting');
    throw await describeHolder(client, waitMs, error);
  }
  await client.query('SET LOCAL lock_timeout = DEFAULT');
}

async function describeHolder(client: pg.PoolClient, waitMs: number, cause: unknown): Promise<RefillError> {
  const { rows } = await client.query<{ pid: number; name: string; address: string | null }>(
    `SELECT pid, application_name AS name, host(client_addr) AS address
     FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1 AND pg_locks.database = (
       SELECT oid FROM pg_database WHERE datname = current_database())`,
    [MIGRATION_LOCK_KEY],
  );
  const holder = rows[0];
  const who =
    holder === undefined
      ? ''
      : ` (session ${holder.pid}${holder.name === '' ? '' : `, ${holder.name}`}${holder.address === null ? '' : ` from ${holder.address}`})`;
  const end = holder === undefined ? 'end it' : `end it with SELECT pg_terminate_backend(${holder.pid})`;
  return new RefillError(
    'migration-lock-timeout',
    `Another process has been migrating the database for more than ${Math.round(waitMs / SECOND_MS)} seconds${who}. ` +
      `Wait for it to finish, or ${end}, and start again.`,
    {},
    { cause },
  );
}
