import type { Logger } from '../log.ts';
import { type ConnectFailure, checkSession, explainFailure, readAddress } from './address/index.ts';
import { openPool } from './open-pool.ts';

/** Connects once and checks the sessions: null where the database can be used, or why not and whether to wait. */
export async function tryDatabase(options: { url: string; log: Logger }): Promise<ConnectFailure | null> {
  const address = readAddress(options.url);
  const pool = openPool({ ...options, poolSize: 2 });
  try {
    await checkSession(pool, address, { mustWrite: true });
    return null;
  } catch (error) {
    return explainFailure(error, address);
  } finally {
    await pool.end();
  }
}
