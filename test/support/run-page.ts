import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A block of shell commands on a page, and the answer that the page shows below it (null where it shows none). */
export interface ShownCommand {
  page: string;
  commands: string;
  shown: string | null;
}

const BLOCK = /^```(\w+)?[^\n]*\n([\s\S]*?)^```$/gm;
const MARK = '----- answered -----';

/** The `sh` blocks of a page in order, each with the `json` or `text` block that comes next. */
export function readShownCommands(page: string): ShownCommand[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(BLOCK)].map(([, kind = '', text = '']) => ({
    kind,
    text,
  }));
  return blocks.flatMap(({ kind, text }, i) => {
    const next = blocks[i + 1];
    const isShown = next?.kind === 'json' || next?.kind === 'text';
    return kind === 'sh' ? [{ page, commands: text, shown: isShown ? next.text : null }] : [];
  });
}

/** The named block of a page: the one whose opening line ends with `name`. Throws where there is none. */
export function readNamedBlock(page: string, name: string): string {
  for (const [block, , text = ''] of readFileSync(page, 'utf8').matchAll(BLOCK))
    if (block.split('\n', 1)[0]?.endsWith(` ${name}`) === true) return text;
  throw new Error(`${page} has no block ${name}`);
}

/**
 * Runs blocks as they are written in one bash, as a reader does who keeps the shell open, and returns what each printed. A command
 * that fails ends it. `replace` puts this run's own values in place of the page's examples.
 */
export async function runBlocks(
  blocks: readonly ShownCommand[],
  {
    cwd,
    env,
    before,
    replace,
  }: { cwd: string; env: Record<string, string>; before: string; replace: Readonly<Record<string, string>> },
): Promise<string[]> {
  const script = [
    'set -eo pipefail',
    before,
    ...blocks.map(({ commands }) => `${commands}\necho; echo '${MARK}'`),
  ].join('\n');
  const filled = Object.entries(replace).reduce((text, [from, to]) => text.replaceAll(from, to), script);
  const child = spawn('bash', ['-c', filled], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.err += chunk.toString();
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`bash ended with ${status}:\n${output.out}\n${output.err}`);
  return output.out
    .split(MARK)
    .slice(0, blocks.length)
    .map((text) => text.trim());
}

/** An answer without what differs from run to run: times and what is available. JSON is read, so that its layout does not matter. */
export function normalise(text: string): unknown {
  const steady = text
    .trim()
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"TIME"')
    .replace(/"available":"-?[\d.]+"/g, '"available":"AMOUNT"');
  return steady.startsWith('{') ? JSON.parse(steady) : steady;
}
