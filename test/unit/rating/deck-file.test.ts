import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDeckFile, surveyDeckFile } from '../../../src/cli/rates/read-deck-file.ts';
import { type DeckFile, type FileRow, parseDeck } from '../../../src/rating/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refill-deck-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(text: string): Promise<string> {
  const file = path.join(folder, 'deck.csv');
  await writeFile(file, text);
  return file;
}

async function collect({ rows }: DeckFile): Promise<FileRow[]> {
  const all: FileRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

const DECK = [
  'prefix;rate;effective date;kind',
  ...Array.from(
    { length: 2_500 },
    (_, at) => `${33_000_000 + at};0,0${(at % 90) + 10};2026-${at % 2 === 0 ? '11' : '12'}-01;call`,
  ),
  '44 20;0.02;;call',
  '1;0.01;2026-10-05;sms',
].join('\n');

it('a deck that is streamed is the one that is read at once, as often as it is asked for', async () => {
  const file = await write(DECK);
  const seen: number[] = [];
  const streamed = await surveyDeckFile(file, {}, (rows) => seen.push(rows));
  const { rows, ...facts } = await readDeckFile(file);
  expect(await collect(streamed)).toEqual(rows);
  expect(await collect(streamed)).toEqual(rows);
  expect({ ...streamed, rows: undefined }).toEqual({ ...facts, rows: undefined });
  expect(streamed.earliest).toEqual(new Date('2026-10-05T00:00:00Z'));
  expect(rows).toEqual(parseDeck(DECK).rows);
  expect(seen.at(-1)).toBe(rows.length + 1);
});

it('a file that changes for the worse between its readings is refused', async () => {
  const file = await write(DECK);
  const streamed = await surveyDeckFile(file, {}, () => undefined);
  await write(DECK.replace('44 20;0.02', '44 20;two cents'));
  await expect(collect(streamed)).rejects.toMatchObject({
    code: 'bad-deck',
    message: expect.stringContaining('deck.csv cannot be used:\n  line 2502: the rate "two cents"'),
  });
});

it('one prefix is there once for each kind, licence, direction, origin and date, however long it is', () => {
  const long = '44123456789012';
  const rows = ['44', '4', '440', `${long}6`, `${long}7`, '*'].map((prefix) => `${prefix},0.02,2026-11-01,`);
  const different = ['44,0.03,2026-12-01,', '44,0.03,2026-11-01,US', '44,0.03,2026-11-01,GB'];
  const text = (...more: string[]) =>
    ['prefix,rate,effective date,origin', ...rows, ...different, ...more].join('\n');
  const { faults } = parseDeck(text(), { force: true });
  expect(faults.filter(({ message }) => message.includes('again'))).toEqual([]);
  const again = parseDeck(text('44,0.04,2026-11-01,GB', `${long}7,0.04,2026-11-01,`), { force: true });
  expect(again.faults.filter(({ message }) => message.includes('again'))).toEqual([
    { line: 11, message: 'prices +44 again, as line 10 does: keep one' },
    { line: 12, message: `prices +44 ${long.slice(2)}7 again, as line 6 does: keep one` },
  ]);
});
