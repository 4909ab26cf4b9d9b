import { Readable, Writable } from 'node:stream';
import { COMMAND_TABLE } from '../../src/cli/commands.ts';
import { runCli } from '../../src/cli/frame/index.ts';
import { type Clock, systemClock } from '../../src/clock.ts';

export interface RefillRun {
  status: 0 | 1 | 2;
  stdout: string;
  stderr: string;
}

/** Runs `refill …` in this process, with an environment of its own: all of the command line but the program's start. */
export async function runRefill(
  args: readonly string[],
  env: Record<string, string | undefined>,
  { stdin = '', clock = systemClock }: { stdin?: string; clock?: Clock } = {},
): Promise<RefillRun> {
  const out = capture();
  const err = capture();
  const status = await runCli(
    {
      args,
      env,
      stdin: Readable.from(stdin === '' ? [] : [stdin]),
      stdout: out.stream,
      stderr: err.stream,
      clock,
      version: '0.0.0-test',
    },
    COMMAND_TABLE,
  );
  return { status, stdout: out.text(), stderr: err.text() };
}

function capture(): { stream: Writable; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
