import { mkdir, realpath, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../../log.ts';
import { describeDataFolder, hasCluster } from './data-folder.ts';
import { lockDataFolder } from './lock-data-folder.ts';
import { stopOrphan } from './read-pid-file.ts';

/**
 * Moves a data folder's database into a folder of its own inside it, so that the next start makes a new one; moved back,
 * it is as it was. Its server must not run under an app.
 *
 * Returns where it is now, or null where there is none. Throws RefillError `data-folder-in-use`.
 */
export async function setDatabaseAside(options: {
  dataFolder: string;
  at: Date;
  log: Logger;
}): Promise<string | null> {
  const root = await realpath(path.resolve(options.dataFolder)).catch(() => null);
  if (root === null) return null;
  const folder = describeDataFolder(root);
  if (!(await hasCluster(folder))) return null;
  const unlock = await lockDataFolder(folder);
  try {
    await stopOrphan(folder, options.log);
    // Hidden: a folder of other names would be taken for somebody else's.
    const aside = path.join(root, `.before-${options.at.toISOString().replace(/[:.]/g, '-')}`);
    await mkdir(aside, { mode: 0o700 });
    for (const file of [folder.serverLog, folder.password])
      await rename(file, path.join(aside, path.basename(file))).catch(() => undefined);
    await rename(folder.cluster, path.join(aside, path.basename(folder.cluster)));
    return aside;
  } finally {
    await unlock();
  }
}
