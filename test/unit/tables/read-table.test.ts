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

  const BAD = { fault: 'the quotes are not in pairs' };

  it.each([
    ['stands in a cell', '1,2\n3,4 "x"\n5,6', [[2], { line: 3, ...BAD }, [4]]],
    ['follows a closed one', '1,2\n"3" x,4\n5,6', [[2], { line: 3, ...BAD }, [4]]],
    ['is never closed', '1,2\n3,"x\n5,6\n7,8', [[2], { line: 3, ...BAD }, [4], [5]]],
    ['is never closed in the last row', '1,2\n3,"x', [[2], { line: 3, ...BAD }]],
    ['is closed by one of another row', '1,"x\n3,4\n5,"6"\n7,"8\n9"', [{ line: 2, ...BAD }, [3], [4], [5]]],
    [
      'is in a text of several lines',
      '1,"x\nsays "hi" and\nbye"\n7,8',
      [{ line: 2, ...BAD }, { line: 4, ...BAD }, [5]],
    ],
  ])('a quote that %s costs its own row alone', async (_, text, expected) => {
    const wanted = [[1], ...expected].map((row) => (Array.isArray(row) ? { line: row[0] } : row));
    expect(readTable(`a,b\n${text}`).rows).toMatchObject(wanted);
    expect((await open(`a,b\n${text}\n`)).rows).toMatchObject(wanted);
  });

  it.each([
    ['3,"x\n5,6\nno row\n7,8', 3],
    ['3,"x\n5,6\nno row\n7,"8', 3],
  ])('a quote that leaves open which lines are rows is a fault of the file: %#', async (text, line) => {
    const whole = `a,b\n1,2\n${text}`;
    expect(() => readTable(whole)).toThrow(expect.objectContaining({ line }));
    await expect(open(whole)).rejects.toMatchObject({ name: 'TableFault', line });
  });

  it('two quotes that hide rows between them are told, and nothing is taken for a text', () => {
    const { rows } = readTable('a,b,c,d\n1,2,"x,4\n5,6,7,8\n9,10,x",12\n13,14,15,16');
    expect(rows.map(({ line, fault }) => [line, fault?.slice(0, 60)])).toEqual([
      [1, undefined],
      [2, 'the quotes are not in pairs, or a text of it (to line 4) has'],
      [5, undefined],
    ]);
  });

  it('a quote that is never closed costs its own row in a large file', async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `${at},some text`).join('\n');
    const table = await open(`a,b\n1,"x\n${rows}`);
    expect(table.rows).toHaveLength(20_002);
    expect(table.rows.filter(({ fault }) => fault !== undefined)).toMatchObject([{ line: 2 }]);
  });

  it('a line without an end does not fill the memory', async () => {
    await expect(open(`a,b\n${'x'.repeat(3_000_000)}`)).rejects.toMatchObject({
      name: 'TableFault',
      line: 2,
    });
  });

  it('cells are kept to the blank where they are to be exact, and always in quotes that are asked for', async () => {
    const TEXT = 'a,b\n x , "y "\n';
    expect((await open(TEXT, { isExact: true })).rows.at(1)?.cells).toEqual([' x ', 'y ']);
    expect((await open(TEXT)).rows.at(1)?.cells).toEqual(['x', 'y']);
  });
});
