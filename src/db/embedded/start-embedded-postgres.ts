/**
 * The supervisor of the embedded PostgreSQL: a real server over the wire, for those who configure nothing. It creates
 * the database on the first start, owns its folder against a second app, clears up after a killed one, and brings the
 * server back should it die.
 */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { chooseAccount } from './choose-account.ts';
import { createCluster, DATABASE_USER } from './create-cluster.ts';
import { type DataFolder, hasCluster, openDataFolder, readOrMakePassword } from './data-folder.ts';
import { findBinaries } from './find-binaries.ts';
import { lockDataFolder } from './lock-data-folder.ts';
import { readPidFile, stopOrphan } from './read-pid-file.ts';
import { runServer, type ServerProcess, type Settings } from './run-server.ts';

/** What to start. */
export interface EmbeddedPostgresOptions {
  /** Folder for the database and nothing else; made if it does not exist. */
  readonly dataFolder: string;
  readonly log: Logger;
  /** PostgreSQL settings other than the supervisor's own, e.g. `{ fsync: 'off' }` in tests. */
  readonly settings?: Settings;
}

/** Why the server is no longer there: stopped by us, or lost and not to be restarted. */
export type ServerEnd = { readonly reason: 'stopped' } | { readonly reason: 'lost'; readonly error: unknown };

/** A running embedded server. */
export interface EmbeddedPostgres {
  /** Connection string of one of its databases; stays valid when the server is restarted. */
  url(databaseName: string): string;
  /** Creates the database unless it exists. */
  ensureDatabase(name: string): Promise<void>;
  /** Stops the server in the orderly way and gives the folder up. */
  stop(): Promise<void>;
  /** Settles once the server is gone for good. */
  readonly exited: Promise<ServerEnd>;
}

const PORT_TAKEN = /TCP\/IP socket|Address already in use/;
/** How long a server that dies again and again is brought back before giving up. */
const RESTART_FOR_MS = 60_000;

/**
 * Starts the embedded server of a data folder, on 127.0.0.1 and a free port.
 *
 * Throws RefillError with words for the operator: `embedded-postgres-unsupported`, `embedded-postgres-failed`,
 * `data-folder-in-use`, `data-folder-foreign` or `data-folder-version`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const folder = await openDataFolder(options.dataFolder, binaries.major);
  const unlock = await lockDataFolder(folder);
  try {
    const account = await chooseAccount(folder);
    const password = await readOrMakePassword(folder);
    if (!(await hasCluster(folder))) await createCluster(folder, binaries, account, password);
    const usedPort = (await readPidFile(folder))?.port;
    await stopOrphan(folder, options.log);
    const startOn = (port: number) =>
      runServer({ folder, program: binaries.postgres, account, port, settings: options.settings ?? {} });
    const { server, port } = await startOnFreePort(startOn, usedPort);
    const supervised = supervise(server, () => startOn(port), folder, options.log);
    return {
      url: (name) => serverUrl(port, password, name),
      ensureDatabase: (name) => ensureDatabase(serverUrl(port, password, 'postgres'), name),
      exited: supervised.exited,
      stop: async () => {
        await supervised.stop();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Connection string of a folder's server for its one account. */
export function serverUrl(port: number, password: string, databaseName: string): string {
  return `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/${databaseName}`;
}

function supervise(
  first: ServerProcess,
  start: () => Promise<ServerProcess>,
  folder: DataFolder,
  log: Logger,
) {
  let server = first;
  let stopping = false;
  const stopAtExit = () => server.stopWithoutWaiting();
  // Reached when the app ends without stopping us, by an uncaught error for one. A kill -9 skips even this.
  process.once('exit', stopAtExit);

  const watch = async (): Promise<ServerEnd> => {
    for (;;) {
      await server.ended;
      if (stopping) return { reason: 'stopped' };
      log.error({ serverLog: folder.serverLog }, 'the database server died; starting it again');
      try {
        server = await restart(start, () => stopping);
      } catch (error) {
        return stopping ? { reason: 'stopped' } : { reason: 'lost', error };
      }
      if (stopping) await server.stop();
    }
  };
  const exited = watch().finally(() => process.off('exit', stopAtExit));
  return {
    exited,
    stop: async () => {
      stopping = true;
      await server.stop();
      await exited;
    },
  };
}

/** Right after a crash the old server's processes may still hold its memory: the first tries may fail. */
async function restart(
  start: () => Promise<ServerProcess>,
  isStopping: () => boolean,
): Promise<ServerProcess> {
  const deadlineMs = Date.now() + RESTART_FOR_MS;
  for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 5_000)) {
    try {
      return await start();
    } catch (error) {
      if (isStopping() || Date.now() > deadlineMs) throw error;
      await sleep(delayMs);
    }
  }
}

/** Another program may take the port between our look and the server's: then a second and a third one is tried. */
async function startOnFreePort(
  startOn: (port: number) => Promise<ServerProcess>,
  preferred: number | undefined,
) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(attempt === 1 ? preferred : undefined);
    try {
      return { server: await startOn(port), port };
    } catch (error) {
      if (attempt === 3 || !(error instanceof RefillError) || !PORT_TAKEN.test(error.message)) throw error;
    }
  }
}

/** The port used before, if it is still free, so that a connected tool finds the server again; any free one otherwise. */
async function choosePort(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined && preferred > 0) {
    const free = await freePort(preferred).catch(() => undefined);
    if (free !== undefined) return free;
  }
  return freePort(0);
}

function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}

async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) {
    throw new RefillError('database-name', `"${name}" cannot be the name of a database: use a-z, 0-9 and _.`);
  }
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE "${name}"`);
  } finally {
    await client.end();
  }
}
