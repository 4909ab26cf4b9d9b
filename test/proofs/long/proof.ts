import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { defineProof, optionalNumber, pickByTurns } from '../proof.ts';

/** Test files of a project of their own, which `npm test` leaves out: each takes as long as a hundred others. */
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.long.test.ts'))
  .map((file) => path.join('test', file))
  .sort();

/** These look at every screen as every role, for a quarter of an hour: no share has that. */
const WALKS = /(screens|keyboard)-walk/;

/** The command that a file is debugged with. */
const commandOf = (chosen: readonly string[]): string[] => ['vitest', 'run', '--project', 'long', ...chosen];

export const longProof = defineProof({
  claim:
    'what the long tests guarantee holds: a real installation, every command, months of billing, adoption of old books',
  options: z.object({
    /** One of the files, by its place among them; all of them unless given. */
    file: optionalNumber(),
  }),
  sabotages: [],
  sabotageOptions: {},
  share: (seed) =>
    pickByTurns(
      files.filter((file) => !WALKS.test(file)),
      1,
      seed,
    ).map((file) => ({ options: { file: files.indexOf(file) } })),
  async play({ file }, { onProgress }) {
    const chosen = file === null ? files : files.slice(file, file + 1);
    const { status, output } = await runVitest(chosen, onProgress);
    const holds = status === 0 && chosen.length > 0;
    return {
      verdict: holds ? 'holds' : 'broken',
      figures: { files: chosen.join(' ') },
      details: holds ? [] : [output.slice(-4_000), `npx ${commandOf(chosen).join(' ')}`],
    };
  },
});

function runVitest(
  chosen: readonly string[],
  onProgress: (line: string) => void,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('npx', commandOf(chosen), { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        onProgress(chunk.toString().trimEnd());
      });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}
