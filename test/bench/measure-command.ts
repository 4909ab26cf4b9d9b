import { spawn } from 'node:child_process';
import { once } from 'node:events';

const TELL_USAGE =
  "data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('used '+u.maxRSS+' '+(u.userCPUTime+u.systemCPUTime)+'\\n')})";
const LINES_SHOWN = 14;

/**
 * Runs `refill …` as an operator does, as a process of its own, and prints how long it took and how much memory, with the
 * beginning of its output. `env` goes beside this process's own; `progress` prints what it says while it works; a process that
 * holds more than `heapMb` alive dies. Throws where it fails.
 */
export async function measureCommand(
  what: string,
  args: readonly string[],
  env: Record<string, string>,
  { progress = false, heapMb }: { progress?: boolean; heapMb?: string | undefined } = {},
): Promise<void> {
  const startedAt = performance.now();
  const limit = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
  const child = spawn(
    process.execPath,
    [...limit, '--import', 'tsx', '--import', TELL_USAGE, 'src/cli/index.ts', ...args],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
    if (progress) process.stdout.write(chunk);
  });
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [status] = await once(child, 'exit');
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const [, kilobytes = '0', micros = '0'] = /used (\d+) (\d+)/.exec(errors) ?? [];
  const cpu = (Number(micros) / 1_000_000).toFixed(1);
  const megabytes = Math.round(Number(kilobytes) / 1024);
  process.stdout.write(`${what}: ${seconds} s, of them ${cpu} s of this process, peak RSS ${megabytes} MB\n`);
  if (status !== 0) throw new Error(`${errors}\n${output}`);
  process.stdout.write(`${output.split('\n').slice(0, LINES_SHOWN).join('\n')}\n`);
}
