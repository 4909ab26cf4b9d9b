import pg from 'pg';
import type { Config } from '../config.ts';
import { startEmbeddedPostgres } from '../db/embedded/index.ts';
import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';

const RETRY_MS = 1_000;
/** Answers that waiting does not change: a wrong password, a database that does not exist, no right to enter. */
const HOPELESS = new Set(['28P01', '28000', '3D000', '42501']);

export interface DatabaseServer {
  /** The app's own database. */
  appUrl(): Promise<string>;
  /** A second one beside it, created when missing, for the stand-ins' books. */
  sandboxUrl(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * The database that DATABASE_URL names, or an embedded PostgreSQL in the data folder. A named one that is down is
 * waited for; one that refuses for good throws RefillError `database-refused`.
 */
export async function provideDatabase(
  config: Config,
  log: Logger,
  say: (line: string) => void,
): Promise<DatabaseServer> {
  if (config.databaseUrl !== undefined) return await useGiven(config.databaseUrl, say);
  const server = await startEmbeddedPostgres({ dataFolder: config.dataFolder, log });
  const named = async (name: string): Promise<string> => {
    await server.ensureDatabase(name);
    return server.url(name);
  };
  return { appUrl: () => named('refill'), sandboxUrl: () => named('refill_sandbox'), stop: server.stop };
}

async function useGiven(url: string, say: (line: string) => void): Promise<DatabaseServer> {
  await waitUntilUp(url, say);
  return {
    appUrl: async () => url,
    sandboxUrl: async () => {
      const beside = new URL(url);
      const name = `${beside.pathname.slice(1)}_sandbox`;
      beside.pathname = `/${name}`;
      await createIfMissing(url, name);
      return beside.href;
    },
    stop: async () => undefined,
  };
}

async function waitUntilUp(url: string, say: (line: string) => void): Promise<void> {
  const { host, pathname } = new URL(url);
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      const { code, message } = error as { code?: string; message: string };
      if (code !== undefined && HOPELESS.has(code)) {
        throw new RefillError('database-refused', `The database at ${host}${pathname} refuses: ${message}.`);
      }
      if (tries % 30 === 0)
        say(`Waiting for the database at ${host}${pathname}: ${message || code || 'no answer'}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function createIfMissing(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    throw new RefillError(
      'database-refused',
      `The try-out keeps its stand-ins' books in a second database, ${name}, and could not create it: ${(error as Error).message}.`,
    );
  } finally {
    await client.end();
  }
}
