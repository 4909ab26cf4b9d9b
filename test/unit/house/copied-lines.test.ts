import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const JSCPD = path.resolve('node_modules/.bin/jscpd');
const CONFIG = path.resolve('.jscpd.json');

/** Runs the check of `npm run check`, which looks at the sources, on these files; resolves with what it printed. */
async function check(paths: string[]): Promise<{ ok: boolean; printed: string }> {
  try {
    const { stdout } = await run(JSCPD, ['--config', CONFIG, '--fail-on-empty', ...paths]);
    return { ok: true, printed: stdout };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, printed: stdout + stderr };
  }
}

/** Two files with the same text in them, each beside lines of its own. */
async function checkTwoFiles(
  text: string,
  { folder = '.', extension = 'ts' } = {},
): Promise<{ ok: boolean; printed: string }> {
  const root = await mkdtemp(path.join(tmpdir(), 'refill-copied-lines-'));
  const own = (name: string): string =>
    lines(15, (i) => `export const ${name}${i} = ${name}(${i}, '${name}');`);
  try {
    await mkdir(path.join(root, folder), { recursive: true });
    await writeFile(path.join(root, folder, `one.${extension}`), `${text}\n${own('one')}\n`);
    await writeFile(path.join(root, `two.${extension}`), `${text}\n${own('two')}\n`);
    return await check([root]);
  } finally {
    await rm(root, { recursive: true });
  }
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

it('ten copied lines are found, in TypeScript and in SQL', async () => {
  const found = { ok: false, printed: expect.stringContaining('Found 1 clones') };
  const typescript = lines(11, (i) => `export const value${i} = compute(${i}, 'of step ${i}');`);
  expect(await checkTwoFiles(typescript)).toMatchObject(found);
  const sql = lines(11, (i) => `SELECT column_${i}, other_${i} FROM some_table WHERE id = ${i};`);
  expect(await checkTwoFiles(sql, { extension: 'sql' })).toMatchObject(found);
});

it('imports and generated files are none', async () => {
  const imports = lines(30, (i) => `import { value${i}, other${i} } from './some/place-${i}.ts';`);
  expect(await checkTwoFiles(imports)).toMatchObject({ ok: true });
  const copied = lines(11, (i) => `export const value${i} = compute(${i}, 'of step ${i}');`);
  expect(await checkTwoFiles(copied, { folder: 'generated' })).toMatchObject({ ok: true });
});
