#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import { loadEnvironment } from '../config.ts';
import { COMMAND_TABLE } from './commands.ts';
import { runCli } from './frame/index.ts';

// A reader that goes away (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
process.exitCode = await runCli(
  {
    args: process.argv.slice(2),
    env: loadEnvironment(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    version,
  },
  COMMAND_TABLE,
);
