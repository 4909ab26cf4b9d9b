/**
 * `npm test`: the checks and all tests but the long ones, side by side. The checks take what the tests leave of the
 * processor, and say what they found once the tests have ended.
 */
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LOWER_PRIORITY = 10;

function start(script, args, stdio) {
  const child = spawn(process.execPath, [path.join(ROOT, script), ...args], { cwd: ROOT, stdio });
  const ended = new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
  return { child, ended };
}

const checks = start('test/house/check.mjs', [], ['ignore', 'pipe', 'pipe']);
const said = [];
for (const stream of [checks.child.stdout, checks.child.stderr])
  stream.on('data', (chunk) => said.push(chunk));
if (checks.child.pid !== undefined) setPriority(checks.child.pid, LOWER_PRIORITY);
const tests = start(
  'node_modules/vitest/vitest.mjs',
  ['run', '--config', 'test/whole.config.ts', ...process.argv.slice(2)],
  'inherit',
);

const arePassed = await tests.ended;
const areFine = await checks.ended;
process.stdout.write(Buffer.concat(said));
if (!arePassed || !areFine) process.exitCode = 1;
