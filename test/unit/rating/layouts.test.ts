import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDeckFile } from '../../../src/cli/rates/read-deck-file.ts';
import { compileDeck, pickDeck, rateTraffic, toVersions } from '../../../src/rating/index.ts';
import { type HandBill, type Layout, layouts } from '../../fixtures/decks/layouts.ts';
import { call } from '../../support/rating.ts';

const FOLDER = path.join(import.meta.dirname, '../../fixtures/decks');

/** What calls of the layout cost by the deck that its file is read as. */
async function billsOf({ file, options }: Layout, bills: readonly HandBill[]): Promise<HandBill[]> {
  const { rows } = await readDeckFile(path.join(FOLDER, file), options);
  const compiled = toVersions(rows).map(compileDeck);
  return bills.map((bill) => {
    const at = new Date(bill.at ?? '2026-11-14T09:30:00Z');
    const rated = rateTraffic(
      pickDeck(compiled, at),
      call({
        externalNumber: bill.to,
        durationMs: bill.seconds * 1000,
        officeCountry: 'IE',
        at,
        answeredAt: at,
      }),
    );
    return { ...bill, cost: rated.outcome === 'rated' ? rated.cost.toFixed(4) : 'unrated' };
  });
}

async function refusalOf({ file, options }: Layout): Promise<string> {
  try {
    await readDeckFile(path.join(FOLDER, file), options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'it was taken';
}

describe('a deck as carriers and switches publish it bills as it says, or is refused in words', () => {
  for (const layout of layouts) {
    it(`${layout.file}: ${layout.name}`, async () => {
      const { expected } = layout;
      if ('bills' in expected) expect(await billsOf(layout, expected.bills)).toEqual(expected.bills);
      else {
        const refusal = await refusalOf(layout);
        for (const words of expected.refusal) expect(refusal).toContain(words);
      }
    });
  }
});

describe('the layouts themselves', () => {
  it('are 25 or more, each with two bills or a refusal, from files that are there', async () => {
    expect(layouts.length).toBeGreaterThanOrEqual(25);
    for (const { file, expected } of layouts) {
      expect((await readFile(path.join(FOLDER, file))).length).toBeGreaterThan(0);
      if ('bills' in expected) expect(expected.bills.length).toBeGreaterThanOrEqual(2);
      else expect(expected.refusal.length).toBeGreaterThan(0);
    }
  });
});
