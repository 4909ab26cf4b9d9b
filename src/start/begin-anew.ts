import type { Config } from '../config.ts';
import { setDatabaseAside } from '../db/embedded/index.ts';
import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';

/**
 * `--fresh`: sets the try-out's database aside, so that it begins with a new one. Throws RefillError `bad-argument` where
 * there is more at stake than a try-out's own folder, and what `setDatabaseAside` throws.
 */
export async function beginAnew(
  config: Pick<Config, 'live' | 'databaseUrl' | 'dataFolder'>,
  { log, say }: { log: Logger; say: (line: string) => void },
): Promise<void> {
  if (config.live !== undefined || config.databaseUrl !== undefined)
    throw new RefillError(
      'bad-argument',
      '--fresh sets the database of a try-out in its own folder aside; with DATABASE_URL or credentials set, name another database instead.',
    );
  const aside = await setDatabaseAside({ dataFolder: config.dataFolder, at: new Date(), log });
  say(aside === null ? 'There is no database to set aside.' : `The database so far is kept in ${aside}.`);
}
