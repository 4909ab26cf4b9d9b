/**
 * What every session must be before anything is read or written through it. An address that says otherwise, a role's
 * or a server's settings, a pooler in between: in each case the app does not start on such a session.
 */
import type pg from 'pg';
import { RefillError } from '../../errors.ts';
import type { DatabaseAddress } from './read-address.ts';

/** The oldest major version that the SQL functions run on. */
export const MIN_POSTGRES = 15;
/** A pooler that shares its connections may or may not hand out the same one twice: a few rounds show it. */
const ROUNDS = 3;

/** What a session says of itself and its server. */
export interface SessionFacts {
  version: number;
  versionText: string;
  encoding: string;
  timeZone: string;
  schema: string | null;
  isStandby: boolean;
  isReadOnly: boolean;
}

const FACTS = `
  SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS "versionText",
         getdatabaseencoding() AS encoding, current_setting('TimeZone') AS "timeZone", current_schema() AS schema,
         pg_is_in_recovery() AS "isStandby", current_setting('transaction_read_only') = 'on' AS "isReadOnly"`;

/**
 * Checks sessions of a pool: version, encoding, time zone, schema, and that each connection is one session of its own.
 * Commands that only read may use a standby; everything else needs to write.
 *
 * Throws RefillError `database-unfit` with one sentence on what to change, or what went wrong while connecting:
 * `explainFailure` has the sentence for that.
 */
export async function checkSession(
  pool: pg.Pool,
  address: DatabaseAddress,
  { mustWrite }: { mustWrite: boolean },
): Promise<void> {
  const first = await pool.connect();
  try {
    const { rows } = await first.query<SessionFacts>(FACTS);
    const fault =
      rows[0] === undefined ? 'does not answer as PostgreSQL does.' : judgeFacts(rows[0], mustWrite);
    if (fault !== undefined) throw unfit(address, fault);
    if (pool.options.max > 1) await checkOwnSessions(pool, first, address);
  } finally {
    first.release();
  }
}

/** What is wrong with a session, as the end of a sentence that begins with the database; undefined for a sound one. */
export function judgeFacts(facts: SessionFacts, mustWrite: boolean): string | undefined {
  if (facts.version < MIN_POSTGRES * 10_000)
    return `runs on PostgreSQL ${facts.versionText}: use version ${MIN_POSTGRES} or newer.`;
  if (facts.encoding !== 'UTF8')
    return `is encoded in ${facts.encoding}: make one with ENCODING 'UTF8' TEMPLATE template0 and use that.`;
  if (mustWrite && facts.isStandby) return 'is a read-only standby: use the address of the primary server.';
  if (mustWrite && facts.isReadOnly)
    return 'is set to read-only (default_transaction_read_only): set it to off for this role, database or server.';
  if (facts.timeZone !== 'UTC')
    return `keeps the time zone ${facts.timeZone} although UTC was set: use the server's own address instead of a pooler's.`;
  if (facts.schema !== 'public')
    return 'has no schema public that this role may use: CREATE SCHEMA public, and GRANT it to the role.';
  return undefined;
}

/** Two connections at a time have two sessions, each its own for good, unless a pooler shares them by transaction. */
async function checkOwnSessions(
  pool: pg.Pool,
  first: pg.PoolClient,
  address: DatabaseAddress,
): Promise<void> {
  const second = await pool.connect();
  try {
    const seen = { first: new Set<number>(), second: new Set<number>() };
    for (let look = 0; look < ROUNDS; look += 1) {
      seen.first.add(await backendOf(first));
      seen.second.add(await backendOf(second));
    }
    const { first: own, second: other } = seen;
    if (own.size === 1 && other.size === 1 && ![...own].some((pid) => other.has(pid))) return;
    throw unfit(
      address,
      'is reached through a pooler in transaction mode, where sessions keep neither settings nor prepared statements: use a pool in session mode, or the address of the server itself.',
    );
  } finally {
    second.release();
  }
}

async function backendOf(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

function unfit(address: DatabaseAddress, fault: string): RefillError {
  return new RefillError(
    'database-unfit',
    `${address.name.charAt(0).toUpperCase()}${address.name.slice(1)} ${fault}`,
  );
}
