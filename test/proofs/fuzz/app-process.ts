import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NODE_OPTIONS } from '../../bench/live/start-app.ts';
import type { Breakage } from './sabotages.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ERROR_LEVEL = 50;
const ENDS_WITHIN_MS = 1_000;

/** What the process holds: `liveBytes` is what the collector of garbage leaves, in its heap and in buffers beside it. */
export interface Memory {
  liveBytes: number;
  residentBytes: number;
}

export interface Logged {
  requestId: string;
  line: string;
}

/** The compiled app in a process of its own, as `npm start` and the image run it. */
export interface FuzzedApp {
  readMemory(): Promise<Memory>;
  /** Lines of its log that are errors, and what Node itself wrote. */
  readErrors(): Promise<Logged[]>;
  /** Whether it ended by itself. */
  hasEnded(): boolean;
  /** The same where a moment ago a request was not answered. */
  isEnding(): Promise<boolean>;
  stop(): Promise<void>;
}

export async function startFuzzedApp(of: {
  env: Readonly<Record<string, string>>;
  logFile: string;
  breakage: Breakage['source'];
}): Promise<FuzzedApp> {
  await build();
  const child = spawn(
    process.execPath,
    [...NODE_OPTIONS, '--expose-gc', '--import', new URL('in-app.mjs', import.meta.url).href, 'dist/main.js'],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', openSync(of.logFile, 'w'), 'ipc'],
      env: {
        PATH: process.env.PATH ?? '',
        ...of.env,
        ...(of.breakage === undefined ? {} : { FUZZ_BREAKAGE: JSON.stringify(of.breakage) }),
      },
    },
  );
  const ended = once(child, 'exit');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const readErrors = async (): Promise<Logged[]> => await readLog(of.logFile);
  await untilReady(child, async () =>
    (await readErrors())
      .map(({ line }) => line)
      .slice(0, 3)
      .join('\n'),
  );
  return {
    readErrors,
    hasEnded,
    async isEnding() {
      await Promise.race([ended, sleep(ENDS_WITHIN_MS)]);
      return hasEnded();
    },
    async readMemory() {
      const answered = once(child, 'message') as Promise<[NodeJS.MemoryUsage]>;
      child.send('memory');
      const [{ heapUsed, external, rss }] = await answered;
      return { liveBytes: heapUsed + external, residentBytes: rss };
    },
    async stop() {
      if (hasEnded()) return;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilReady(child: ChildProcess, explain: () => Promise<string>): Promise<void> {
  const lines = child.stdout === null ? null : createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines?.on('line', (line) => {
      if (line.includes('Refill answers')) resolve();
    });
    child.once('exit', () => {
      explain().then((why) => reject(new Error(`the app did not start:\n${why}`)), reject);
    });
  });
}

async function readLog(file: string): Promise<Logged[]> {
  const errors: Logged[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const read = parse(line);
    if (read === null) errors.push({ requestId: '', line });
    else if (read.level >= ERROR_LEVEL) errors.push({ requestId: read.requestId ?? '', line });
  }
  return errors;
}

function parse(line: string): { level: number; requestId?: string } | null {
  try {
    return JSON.parse(line) as { level: number; requestId?: string };
  } catch {
    return null;
  }
}

async function build(): Promise<void> {
  const args = ['src/start/build.mjs', '--try-out', '--if-changed'];
  const building = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const [status] = (await once(building, 'exit')) as [number | null];
  if (status !== 0) throw new Error('the app could not be built');
}
