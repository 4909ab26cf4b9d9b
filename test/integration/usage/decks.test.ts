import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeVersion, importRates } from '../../../src/cli/rates/import-deck-file.ts';
import { systemClock } from '../../../src/clock.ts';
import { parseDeck, rateTraffic } from '../../../src/rating/index.ts';
import {
  type DeckImport,
  deckInForce,
  importDeck,
  importSampleDeck,
  listDecks,
  readDecks,
} from '../../../src/usage/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { call, inShort } from '../../support/rating.ts';

const NOW = new Date('2026-11-14T09:30:00Z');
const day = (text: string): Date => new Date(`${text}T00:00:00Z`);

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

/** A table of its own for each test: the versions of a test before would be in force. */
beforeEach(async () => {
  await database.db.$executeRaw`ALTER TABLE rate_deck DISABLE TRIGGER rate_deck_is_final`;
  await database.db.$executeRaw`DELETE FROM rate_deck`;
  await database.db.$executeRaw`ALTER TABLE rate_deck ENABLE TRIGGER rate_deck_is_final`;
});

const importText = (text: string, order: Partial<DeckImport> = {}) =>
  importDeck(database.db, {
    parsed: parseDeck(text),
    fileName: 'tariff.csv',
    effectiveAt: null,
    force: false,
    fillWithSamples: false,
    dryRun: false,
    actor: 'operator',
    at: NOW,
    ...order,
  });
const priceAt = async (at: Date): Promise<string> =>
  inShort(rateTraffic(await deckInForce(database.db, at), call({ at })));

