import { crc32, inflateRawSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { exactCell, exactText, neutralise, plainText, textCell } from '../../../src/csv.ts';
import type { UsageFields } from '../../../src/ledger/index.ts';
import { createLineWriter, decimal, headerLine, isoTime } from '../../../src/usage/export/csv-lines.ts';
import { openHiddenFile } from '../../../src/usage/export/hidden-file.ts';
import { writeCsv } from '../../../src/usage/export/write-csv.ts';
import { writeZip } from '../../../src/usage/export/write-zip.ts';
import { savedBySpreadsheet } from '../../support/spreadsheet.ts';

const names = {
  members: new Map([
    ['7', 'Ana "the boss" Reyes, Jr.'],
    ['8', '=HYPERLINK("http://evil.example","click")'],
  ]),
  departments: new Map([['3', 'Zürich — Büro 東京']]),
  offices: new Map([['10', 'San Francisco']]),
  primaryOffice: 'San Francisco',
};
const bytesOf = (number: number): number[] => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return [...bytes];
};
const fields = (changes: Record<number, string> = {}): UsageFields => {
  const line = [
    '2026-11-03 09:15:22.5-08',
    'international',
    'outbound',
    '7',
    '3',
    '10',
    '+14155550100',
    '+442071838750',
  ];
  line.push('61500', '120', '1', '20000', '$0.0100/min, 62 s billed as 120 s', 'dialpad', 'call-1');
  return line.map((field, i) => changes[i] ?? field);
};
const toRow = (line: UsageFields): string[] => parse(createLineWriter(names).toLine(line))[0] as string[];

async function* pages(...lines: UsageFields[][]): AsyncGenerator<UsageFields[]> {
  yield* lines;
}

describe('a line of the file', () => {
  it('says what the record says, under the header that names it', () => {
    const [header, row] = parse(
      headerLine('America/Los_Angeles') + createLineWriter(names).toLine(fields()),
    ) as string[][];
    expect(header?.[0]).toBe('Time (America/Los_Angeles)');
    expect(row).toHaveLength(header?.length ?? 0);
    expect(row).toEqual([
      '2026-11-03T09:15:22-08:00',
      'International call',
      'Out',
      'Ana "the boss" Reyes, Jr.',
      'Zürich — Büro 東京',
      'San Francisco',
      "'+14155550100",
      "'+442071838750",
      '61.5',
      '120',
      '1',
      '0.0200',
      '$0.0100/min, 62 s billed as 120 s',
      'dialpad',
      'call-1',
    ]);
  });

  it('names the primary office for usage of no known one, and says who is no longer listed', () => {
    const row = toRow(fields({ 3: '99', 4: '', 5: '' }));
    expect(row.slice(3, 6)).toEqual(['No longer listed (99)', '', 'San Francisco']);
  });

  it('does not let a remembered cell grow without end', () => {
    const { toLine } = createLineWriter(names);
    for (let i = 0; i < 25_000; i += 1) expect(toLine(fields({ 12: `price ${i}` }))).toContain(`price ${i}`);
  });
});

describe('text that a spreadsheet would run', () => {
  it.each([
    '=1+1',
    '+1+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '  =1',
    '\u00a0=1',
    '\u200b=1',
    '\ufeff=1',
    '\u0000=1',
    '＝1',
    '＋1',
    '－1',
    '＠SUM(A1)',
    '−1',
    '﹦1',
    '-Sales',
    "=cmd|' /C calc'!A0",
    '+44 20, $0.0100/min',
  ])('is text when it is %j', (hostile) => {
    expect(parse(textCell(hostile))[0]).toEqual([`'${hostile}`]);
  });

  it.each(['Ana', "O'Neill", '東京', '3 = three', 'a@b.example', 'x-1', '"=1"', ''])(
    'is left alone when it is only %j',
    (text) => {
      expect((parse(textCell(text), { relax_column_count: true })[0] ?? ['']) as string[]).toEqual([text]);
    },
  );

  it('leaves decimals what they are', () => {
    expect(decimal('0', 6, 4)).toBe('0.0000');
    expect(decimal('1284126000', 6, 4)).toBe('1284.1260');
    expect(decimal('1', 6, 4)).toBe('0.000001');
    expect(decimal('9007199254740993000001', 6, 4)).toBe('9007199254740993.000001');
    expect(decimal('62000', 3, 0)).toBe('62');
  });
});

