import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../config.ts';
import { attachEmbeddedPostgres } from '../../db/embedded/index.ts';
import { readAddress } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';

/**
 * Runs a command against the app's database: the one DATABASE_URL names, the embedded server of a running app, or
 * that server started for the length of the command. It is named on standard error first, so that a command in the wrong
 * shell is seen to speak to the wrong database. None is created here (but to restore a whole backup into): a nightly `verify` beside the real database would
 * be green for ever. Throws RefillError `no-database`.
 */
export async function withDatabase<T>(
  config: Pick<Config, 'databaseUrl' | 'dataFolder'>,
  parts: { log: Logger; note: (line: string) => void; beforeCreating: (() => Promise<void>) | null },
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  if (config.databaseUrl !== undefined) {
    parts.note(`Database: ${describeDatabase(config.databaseUrl)}`);
    return await work(config.databaseUrl);
  }
  if (!existsSync(path.join(config.dataFolder, 'postgres', 'PG_VERSION'))) {
    if (parts.beforeCreating === null)
      throw new RefillError(
        'no-database',
        `No database: DATABASE_URL is not set, and there is no local database in ${config.dataFolder}. ` +
          'Set DATABASE_URL as the app has it, or run this in the folder where Refill was started.',
      );
    await parts.beforeCreating();
  }
  parts.note(`Database: the local database in ${config.dataFolder}`);
  const server = await attachEmbeddedPostgres({ dataFolder: config.dataFolder, log: parts.log });
  try {
    await server.ensureDatabase('refill');
    return await work(server.url('refill'));
  } finally {
    await server.stop();
  }
}

/** Host and name of a database, without the password. Throws RefillError `database-address`. */
export function describeDatabase(url: string): string {
  const { host, port, database = '' } = readAddress(url).connection;
  return `${host}:${port}/${database}`;
}
