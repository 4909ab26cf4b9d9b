import { access, constants, mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RefillError } from '../../errors.ts';
import { newToken } from '../../token.ts';

/** Where things are in a data folder. All paths are absolute and free of links. */
export interface DataFolder {
  readonly root: string;
  /** PostgreSQL's own data directory. */
  readonly cluster: string;
  /** The server's password, readable by its owner alone. */
  readonly password: string;
  /** What the server has to say. */
  readonly serverLog: string;
  /** Names the process that owns the folder. */
  readonly lock: string;
  /** Says that the folder is ours. */
  readonly marker: string;
}

const MARKER = 'refill-data-folder';
const MARKER_TEXT = 'This folder belongs to Refill: its embedded PostgreSQL database lives here.\n';

/**
 * Makes the folder if need be and checks that it is ours to use.
 *
 * Throws RefillError `data-folder-foreign` for a folder with someone else's files, `data-folder-version` for a database
 * that another major version of PostgreSQL made, and `data-folder-unusable` where nothing can be written.
 */
export async function openDataFolder(given: string, major: string): Promise<DataFolder> {
  const { folder, entries } = await makeFolder(path.resolve(given)).catch((error: unknown) => {
    throw unusableFolder(path.resolve(given), error);
  });
  // Mount points come with a lost+found, repositories with a .gitkeep: neither makes a folder foreign.
  const foreign = entries.filter((name) => !name.startsWith('.') && name !== 'lost+found');
  if (!entries.includes(MARKER)) {
    if (foreign.length > 0) throw foreignFolder(folder.root, foreign);
    await writeFile(folder.marker, MARKER_TEXT).catch((error: unknown) => {
      throw unusableFolder(folder.root, error);
    });
  }
  await checkVersion(folder, major);
  return folder;
}

/** Makes what is missing of the path, a folder at a time: below /proc the whole of it at once is tried for ever. */
async function makeFolder(given: string): Promise<{ folder: DataFolder; entries: string[] }> {
  const above = path.dirname(given);
  if (above !== given && !(await exists(given))) {
    if (!(await exists(above))) await makeFolder(above);
    await mkdir(given, { mode: 0o700 });
  }
  const folder = describeDataFolder(await realpath(given));
  const entries = await readdir(folder.root);
  await access(folder.root, constants.W_OK);
  return { folder, entries };
}

function exists(name: string): Promise<boolean> {
  return access(name).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

const UNUSABLE: Record<string, string> = {
  EACCES: 'its user may not write there. Give it the right to, or',
  EPERM: 'its user may not write there. Give it the right to, or',
  EROFS: 'that file system is read-only. To go on,',
  ENOTDIR: 'there is a file of that name, or on the way to it. To go on,',
  EEXIST: 'there is a file of that name, or on the way to it. To go on,',
  ENOENT: 'no folder can be made there. To go on,',
  ENOSPC: 'the disk is full. Make room, or',
};

function unusableFolder(root: string, error: unknown): RefillError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new RefillError(
    'data-folder-unusable',
    `Refill cannot use the data folder ${root}: ${UNUSABLE[code] ?? `${message}. To go on,`} set REFILL_DATA to another folder.`,
    { code },
    { cause: error },
  );
}

/** The paths of a data folder, which need not exist. */
export function describeDataFolder(root: string): DataFolder {
  return {
    root,
    cluster: path.join(root, 'postgres'),
    password: path.join(root, 'postgres-password'),
    serverLog: path.join(root, 'postgres.log'),
    lock: path.join(root, 'owner.json'),
    marker: path.join(root, MARKER),
  };
}

/** True when the folder already holds a database. */
export async function hasCluster(folder: DataFolder): Promise<boolean> {
  return (await readVersion(folder)) !== undefined;
}

/**
 * The server's password, made before there is a database. Throws RefillError `data-folder-password` for a database
 * whose password is lost.
 */
export async function readOrMakePassword(folder: DataFolder): Promise<string> {
  const existing = await readPassword(folder);
  if (existing !== undefined) return existing;
  if (await hasCluster(folder)) throw passwordLost(folder);
  const made = newToken(24);
  // On disk before the database is: after a power cut the one is of no use without the other.
  await writeFile(folder.password, made, { mode: 0o600, flush: true });
  return made;
}

/** The server's password, undefined when there is none yet. */
export async function readPassword(folder: DataFolder): Promise<string | undefined> {
  const text = await readFile(folder.password, 'utf8').catch(() => '');
  return text.trim() || undefined;
}

async function checkVersion(folder: DataFolder, major: string): Promise<void> {
  const found = await readVersion(folder);
  if (found === undefined || found === major) return;
  throw new RefillError(
    'data-folder-version',
    `The data folder ${folder.root} was made by PostgreSQL ${found}, and this version of Refill brings PostgreSQL ` +
      `${major}. Dump it with the version of Refill that made it and restore it into a new folder; nothing was changed.`,
    { found, expected: major },
  );
}

async function readVersion(folder: DataFolder): Promise<string | undefined> {
  const text = await readFile(path.join(folder.cluster, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text?.trim();
}

function passwordLost(folder: DataFolder): RefillError {
  return new RefillError(
    'data-folder-password',
    `The data folder ${folder.root} holds a database, but the file with its password is gone ` +
      `(${path.basename(folder.password)}). Put it back, from a backup of the folder; nothing was changed.`,
  );
}

function foreignFolder(root: string, names: string[]): RefillError {
  const some = names.slice(0, 3).join(', ');
  return new RefillError(
    'data-folder-foreign',
    `The data folder ${root} holds files that are not Refill's (${some}). Choose an empty folder or one that does not ` +
      'exist yet; nothing was changed.',
    { names },
  );
}
