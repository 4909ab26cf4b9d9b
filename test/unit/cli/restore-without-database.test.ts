import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readSchemaFiles } from '../../../src/db/read-schema-files.ts';
import { runRefill } from '../../support/run-refill.ts';

it('a file that cannot be restored leaves no empty database behind', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-restore-'));
  const data = path.join(folder, 'data');
  const migrations = (await readSchemaFiles()).migrations.map(({ name }) => name);
  const header = { refillBackup: 1, at: '2026-12-01T00:00:00.000Z', migrations, tables: 1, rowsAbout: 1 };
  const rows = '{"table":"company","columns":["id"]}\n1\n\\.\n';
  const end = JSON.stringify({ end: true, rows: 1, sequences: {}, sha256: '00' });
  const files: [content: Buffer | null, refusal: RegExp][] = [
    [null, /There is no file/],
    [Buffer.from('no backup'), /it is no backup, or damaged/],
    [pack({ ...header, migrations: [...migrations, '99999999999999_later'] }, ''), /newer version of Refill/],
    [pack(header, '{"table":"company","columns":["id"]}\n1\n'), /it is cut off/],
    [pack(header, `${rows}${end}\n`), /it was changed after it was made/],
  ];
  for (const [index, [content, refusal]] of files.entries()) {
    const file = path.join(folder, `${index}.backup`);
    if (content !== null) await writeFile(file, content);
    const run = await runRefill(['restore', file], { REFILL_DATA: data });
    expect(run.stderr).toMatch(refusal);
    expect(run.status).toBe(1);
    expect(existsSync(data), 'a data folder').toBe(false);
  }
  await rm(folder, { recursive: true });
});

function pack(header: object, rest: string): Buffer {
  return gzipSync(`${JSON.stringify(header)}\n${rest}`);
}
