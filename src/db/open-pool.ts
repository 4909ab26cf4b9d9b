import pg from 'pg';
import { MINUTE_MS, SECOND_MS } from '../durations.ts';
import { countPool } from '../instruments.ts';
import type { Logger } from '../log.ts';
import { readAddress, sessionSettings } from './address/index.ts';
import { keepConnectionsAlive } from './keep-connections-alive.ts';

/** How a process talks to PostgreSQL. */
export interface PoolOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Most connections held at once. */
  readonly poolSize: number;
  readonly log: Logger;
  /** Longest a single statement may run; 30 seconds by default. 0 lifts the limit (exports, migrations). */
  readonly statementTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 5 * SECOND_MS;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = MINUTE_MS;

/**
 * Opens a pool of plain `pg` connections, for what Prisma does not do: COPY, LISTEN, cursors and the job queue.
 *
 * A connection lost while idle is logged and replaced, and a server that goes away makes queries fail at once, so a
 * restart of PostgreSQL needs none of ours. Each session is set to what `sessionSettings` says before its first use.
 *
 * Throws RefillError `database-address`.
 */
export function openPool({ url, poolSize, log, statementTimeoutMs = 30_000 }: PoolOptions): pg.Pool {
  const settings = sessionSettings({
    statementTimeoutMs,
    idleInTransactionMs: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  });
  const pool = new pg.Pool({
    ...readAddress(url).connection,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A connection keeps the plans of its statements: after a quiet minute, too, a new one's first call takes as long as ten.
    idleTimeoutMillis: 0,
    keepAlive: true,
    application_name: 'refill',
    onConnect: async (client) => {
      await client.query(settings);
    },
  });
  // Without these listeners a connection cut by the server would end the process with an unhandled 'error' event.
  pool.on('error', (error) => log.warn({ error: error.message }, 'idle database connection lost'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.warn({ error: error.message }, 'database connection lost'));
  });
  countPool(pool);
  return keepConnectionsAlive(pool);
}
