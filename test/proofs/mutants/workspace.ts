import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Not copied: what is large and the same, and what is the checkout's own. */
const LEFT_OUT = new Set(['node_modules', '.git']);
const VITEST = 'node_modules/vitest/vitest.mjs';
/** A run that is told to end closes its connections in this time. */
const ENDS_WITHIN_MS = 5_000;
const END_LENGTH = 2_000;

/** A copy of this checkout in a temporary folder, in which sources can be changed and tested. */
export interface Workspace {
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  typeChecks(): Promise<boolean>;
  /** Runs the test runner with these arguments, whatever comes of it. */
  run(args: readonly string[], how: { withinMs: number; env?: Record<string, string> }): Promise<void>;
  /** Runs tests until the first fails; `failing` names it. */
  test(files: readonly string[], run: TestRun): Promise<TestOutcome>;
  close(): Promise<void>;
}

interface TestRun {
  except?: readonly string[];
  /** After so long it is ended. */
  withinMs: number;
}

export interface TestOutcome {
  outcome: 'passed' | 'failed' | 'timed out';
  failing: string | null;
  /** What the runner printed last. */
  end: string;
}

/** Copies the checkout; `signal` ends whatever runs in the copy. */
export async function openWorkspace({
  databaseUrl,
  signal,
}: {
  databaseUrl: string;
  signal: AbortSignal;
}): Promise<Workspace> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-mutants-'));
  await cp(ROOT, folder, { recursive: true, filter: (source) => !LEFT_OUT.has(path.basename(source)) });
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const env = { ...process.env, TEST_DATABASE_URL: databaseUrl, TMPDIR: folder, NO_COLOR: '1' };
  const run = (args: readonly string[], withinMs: number, more: Record<string, string> = {}) => {
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...env, ...more }, detached: true });
    return follow(child, { withinMs, signal });
  };
  return {
    read: (file) => readFile(path.join(folder, file), 'utf8'),
    write: (file, text) => writeFile(path.join(folder, file), text),
    typeChecks: async () => (await run(['node_modules/typescript/bin/tsc', '--noEmit'], 300_000)).code === 0,
    run: async (args, { withinMs, env: more }) => void (await run([VITEST, 'run', ...args], withinMs, more)),
    async test(files, { except = [], withinMs }) {
      const excluded = except.flatMap((file) => ['--exclude', file]);
      const args = [VITEST, 'run', '--bail', '1', ...excluded, ...files];
      const { code, output, isTimedOut } = await run(args, withinMs);
      const end = output.slice(-END_LENGTH);
      if (isTimedOut) return { outcome: 'timed out', failing: null, end };
      if (code === 0) return { outcome: 'passed', failing: null, end };
      const [, failing = null] = /^\s*FAIL\s+(.*)$/m.exec(output) ?? [];
      return { outcome: 'failed', failing, end };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What a process came to. Where its time is over, or `signal` says so, it is ended with all that it started. */
async function follow(
  child: ChildProcess,
  { withinMs, signal }: { withinMs: number; signal: AbortSignal },
): Promise<{ code: number | null; output: string; isTimedOut: boolean }> {
  let output = '';
  let isTimedOut = false;
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => {
      output += bytes.toString('utf8');
    });
  const closed = once(child, 'close');
  const end = (): void => {
    endGroup(child, 'SIGTERM');
    setTimeout(() => endGroup(child, 'SIGKILL'), ENDS_WITHIN_MS).unref();
  };
  const timer = setTimeout(() => {
    isTimedOut = true;
    end();
  }, withinMs);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const [code] = (await closed) as [number | null];
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
  endGroup(child, 'SIGKILL');
  return { code, output, isTimedOut };
}

function endGroup({ pid }: ChildProcess, how: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, how);
  } catch (error) {
    // All of it has ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
