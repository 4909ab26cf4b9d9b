/**
 * `npm run check`: types, lint, dead code and copied lines, one check a core and at least two side by side. Each prints what it
 * has to say once it has ended, and all are played even where one fails.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The longest first, so that none of them is left over at the end. The compiler's own threads would share little and cost twice
 * the processor time; the checks run side by side already.
 */
const CHECKS = [
  'tsc --noEmit --singleThreaded -p test',
  'tsc --noEmit --singleThreaded',
  'biome check .',
  'knip',
  'knip --production --include files,dependencies',
  'jscpd --config .jscpd.json',
  'tsc --noEmit --singleThreaded -p src/stand-ins/local-workspace/page',
];

/** Runs one of node_modules/.bin. @returns whether it found nothing */
function run(command) {
  const [program, ...args] = command.split(' ');
  const startedAt = performance.now();
  const child = spawn(path.join(ROOT, 'node_modules', '.bin', program), args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
    shell: process.platform === 'win32',
  });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk));
  return new Promise((resolve) => {
    const end = (isFine, why) => {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      process.stdout.write(`${isFine ? 'ok    ' : 'FAILED'} ${command} (${seconds} s)${why}\n`);
      if (!isFine) process.stdout.write(Buffer.concat(printed));
      resolve(isFine);
    };
    child.on('error', ({ message }) => end(false, `: ${message}`));
    child.on('close', (code, signal) => end(code === 0, code === null ? `: ${signal}` : ''));
  });
}

const waiting = [...CHECKS];
const failed = [];
async function work() {
  for (let command = waiting.shift(); command !== undefined; command = waiting.shift())
    if (!(await run(command))) failed.push(command);
}
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
if (failed.length > 0) process.exitCode = 1;
