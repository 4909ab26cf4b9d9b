import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTable, readTable, type TableOptions, type TableRow } from '../../../src/tables/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refill-tables-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function open(content: string | Buffer, options?: TableOptions) {
  const file = path.join(folder, 'table');
  await writeFile(file, content);
  const { rows, ...table } = await openTable(file, options);
  const read: TableRow[] = [];
  for await (const row of rows) read.push(row);
  return { ...table, rows: read };
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const swapped = (text: string): Buffer => utf16(text).swap16();
const NAMES = 'name\tprefix\r\nCôte d’Ivoire\t225\r\n';
const ROWS = [
  ['name', 'prefix'],
  ['Côte d’Ivoire', '225'],
];

describe('encodings', () => {
  it.each([
    ['utf-8', Buffer.from(NAMES)],
    ['utf-8', Buffer.from(`\uFEFF${NAMES}`)],
    ['utf-16le', utf16(`\uFEFF${NAMES}`)],
    ['utf-16be', swapped(`\uFEFF${NAMES}`)],
    ['utf-16le', utf16(NAMES)],
    ['windows-1252', Buffer.from('name\tprefix\r\nC\xf4te d\x92Ivoire\t225\r\n', 'latin1')],
  ])('%s is read as it was written', async (encoding, bytes) => {
    const table = await open(bytes);
    expect(table.encoding).toBe(encoding);
    expect(table.rows.map(({ cells }) => cells)).toEqual(ROWS);
  });

  it('a byte that is no UTF-8 far down in a file is not lost', async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `${at},x`).join('\n');
    const table = await open(
      Buffer.concat([Buffer.from(`${rows}\n1,`), Buffer.from([0xe9]), Buffer.from('\n')]),
    );
    expect(table.encoding).toBe('windows-1252');
    expect(table.rows.at(-1)).toEqual({ line: 20_001, cells: ['1', 'é'] });
  });

  it.each([
    ['PK\x03\x04…', 'Excel workbook'],
    ['\xd0\xcf\x11\xe0…', 'Excel workbook'],
    ['%PDF-1.7', 'PDF'],
    ['<!DOCTYPE html><table>', 'web page'],
  ])('%j is called by its name', async (text, name) => {
    await expect(open(Buffer.from(text, 'latin1'))).rejects.toThrow(name);
  });
});

describe('delimiters', () => {
  it.each([
    ['a,b\n1,2', ','],
    ['a;b\n1,5;2,5', ';'],
    ['Prefix;Rate, €\n44;0,02\n33;0,03', ';'],
    ['Prefix,Rate;USD\n44,0.02\n33,0.03', ','],
    ['a|b\n1|2', '|'],
    ['a\tb;c\n1\t2', '\t'],
    ['"a;b",c\n"1;2",3', ','],
    ['"a"\t"b"\n"1"\t"2"', '\t'],
    ['sep=|\na|b,c\n1|2', '|'],
    ['one\n1', ','],
  ])('%j is split by %j', async (text, delimiter) => {
    expect(readTable(text).delimiter).toBe(delimiter);
    expect((await open(text)).delimiter).toBe(delimiter);
  });
});

describe('rows', () => {
  const TEXT = 'Title\n\nname,prefix\r\n"a\r\nb",1\n\n,\n c ,2\r3,"d ""e"""\n';
  const EXPECTED = [
    { line: 3, cells: ['name', 'prefix'] },
    { line: 4, cells: ['a\nb', '1'] },
    { line: 8, cells: ['c', '2'] },
    { line: 9, cells: ['3', 'd "e"'] },
  ];

  it('carry the line they begin on, below what is skipped, whatever ends the lines', async () => {
    expect(readTable(TEXT, { skipRows: 2 }).rows).toEqual(EXPECTED);
    expect((await open(TEXT, { skipRows: 2 })).rows).toEqual(EXPECTED);
  });

  it.each([
    ['a,b\n1,2\n3,"x\n5,6\n', 3],
    ['a,b\n1,2\n3,4 "x"\n5,6\n', 3],
  ])('quotes that are not in pairs are a fault of their line: %j', async (text, line) => {
    expect(() => readTable(text)).toThrow(expect.objectContaining({ line }));
    await expect(open(text)).rejects.toMatchObject({ name: 'TableFault', line });
  });

  it('a quote that is never closed does not take in a large file', async () => {
    const rows = Array.from({ length: 200_000 }, (_, at) => `${at},some text`).join('\n');
    await expect(open(`a,b\n1,"x\n${rows}`)).rejects.toMatchObject({ name: 'TableFault', line: 2 });
  });
});