describe('a phone number or an id', () => {
  const cellOf = (text: string) =>
    (parse(exactCell(text), { relax_column_count: true })[0] as string[] | undefined)?.[0] ?? '';

  it.each([
    ...[
      '+442071838750',
      '+14155550123',
      '911',
      '6012354567890123',
      '9007199254740993',
      '0042',
      '1E5',
      '1.50',
    ],
    ...['2026-11-20', '3/4', '9:30', '50%', '$5', '(5)', '-7', 'MARCH1', 'Sept 2', 'mai-3', 'TRUE', 'wahr'],
    ...['+1+cmd', '=1', ' 12', '\u200b12', '﹢1', "'12", "''12", "'=1", "'abc", "'", '1;=2', '1,2'],
  ])('%j is text to a spreadsheet, and reads back as it was', (text) => {
    const cell = cellOf(text);
    expect(cell).toMatch(/^'/);
    expect(savedBySpreadsheet(exactCell(text)).trimEnd()).toBe(exactCell(text).trimEnd());
    expect(exactText(cell)).toBe(text);
  });

  it.each(['call:9007199254740993:kJ0', 'c1', 'AMZN', 'withheld', 'decoy', 'marker', 'x,y', ''])(
    '%j is left as it is',
    (text) => {
      expect(cellOf(text)).toBe(text);
      expect(exactText(text)).toBe(text);
    },
  );

  it('reads back as it was, whatever it is', () => {
    const parts = [
      "'",
      '+',
      '=',
      '1',
      '12',
      'a',
      'Mar',
      ' ',
      ';',
      '-',
      '0',
      '.',
      'E',
      'true',
      '＝',
      '\u200b',
    ];
    for (let round = 0; round < 4_000; round += 1) {
      let [left, text] = [round * 39_916 + 13, ''];
      for (; left > 0; left = Math.floor(left / parts.length)) text += parts[left % parts.length] ?? '';
      // What stands behind a delimiter of other spreadsheets is neutralised too, and reads back alike.
      if (/;[\s\p{Cf}]*'/u.test(text)) continue;
      expect(exactText(cellOf(text))).toBe(text);
      if (!text.startsWith("'")) expect(plainText(neutralise(text))).toBe(text);
    }
  });
});

describe('a time', () => {
  it.each([
    ['2026-11-03 09:15:22-08', '2026-11-03T09:15:22-08:00'],
    ['2026-11-03 09:15:22.123456+05:45', '2026-11-03T09:15:22+05:45'],
    ['2026-11-03 09:15:22+00', '2026-11-03T09:15:22+00:00'],
    ['2026-04-05 01:45:00.9+10:30', '2026-04-05T01:45:00+10:30'],
  ])('%s is %s', (stamp, iso) => expect(isoTime(stamp)).toBe(iso));
});

describe('the file', () => {
  it('begins with a byte order mark and a header, ends its lines with CRLF, and reads back as written', async () => {
    const file = await openHiddenFile();
    const heard: number[] = [];
    const written = await writeCsv(file, {
      pages: pages([fields(), fields({ 3: '8' })], [fields({ 12: 'a "b"\', c' })]),
      names,
      timeZone: 'Asia/Kathmandu',
      onProgress: async (records) => void heard.push(records),
    });
    const bytes = Buffer.alloc(written.bytes + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    await file.close();
    expect(bytesRead).toBe(written.bytes);
    expect([written.records, written.cost.toFixed()]).toEqual([3, '0.06']);
    expect(heard).toEqual([2, 3]);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const text = bytes.subarray(0, bytesRead).toString();
    expect(text.split('\r\n')).toHaveLength(5);
    const rows = parse(text, { bom: true }) as string[][];
    expect(rows[0]?.[0]).toBe('Time (Asia/Kathmandu)');
    expect(rows[2]?.[3]).toBe(`'=HYPERLINK("http://evil.example","click")`);
    expect(rows[3]?.[12]).toBe('a "b"\', c');
  });

  it('packed, is an archive whose directory, checksum and content are right', async () => {
    const [csv, zip] = [await openHiddenFile(), await openHiddenFile()];
    try {
      const lines = Array.from({ length: 5_000 }, (_, i) => fields({ 14: `call-${i}` }));
      const written = await writeCsv(csv, { pages: pages(lines), names, timeZone: 'UTC' });
      const size = await writeZip(csv, written.bytes, zip, 'Zürich.csv');
      expect(size).toBeLessThan(written.bytes / 5);
      const [plain, archive] = [Buffer.alloc(written.bytes), Buffer.alloc(size)];
      await csv.read(plain, 0, plain.length, 0);
      await zip.read(archive, 0, size, 0);
      const directory = archive.readUInt32LE(size - 6);
      const packed = archive.readUInt32LE(directory + 20);
      const start = 30 + archive.readUInt16LE(26);
      // Every field as APPNOTE.TXT (PKWARE) lists it: strict readers refuse an archive with a wrong one.
      const ofEntry = [
        ...[20, 0, 0, 8, 8, 0, 0, 0, 0x21, 0],
        ...bytesOf(crc32(plain)),
        ...bytesOf(packed),
        ...bytesOf(plain.length),
        ...['Zürich.csv'.length + 1, 0, 0, 0],
      ];
      const fileName = [...Buffer.from('Zürich.csv')];
      expect([...archive.subarray(0, start)]).toEqual([...bytesOf(0x04034b50), ...ofEntry, ...fileName]);
      expect([...archive.subarray(directory, size - 22)]).toEqual([
        ...bytesOf(0x02014b50),
        ...[20, 0, ...ofEntry],
        // The length of its comment, its disk, its attributes here and outside, where it begins: none, and at 0.
        ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ...fileName,
      ]);
      expect([...archive.subarray(size - 22)]).toEqual([
        ...bytesOf(0x06054b50),
        ...[0, 0, 0, 0, 1, 0, 1, 0],
        ...bytesOf(size - 22 - directory),
        ...bytesOf(start + packed),
        ...[0, 0],
      ]);
      expect(start + packed).toBe(directory);
      expect(inflateRawSync(archive.subarray(start, start + packed)).equals(plain)).toBe(true);
    } finally {
      await Promise.all([csv.close(), zip.close()]);
    }
  });

  it('packed, is refused where the file ends before it should', async () => {
    const [csv, zip] = [await openHiddenFile(), await openHiddenFile()];
    try {
      await csv.write('half a line');
      await expect(writeZip(csv, 1_000, zip, 'short.csv')).rejects.toThrow('ends after 11 of 1000 bytes');
    } finally {
      await Promise.all([csv.close(), zip.close()]);
    }
  });
});
