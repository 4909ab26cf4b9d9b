import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE_MS, SECOND_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { type ServerAccount, spawnAs } from './choose-account.ts';
import type { DataFolder } from './data-folder.ts';
import { readPidFile } from './read-pid-file.ts';

/** A running server process, accepting connections. */
export interface ServerProcess {
  /** Settles when the process has ended, for any reason. */
  readonly ended: Promise<void>;
  /** Fast mode: open transactions are rolled back, everything committed is written out. */
  stop(): Promise<void>;
  /** The same without waiting, for the very end of our own process. */
  stopWithoutWaiting(): void;
}

/** PostgreSQL settings by name. */
export type Settings = Readonly<Record<string, string>>;

/** Crash recovery after a kill may take a while; a start without it takes some 50 ms. */
const READY_WITHIN_MS = 2 * MINUTE_MS;
const FAST_STOP_MS = 30 * SECOND_MS;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/** Fit for a small machine. Durability is PostgreSQL's full one: a commit is on disk before it is acknowledged. */
const SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '512MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  jit: 'off',
  // Containers often give 64 MB of /dev/shm, which parallel queries exhaust.
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
};

/**
 * Starts the server of a data folder on a port and waits until it accepts connections. Its own process group keeps a
 * Ctrl-C meant for the app from stopping the database under it.
 *
 * Throws RefillError `embedded-postgres-failed` with the server's last words.
 */
export async function runServer(options: {
  folder: DataFolder;
  program: string;
  account: ServerAccount;
  port: number;
  settings: Settings;
}): Promise<ServerProcess> {
  const { folder, program, account, port } = options;
  const settings = Object.entries({ ...SETTINGS, ...options.settings, port: String(port) });
  const command = [
    program,
    '-D',
    folder.cluster,
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const log = openLog(folder.serverLog);
  const child = spawnAs(account, command, {
    stdio: ['ignore', log, log],
    detached: true,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  await waitUntilReady(folder, child, ended);
  return {
    ended,
    stop: () => stop(child, ended),
    stopWithoutWaiting: () => child.kill('SIGINT'),
  };
}

async function waitUntilReady(folder: DataFolder, child: ChildProcess, ended: Promise<void>): Promise<void> {
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const deadlineMs = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadlineMs) {
    if (hasEnded) throw await startFailed(folder, child.pid);
    const found = await readPidFile(folder);
    if (found?.ready === true && found.pid === child.pid) return;
    await sleep(10);
  }
  child.kill('SIGQUIT');
  throw await startFailed(folder, child.pid);
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  const hurry = setTimeout(() => child.kill('SIGQUIT'), FAST_STOP_MS);
  await ended;
  clearTimeout(hurry);
}

function openLog(file: string): number {
  try {
    if (statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  } catch {
    // No log yet.
  }
  return openSync(file, 'a', 0o600);
}

/** Processes of an earlier server may be dying into the same log: only this server's own lines say why it ended. */
async function startFailed(folder: DataFolder, pid: number | undefined): Promise<RefillError> {
  const lines = (await readFile(folder.serverLog, 'utf8').catch(() => '')).trim().split('\n').slice(-200);
  const own = lines.filter((line) => line.includes(` [${pid}] `));
  const lastLines = (own.length > 0 ? own : lines).slice(-15);
  const fatal =
    lastLines.findLast((line) => /FATAL|PANIC|could not|error/.test(line)) ?? lastLines.at(-1) ?? '';
  return new RefillError(
    'embedded-postgres-failed',
    `The embedded PostgreSQL did not start: ${fatal.replace(/^.*?(FATAL|PANIC): +/, '')}. Its log is ${folder.serverLog}.`,
    { lastLines },
  );
}
