import type pg from 'pg';
import type { Logger } from '../../log.ts';
import { openPool } from '../open-pool.ts';

/**
 * Works on a connection of its own, on which a statement may take any time. The connection is closed after, as work that failed may
 * have left it in the middle of a COPY.
 */
export async function withOwnConnection<T>(
  { url, log }: { url: string; log: Logger },
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const pool = openPool({ url, log, poolSize: 1, statementTimeoutMs: 0 });
  try {
    const client = await pool.connect();
    try {
      return await work(client);
    } finally {
      client.release(true);
    }
  } finally {
    await pool.end();
  }
}
