import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';
import type { DataFolder } from './data-folder.ts';
import { isServerOf } from './identify-process.ts';

/** What a running server writes about itself into `postmaster.pid`. */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  /** True once it accepts connections. */
  readonly ready: boolean;
}

const FAST_STOP_MS = 20 * SECOND_MS;
const IMMEDIATE_STOP_MS = 10 * SECOND_MS;

/** Reads the server's pid file; undefined when there is none or it is not complete yet. */
export async function readPidFile(folder: DataFolder): Promise<PidFile | undefined> {
  const lines = (await readFile(pidFilePath(folder), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port, ready: (lines[7] ?? '').trim() === 'ready' };
}

/**
 * Ends a server that outlived its owner (killed, so that it could not stop it), in the orderly way: what it had
 * acknowledged is on disk either way. A pid file that remains is removed, because its number may belong to some other
 * program by now, or to a dead process that is not reaped yet, and PostgreSQL would take either for a running
 * server and refuse to start. Should processes of the old server still hold its shared memory, PostgreSQL's own check
 * on that refuses in its place.
 */
export async function stopOrphan(folder: DataFolder, log: Logger): Promise<void> {
  const found = await readPidFile(folder);
  if (found === undefined) return;
  if (await isServerOf(found.pid, folder.cluster)) {
    log.info({ serverPid: found.pid }, 'stopping the database server that an earlier process left running');
    const stopped =
      (await signalAndWait(folder, found.pid, 'SIGINT', FAST_STOP_MS)) ||
      (await signalAndWait(folder, found.pid, 'SIGQUIT', IMMEDIATE_STOP_MS));
    if (!stopped) return; // PostgreSQL says so better, by refusing
  }
  await rm(pidFilePath(folder), { force: true });
}

async function signalAndWait(
  folder: DataFolder,
  pid: number,
  signal: NodeJS.Signals,
  limitMs: number,
): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone between the look and the signal, which the look below finds.
  }
  const deadlineMs = Date.now() + limitMs;
  while (Date.now() < deadlineMs) {
    if (!(await isServerOf(pid, folder.cluster))) return true;
    await sleep(10);
  }
  return false;
}

function pidFilePath(folder: DataFolder): string {
  return path.join(folder.cluster, 'postmaster.pid');
}
