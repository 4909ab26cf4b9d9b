import { realpath } from 'node:fs/promises';
import { describeDataFolder, readPassword } from './data-folder.ts';
import { isServerOf } from './identify-process.ts';
import { hasLiveOwner } from './lock-data-folder.ts';
import { readPidFile } from './read-pid-file.ts';
import { serverUrl } from './server-url.ts';

/**
 * Finds the embedded server that another process is running on a data folder. One left over by a killed process does
 * not count: the next owner will stop it.
 *
 * Returns a function from database name to connection string, or undefined when no server runs there.
 */
export async function findEmbeddedPostgres(
  dataFolder: string,
): Promise<((databaseName: string) => string) | undefined> {
  const root = await realpath(dataFolder).catch(() => undefined);
  if (root === undefined) return undefined;
  const folder = describeDataFolder(root);
  const [password, found] = await Promise.all([readPassword(folder), readPidFile(folder)]);
  if (password === undefined || found?.ready !== true) return undefined;
  if (!(await hasLiveOwner(folder)) || !(await isServerOf(found.pid, folder.cluster))) return undefined;
  return (databaseName) => serverUrl(found.port, password, databaseName);
}
