import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { NODE_OPTIONS } from '../../bench/live/start-app.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ERROR_LEVEL = 50;
const MAX_SHOWN = 3;
const READY = /^Refill (answers|works)/;

/** Text of one compiled file of the app, and what takes its place. */
export interface SourceBreakage {
  file: string;
  from: string;
  to: string;
}

export interface Logged {
  requestId: string;
  line: string;
}

/** The compiled app in a process of its own, as `npm start` and the image run it. */
export interface CompiledApp {
  /** With a channel for messages, where `in-app.mjs` listens. */
  child: ChildProcess;
  ended: Promise<unknown>;
  /** Whether it ended, by itself or not. */
  hasEnded(): boolean;
  /** Lines of its log that are errors, and what Node itself wrote. */
  readErrors(): Promise<Logged[]>;
  /** In the orderly way. */
  stop(): Promise<void>;
  /** With SIGKILL. */
  kill(): Promise<void>;
}

/** The app ended before it was ready: its message says why. */
export class NotStarted extends Error {}

/**
 * Starts the app and waits until it is ready, whatever its role. Its log is appended to `logFile`. `root` is the checkout whose `dist` is
 * run, by default this one. Throws NotStarted.
 */
export async function startCompiledApp(of: {
  env: Readonly<Record<string, string>>;
  logFile: string;
  root?: string | undefined;
  nodeOptions?: readonly string[];
  breakage?: SourceBreakage | undefined;
}): Promise<CompiledApp> {
  const inApp = ['--import', new URL('in-app.mjs', import.meta.url).href];
  const child = spawn(
    process.execPath,
    [...NODE_OPTIONS, ...(of.nodeOptions ?? []), ...inApp, 'dist/main.js'],
    {
      cwd: of.root ?? ROOT,
      stdio: ['ignore', 'pipe', openSync(of.logFile, 'a'), 'ipc'],
      env: {
        PATH: process.env.PATH ?? '',
        ...of.env,
        ...(of.breakage === undefined ? {} : { APP_BREAKAGE: JSON.stringify(of.breakage) }),
      },
    },
  );
  const ended = once(child, 'exit');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasEnded()) return;
    child.kill(signal);
    await ended;
  };
  const readErrors = (): Promise<Logged[]> => readLog(of.logFile);
  await untilReady(child, async () =>
    (await readErrors())
      .map(({ line }) => line)
      .slice(-MAX_SHOWN)
      .join('\n'),
  );
  return { child, ended, hasEnded, readErrors, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function untilReady(child: ChildProcess, explain: () => Promise<string>): Promise<void> {
  const lines = child.stdout === null ? null : createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines?.on('line', (line) => {
      if (READY.test(line)) resolve();
    });
    child.once('exit', () => {
      explain().then((why) => reject(new NotStarted(`the app did not start:\n${why}`)), reject);
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

/** Builds what `startCompiledApp` starts, where a source of it has changed. */
export async function buildApp(): Promise<void> {
  const args = ['src/start/build.mjs', '--try-out', '--if-changed'];
  const building = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const [status] = (await once(building, 'exit')) as [number | null];
  if (status !== 0) throw new Error('the app could not be built');
}
