import pg from 'pg';
import type { Config } from '../config.ts';
import { startEmbeddedPostgres } from '../db/embedded/index.ts';
import { openPool, readAddress, tryDatabase, withDatabaseName } from '../db/index.ts';
import { MINUTE_MS, SECOND_MS } from '../durations.ts';
import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';

const RETRY_MS = SECOND_MS;
/** For so long a host name that does not exist, or a server that is silent, may be one that is about to come. */
const DOUBTFUL_FOR_MS = MINUTE_MS;

export interface DatabaseServer {
  /** The app's own database. */
  appUrl(): Promise<string>;
  /** A second one beside it, created when missing, for the stand-ins' books. */
  standInsUrl(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * The database that DATABASE_URL names, or an embedded PostgreSQL in the data folder. A named one that is down is
 * waited for; one that cannot be used throws RefillError with one sentence on what to change: `database-address`,
 * `database-refused`, `database-unfit`, or `database-unavailable` where waiting was in vain.
 */
export async function provideDatabase(
  config: Config,
  log: Logger,
  say: (line: string) => void,
): Promise<DatabaseServer> {
  if (config.databaseUrl !== undefined) return await useGiven(config.databaseUrl, log, say);
  const server = await startEmbeddedPostgres({
    dataFolder: config.dataFolder,
    log,
    onCreate: () => say('Creating the local database…'),
  });
  const named = async (name: string): Promise<string> => {
    await server.ensureDatabase(name);
    return server.url(name);
  };
  return { appUrl: () => named('refill'), standInsUrl: () => named('refill_sandbox'), stop: server.stop };
}

async function useGiven(url: string, log: Logger, say: (line: string) => void): Promise<DatabaseServer> {
  await waitUntilUp(url, log, say);
  return {
    appUrl: async () => url,
    standInsUrl: async () => {
      const name = `${readAddress(url).connection.database ?? 'refill'}_sandbox`;
      await createIfMissing(url, log, name);
      return withDatabaseName(url, name);
    },
    stop: async () => undefined,
  };
}

/** Waits for a server that is down or starting; what waiting does not cure ends it at once, what hardly does in a minute. */
async function waitUntilUp(url: string, log: Logger, say: (line: string) => void): Promise<void> {
  const startedAtMs = Date.now();
  for (let tries = 0; ; tries += 1) {
    const failure = await tryDatabase({ url, log });
    if (failure === null) return;
    const isOver = failure.patience === 'a-minute' && Date.now() - startedAtMs > DOUBTFUL_FOR_MS;
    if (failure.patience === 'none' || isOver) throw failure.error;
    if (tries % 30 === 0) say(`Waiting for the database. ${failure.error.message}`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function createIfMissing(url: string, log: Logger, name: string): Promise<void> {
  const pool = openPool({ url, log, poolSize: 1 });
  try {
    const { rowCount } = await pool.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await pool.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    throw new RefillError(
      'database-refused',
      `The try-out keeps its stand-ins' books in a second database, ${name}, and could not create it: ${(error as Error).message}.`,
    );
  } finally {
    await pool.end();
  }
}
