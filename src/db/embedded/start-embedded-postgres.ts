/**
 * The supervisor of the embedded PostgreSQL: a real server over the wire, for those who configure nothing. It creates
 * the database on the first start, owns its folder against a second app, clears up after a killed one, and brings the
 * server back should it die.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { chooseAccount } from './choose-account.ts';
import { choosePort } from './choose-port.ts';
import { createCluster } from './create-cluster.ts';
import { hasCluster, openDataFolder, readOrMakePassword } from './data-folder.ts';
import { findBinaries } from './find-binaries.ts';
import { lockDataFolder } from './lock-data-folder.ts';
import { readPidFile, stopOrphan } from './read-pid-file.ts';
import { runServer, type ServerProcess, type Settings } from './run-server.ts';
import { ensureDatabase, serverUrl } from './server-url.ts';
import { superviseServer } from './supervise-server.ts';

/** What to start. */
export interface EmbeddedPostgresOptions {
  /** Folder for the database and nothing else; made if it does not exist. */
  readonly dataFolder: string;
  readonly log: Logger;
  /** PostgreSQL settings other than the supervisor's own, e.g. `{ fsync: 'off' }` in tests. */
  readonly settings?: Settings;
  /** Runs before a database is made, which takes some seconds. */
  readonly onCreate?: () => void;
}

/** A running embedded server. */
export interface EmbeddedPostgres {
  /** Connection string of one of its databases; stays valid when the server is restarted. */
  url(databaseName: string): string;
  /** Creates the database unless it exists. */
  ensureDatabase(name: string): Promise<void>;
  /** Stops the server in the orderly way and gives the folder up. */
  stop(): Promise<void>;
}

const PORT_TAKEN = /TCP\/IP socket|Address already in use/;
/** A process of a killed server finishes its statement before it lets go; statements of ours end in 30 seconds. */
const OLD_SERVER_REMAINS = /shared memory block/;
const WAIT_FOR_REMAINS_MS = 40 * SECOND_MS;

/**
 * Starts the embedded server of a data folder, on 127.0.0.1 and a free port.
 *
 * Throws RefillError with words for the operator: `embedded-postgres-unsupported`, `embedded-postgres-failed`,
 * `data-folder-in-use`, `data-folder-foreign`, `data-folder-unusable`, `data-folder-version` or `data-folder-password`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const folder = await openDataFolder(options.dataFolder, binaries.major);
  const unlock = await lockDataFolder(folder);
  try {
    const account = await chooseAccount(folder);
    const password = await readOrMakePassword(folder);
    if (!(await hasCluster(folder))) {
      options.onCreate?.();
      await createCluster(folder, binaries, account, password);
    }
    const usedPort = (await readPidFile(folder))?.port;
    await stopOrphan(folder, options.log);
    const startOn = (port: number) =>
      runServer({ folder, program: binaries.postgres, account, port, settings: options.settings ?? {} });
    const { server, port } = await startOnFreePort(startOn, usedPort);
    const stop = superviseServer(server, () => startOn(port), options.log);
    return {
      url: (name) => serverUrl(port, password, name),
      ensureDatabase: (name) => ensureDatabase(serverUrl(port, password, 'postgres'), name),
      stop: async () => {
        await stop();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Tries again where waiting helps, or another port does: another program may take the one we found free. */
async function startOnFreePort(
  startOn: (port: number) => Promise<ServerProcess>,
  preferred: number | undefined,
) {
  const deadlineMs = Date.now() + WAIT_FOR_REMAINS_MS;
  for (let portsLeft = 3; ; ) {
    const port = await choosePort(portsLeft === 3 ? preferred : undefined);
    try {
      return { server: await startOn(port), port };
    } catch (error) {
      const reason = error instanceof RefillError ? error.message : '';
      if (PORT_TAKEN.test(reason) && portsLeft > 1) portsLeft -= 1;
      else if (OLD_SERVER_REMAINS.test(reason) && Date.now() < deadlineMs) await sleep(200);
      else throw error;
    }
  }
}
