import type { Config } from '../config.ts';
import { attachEmbeddedPostgres } from '../db/embedded/index.ts';
import type { Logger } from '../log.ts';

/**
 * Runs a command against the app's database: the one DATABASE_URL names, the embedded server of a running app, or
 * that server started for the length of the command.
 */
export async function withDatabase<T>(
  config: Pick<Config, 'databaseUrl' | 'dataFolder'>,
  log: Logger,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  if (config.databaseUrl !== undefined) return await work(config.databaseUrl);
  const server = await attachEmbeddedPostgres({ dataFolder: config.dataFolder, log });
  try {
    await server.ensureDatabase('refill');
    return await work(server.url('refill'));
  } finally {
    await server.stop();
  }
}
