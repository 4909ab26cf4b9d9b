/**
 * PostgreSQL refuses to run as root, as containers and build machines often do. Inside a user namespace of its own it
 * sees itself as `nobody` while its files stay root's, so that it works below folders that only root may enter. Where
 * namespaces are forbidden it runs as `nobody` for real, on a folder handed over to that account.
 */
import { type SpawnOptions, spawn } from 'node:child_process';
import { chown, lchown, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DataFolder } from './data-folder.ts';

/** How the server's programs are started. */
export interface ServerAccount {
  /** Words to put before the program, e.g. `unshare --user …`; empty when nothing is needed. */
  readonly prefix: readonly string[];
  /** The account to switch to, where the prefix does not do it. */
  readonly ids?: { readonly uid: number; readonly gid: number };
}

const NOBODY = 65_534;
const NAMESPACE = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];

/** Decides under which account the server of this folder runs; hands the folder over to it where that is needed. */
export async function chooseAccount(folder: DataFolder): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const owner = await stat(folder.cluster).catch(() => undefined);
  const handedOver = owner !== undefined && owner.uid !== 0;
  if (!handedOver && (await succeeds([...NAMESPACE, 'true']))) return { prefix: NAMESPACE };
  const ids = handedOver ? { uid: owner.uid, gid: owner.gid } : { uid: NOBODY, gid: NOBODY };
  await chown(folder.root, ids.uid, ids.gid);
  if (owner !== undefined && !handedOver) await handOver(folder.cluster, ids);
  return { prefix: [], ids };
}

/** Starts one of the server's programs under the account; the arguments are those of `spawn`. */
export function spawnAs(account: ServerAccount, command: readonly string[], options: SpawnOptions) {
  const [program = '', ...args] = [...account.prefix, ...command];
  return spawn(program, args, { ...options, ...account.ids });
}

async function succeeds(command: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawnAs({ prefix: [] }, command, { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

async function handOver(item: string, ids: { uid: number; gid: number }): Promise<void> {
  await lchown(item, ids.uid, ids.gid);
  const entries = await readdir(item, { withFileTypes: true });
  for (const entry of entries) {
    const inside = path.join(item, entry.name);
    if (entry.isDirectory()) await handOver(inside, ids);
    else await lchown(inside, ids.uid, ids.gid);
  }
}
