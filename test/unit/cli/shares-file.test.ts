import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSharesFile } from '../../../src/cli/company/read-shares-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refill-shares-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: string | Buffer) {
  const file = path.join(folder, 'shares.csv');
  await writeFile(file, content);
  return await readSharesFile(file);
}

const NEW_YORK = { office: 'New York', dollars: '40' };

it.each([
  ['commas', 'office,dollars\nNew York,40\n'],
  ['semicolons, other way round', 'Dollars;Office\r\n40;New York\r\n'],
  ['UTF-16 with tabs', Buffer.from('\uFEFFoffice\tamount\r\nNew York\t40\r\n', 'utf16le')],
  ['a declared delimiter', 'sep=|\noffice|dollars\n"New York"|40\n'],
])('shares are read in %s', async (_, content) => {
  expect((await read(content)).map(({ office, dollars }) => ({ office, dollars }))).toEqual([NEW_YORK]);
});

it('a file without a header is an office and its dollars', async () => {
  expect(await read('New York,40\nZürich,5\n')).toEqual([
    { line: 1, ...NEW_YORK },
    { line: 2, office: 'Zürich', dollars: '5' },
  ]);
  expect(await read(Buffer.from('Zürich,5\n', 'latin1'))).toEqual([
    { line: 1, office: 'Zürich', dollars: '5' },
  ]);
});

it('a row that is damaged, cut or too wide says so, with its line', async () => {
  const rows = await read(
    'office;dollars\nNew York;4E+1\nNew York;40;5\nNew York\n#NAME?;1\nZÃ¼rich;1\n"New York;40\n',
  );
  expect(rows.map(({ line, fault }) => `${line}: ${fault}`)).toEqual([
    expect.stringMatching(/^2: "4E\+1" was rounded by a spreadsheet/),
    expect.stringMatching(/^3: 3 cells, where the header has 2/),
    expect.stringMatching(/^4: 1 cells, where the header has 2: the row is cut short/),
    expect.stringMatching(/^5: "#NAME\?" is an error of a spreadsheet/),
    expect.stringMatching(/^6: "ZÃ¼rich" was saved as UTF-8 from a file that was UTF-8 already/),
    '7: the quotes are not in pairs',
  ]);
});

it.each([
  ['office,cents\nNew York,40\n', '--shares: line 1: missing: "dollars"; not known: "cents"'],
  ['PK\u0003\u0004', '--shares: line 1: this is an Excel workbook'],
])('%j is refused', async (content, why) => {
  await expect(read(content)).rejects.toMatchObject({
    code: 'bad-argument',
    message: expect.stringContaining(why),
  });
});

it('a file that is not there is named', async () => {
  await expect(readSharesFile(path.join(folder, 'none.csv'))).rejects.toMatchObject({
    code: 'bad-argument',
    message: expect.stringMatching(/^--shares names no file that can be read: ".*none\.csv"\.$/),
  });
});
