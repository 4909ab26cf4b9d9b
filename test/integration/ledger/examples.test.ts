import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlayFault } from '../../play/operation.ts';
import { play } from '../../play/play.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { findings } from '../../support/ledger.ts';

const FOLDER = path.join(import.meta.dirname, '../../play/examples');
const examples = readdirSync(FOLDER).filter((name) => /^[^.]+\.ndjson$/.test(name));

let database: TestDatabase;
let companies = 0n;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

async function playText(text: string): Promise<string> {
  companies += 1n;
  const lines: string[] = [];
  for await (const line of play(database.db, companies, text)) lines.push(`${line}\n`);
  return lines.join('');
}

describe('a worked example comes to what is recorded, and the books agree', () => {
  it.each(examples)('%s', async (name) => {
    const played = await playText(readFileSync(path.join(FOLDER, name), 'utf8'));
    await expect(played).toMatchFileSnapshot(path.join(FOLDER, name.replace('.ndjson', '.expected.ndjson')));
    expect(await findings(database.db)).toEqual([]);
  });
});

describe('a line that cannot be played is named, with the reason', () => {
  const COMPANY = '{"op":"company","offices":["main"]}';
  it.each([
    ['{"op":"fly"}', /^line 1: op /],
    ['{"op":', /^line 1: is not a JSON object/],
    [`\n${COMPANY}\n{"op":"use","key":"a","cost":1}`, /^line 3: cost /],
    ['{"op":"lapse"}', /^line 1: comes before there is a company/],
    [`${COMPANY}\n{"op":"refund","key":"a"}`, /^line 2: no line before it uses/],
    [`${COMPANY}\n{"op":"grant","name":"g","kind":"ai","amount":"1"}`, /^line 2: a bundle has an end/],
  ])('%j', async (text, message) => {
    await expect(playText(text)).rejects.toThrow(PlayFault);
    await expect(playText(text)).rejects.toThrow(message);
  });
});
