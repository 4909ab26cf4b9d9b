import { randomUUID } from 'node:crypto';
import { chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RefillError } from '../../errors.ts';
import { type ServerAccount, spawnAs } from './choose-account.ts';
import type { DataFolder } from './data-folder.ts';
import type { PostgresBinaries } from './find-binaries.ts';

/** The database's superuser, the only account there is. */
export const DATABASE_USER = 'refill';

const STAGING_PREFIX = 'making-';

/**
 * Makes the folder's database cluster (about a second). It is built aside and gets its name when it is complete, so a
 * process killed half-way leaves nothing that looks like a database.
 */
export async function createCluster(
  folder: DataFolder,
  binaries: PostgresBinaries,
  account: ServerAccount,
  password: string,
): Promise<void> {
  await removeLeftovers(folder);
  const staging = path.join(folder.root, `${STAGING_PREFIX}${randomUUID()}`);
  const passwordFile = `${staging}-password`;
  await mkdir(staging, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.ids !== undefined) {
    await chown(staging, account.ids.uid, account.ids.gid);
    await chown(passwordFile, account.ids.uid, account.ids.gid);
  }
  try {
    await runInitdb(account, [binaries.initdb, '-D', staging, `--pwfile=${passwordFile}`, ...INITDB_OPTIONS]);
    await rename(staging, folder.cluster);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(staging, { recursive: true, force: true });
  }
}

/** UTF-8 with PostgreSQL's own rules for letters, which do not depend on what the machine has installed. */
const INITDB_OPTIONS = [
  `--username=${DATABASE_USER}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
];

function runInitdb(account: ServerAccount, command: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawnAs(account, command, { stdio: ['ignore', 'pipe', 'pipe'], env: initdbEnvironment() });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', (error) => reject(creationFailed(error.message, error)));
    child.once('close', (code) => (code === 0 ? resolve() : reject(creationFailed(output.trim()))));
  });
}

/** None of the machine's language or PG* settings, which initdb would otherwise follow. */
function initdbEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

async function removeLeftovers(folder: DataFolder): Promise<void> {
  const names = await readdir(folder.root);
  const leftovers = names.filter((name) => name.startsWith(STAGING_PREFIX));
  await Promise.all(
    leftovers.map((name) => rm(path.join(folder.root, name), { recursive: true, force: true })),
  );
}

function creationFailed(output: string, cause?: unknown): RefillError {
  const lastLine = output.split('\n').at(-1) ?? '';
  return new RefillError(
    'embedded-postgres-failed',
    `The embedded PostgreSQL database could not be made: ${lastLine}. Set DATABASE_URL to use a server of your own.`,
    { output },
    { cause },
  );
}