describe('versions of the deck', () => {
  it('the newest in force at usage time applies, whole; a correction is a newer version', async () => {
    await importText('prefix,rate\n44,0.01\n33,0.05', { effectiveAt: day('2026-01-01') });
    await importText('prefix,rate\n44,0.02', { effectiveAt: day('2026-06-01') });
    await importText('prefix,rate\n44,0.03', { effectiveAt: day('2026-06-01') });
    expect(await priceAt(day('2025-12-31'))).toBe('no-deck');
    expect(await priceAt(new Date('2026-05-31T23:59:59.999Z'))).toBe('0.0100 international 44');
    expect(await priceAt(day('2026-06-01'))).toBe('0.0300 international 44');
    const french = call({ externalNumber: '+33123456789', at: NOW });
    expect(inShort(rateTraffic(await deckInForce(database.db, NOW), french))).toBe('no-rate');
    const decks = await listDecks(database.db, NOW);
    expect(decks.map(({ rowCount, isInForce }) => [rowCount, isInForce])).toEqual([
      [1, true],
      [1, false],
      [2, false],
    ]);
  });

  it('one reading serves usage of a span of time', async () => {
    await importText(
      'prefix,rate,effective date\n44,0.01,2026-01-01\n44,0.02,2026-06-01\n44,0.03,2027-01-01',
    );
    const deckAt = await readDecks(database.db, { from: day('2026-05-01'), to: day('2026-11-14') });
    const prices = ['2026-05-01', '2026-05-31', '2026-06-01', '2026-11-14'].map((text) =>
      inShort(rateTraffic(deckAt(day(text)), call())),
    );
    expect(prices.map((price) => price.slice(0, 6))).toEqual(['0.0100', '0.0100', '0.0200', '0.0200']);
  });

  it('a version is never changed or deleted, whoever asks', async () => {
    await importText('prefix,rate\n44,0.01');
    for (const statement of [
      'UPDATE rate_deck SET row_count = 2',
      'DELETE FROM rate_deck',
      'TRUNCATE rate_deck',
    ])
      await expect(database.db.$executeRawUnsafe(statement)).rejects.toThrow(/never changed/);
  });

  it('the same prices are not imported twice', async () => {
    const text = 'prefix,rate\n44,0.01';
    const [first] = await importText(text);
    const [again] = await importText(text, { at: new Date(NOW.getTime() + 1000) });
    expect(first?.outcome).toBe('imported');
    expect(again).toMatchObject({ outcome: 'unchanged', version: first?.version });
    expect(await database.db.rateDeck.count()).toBe(1);
  });

  it('two imports at once are compared with each other', async () => {
    const both = await Promise.all([importText('prefix,rate\n44,0.01'), importText('prefix,rate\n44,0.01')]);
    expect(
      both
        .flat()
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(['imported', 'unchanged']);
  });
});

describe('importing', () => {
  it('a dry run says what would change and keeps nothing', async () => {
    await importText('prefix,rate\n44,0.01\n33,0.05\n34,0.07', { effectiveAt: day('2026-01-01') });
    const [dry] = await importText('prefix,rate\n44,0.02\n33,0.04\n35,0.07', { dryRun: true });
    expect(dry).toMatchObject({ outcome: 'dry-run', version: null });
    expect(dry?.diff.dearer.map(({ percent }) => percent)).toEqual(['100']);
    expect(dry?.diff.cheaper.map(({ percent }) => percent)).toEqual(['-20']);
    expect([dry?.diff.added, dry?.diff.removed].map((rows) => rows?.map(({ prefix }) => prefix))).toEqual([
      ['35'],
      ['34'],
    ]);
    expect(await database.db.rateDeck.count()).toBe(1);
  });

  it('rates that stand out are refused unless forced, and then kept on record', async () => {
    const text = 'prefix,rate\n44,0\n33,12';
    await expect(importText(text)).rejects.toMatchObject({ code: 'outliers' });
    expect(await database.db.rateDeck.count()).toBe(0);
    await importText(text, { force: true });
    const [deck] = await database.db.rateDeck.findMany();
    expect(deck?.forced).toEqual([
      { line: 2, message: 'the rate is $0: such usage would be free' },
      { line: 3, message: 'the rate $12 is above $10' },
    ]);
  });

  it('a file with faults is not imported at all', async () => {
    await expect(importText('prefix,rate\n44,0.01\n33,x')).rejects.toMatchObject({ code: 'bad-deck' });
    expect(await database.db.rateDeck.count()).toBe(0);
  });

  it('either the file or the operator says from when on', async () => {
    const text = 'prefix,rate,effective date\n44,0.01,2026-01-01';
    await expect(importText(text, { effectiveAt: NOW })).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it('a try-out starts with the sample prices, once, and never beside real ones', async () => {
    await importSampleDeck(database.db, NOW);
    await importSampleDeck(database.db, NOW);
    expect(await database.db.rateDeck.count()).toBe(1);
    expect(await priceAt(NOW)).toBe('0.0100 international 44');
  });
});

describe('on the command line', () => {
  it('an import says what it does to prices, and the list which deck is in force', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'refill-decks-'));
    const said: string[] = [];
    const deps = {
      db: database.db,
      clock: { ...systemClock, now: () => NOW },
      say: (line: string) => said.push(line),
    };
    const words = { dryRun: false, force: false, samplePrices: false };
    try {
      const file = path.join(folder, 'tariff.csv');
      await writeFile(file, 'prefix,destination,rate\n44,UK,0.01\n33,France,0.05\n');
      await importRates(deps, file, { ...words, effective: '2026-01-01' });
      await writeFile(file, 'prefix,destination,rate\n44,UK,0.0125\n33,France,0.05\n49,Germany,0.02\n');
      await importRates(deps, file, { ...words, effective: '2026-12-01' });
      for (const deck of await listDecks(deps.db, NOW)) said.push(describeVersion(deck));
      await expect(importRates(deps, file, { ...words, effective: '1 Dec' })).rejects.toThrow(
        /--effective takes/,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const text = said.join('\n').replace(/version \d+/g, 'version N');
    expect(text).toBe(
      [
        'Imported as version N: 2 rows from 2026-01-01 00:00 UTC on, no rates before.',
        '  2 added:',
        '    +44 UK  $0.01',
        '    +33 France  $0.05',
        '  0 unchanged',
        '  Usage since then that is already charged keeps its price until you run: refill rates re-rate',
        'Imported as version N: 3 rows from 2026-12-01 00:00 UTC on, against version N.',
        '  1 added:',
        '    +49 Germany  $0.02',
        '  1 dearer:',
        '    +44 UK  $0.01 → $0.0125 (+25 %)',
        '  1 unchanged',
        '  version N  from 2026-12-01 00:00 UTC  3 rows  tariff.csv, imported 2026-11-14 09:30 UTC',
        '* version N  from 2026-01-01 00:00 UTC  2 rows  tariff.csv, imported 2026-11-14 09:30 UTC',
      ].join('\n'),
    );
  });
});
