import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { RefillError } from '../../errors.ts';
import type { DataFolder } from './data-folder.ts';
import { identifyProcess } from './identify-process.ts';

const owner = z.object({ pid: z.number().int(), identity: z.string(), token: z.string() });
type Owner = z.infer<typeof owner>;

/**
 * Makes this process the folder's only owner until it releases the lock or dies, however it dies: the lock names the
 * process and when it started, so a lock left by a killed one is recognised and taken over.
 *
 * Returns the function that releases it. Throws RefillError `data-folder-in-use` while another owner lives.
 */
export async function lockDataFolder(folder: DataFolder): Promise<() => Promise<void>> {
  const mine: Owner = {
    pid: process.pid,
    identity: (await identifyProcess(process.pid)) ?? 'unknown',
    token: randomUUID(),
  };
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (await create(folder.lock, mine)) return () => release(folder.lock, mine);
    const found = await readOwner(folder.lock);
    if (await isAlive(found)) throw inUse(folder, found?.pid);
    await removeStale(folder.lock, found);
  }
  throw inUse(folder, undefined);
}

/** True while the process that owns the folder lives. */
export async function hasLiveOwner(folder: DataFolder): Promise<boolean> {
  return isAlive(await readOwner(folder.lock));
}

async function isAlive(found: Owner | undefined): Promise<boolean> {
  return found !== undefined && (await identifyProcess(found.pid)) === found.identity;
}

async function create(file: string, mine: Owner): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when the file is gone, or still unreadable after its writer had time to finish writing it. */
async function readOwner(file: string): Promise<Owner | undefined> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const parsed = owner.safeParse(parseJson(await readFile(file, 'utf8').catch(() => '')));
    if (parsed.success) return parsed.data;
    await sleep(50);
  }
  return undefined;
}

/** Moves the dead owner's lock away; should it turn out to be a newer one, taken in between, puts it back. */
async function removeStale(file: string, stale: Owner | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return; // someone else was faster
  }
  const moved = await readOwner(aside);
  if (moved !== undefined && moved.token !== stale?.token) await create(file, moved);
  await rm(aside, { force: true });
}

async function release(file: string, mine: Owner): Promise<void> {
  const found = await readOwner(file);
  if (found?.token === mine.token) await rm(file, { force: true });
}

function inUse(folder: DataFolder, pid: number | undefined): RefillError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new RefillError(
    'data-folder-in-use',
    `Refill is already running on the data folder ${folder.root} (${who}). Stop it first, or give this one a data ` +
      'folder of its own.',
    { pid },
  );
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
