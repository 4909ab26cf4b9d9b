import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeVersion } from '../../../src/cli/rates/describe-import.ts';
import { importRates } from '../../../src/cli/rates/import-deck-file.ts';
import { systemClock } from '../../../src/clock.ts';
import { parseDeck, rateTraffic } from '../../../src/rating/index.ts';
import {
  type DeckImport,
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

/** Tables of its own for each test: the rates of a test before would be in force. */
beforeEach(async () => {
  for (const table of ['rate_row', 'rate_deck']) {
    await database.db.$executeRawUnsafe(`ALTER TABLE ${table} DISABLE TRIGGER ${table}_is_final`);
    await database.db.$executeRawUnsafe(`DELETE FROM ${table}`);
    await database.db.$executeRawUnsafe(`ALTER TABLE ${table} ENABLE TRIGGER ${table}_is_final`);
  }
});

const importText = (text: string, order: Partial<DeckImport> = {}) =>
  importDeck(database.db, {
    deck: parseDeck(text),
    fileName: 'tariff.csv',
    from: null,
    mode: 'full',
    force: false,
    fillWithSamples: false,
    dryRun: false,
    actor: 'operator',
    at: NOW,
    ...order,
  });
/** What a minute to a number beginning so costs at a time, and by which row. */
const priceAt = async (at: Date, prefix = '442079460000'): Promise<string> =>
  inShort(
    rateTraffic(
      (await readDecks(database.db, { from: at, to: at }))(at),
      call({ at, externalNumber: `+${prefix.padEnd(11, '0')}` }),
    ),
  ).replace(' international', '');

/** Many countries, so that one of them is less than a tenth. */
const REST = ['31', '32', '34', '36', '39', '40', '41', '43', '45', '46'].map((prefix) => `${prefix},0.05`);
const deck = (...rows: string[]): string => ['prefix,rate', ...rows, ...REST].join('\n');

describe('a row is in force from its own time until a newer one of its key', () => {
  it('of one time the later import’s', async () => {
    await importText(deck('44,0.01', '33,0.05'), { from: day('2026-01-01') });
    await importText(deck('44,0.02', '33,0.05'), { from: day('2026-06-01') });
    await importText(deck('44,0.03', '33,0.05'), { from: day('2026-06-01') });
    expect(await priceAt(day('2025-12-31'))).toBe('no-deck');
    expect(await priceAt(new Date('2026-05-31T23:59:59.999Z'))).toBe('0.0100 44');
    expect(await priceAt(day('2026-06-01'))).toBe('0.0300 44');
    expect(await priceAt(NOW, '33')).toBe('0.0500 33');
    const decks = await listDecks(database.db, NOW);
    expect(decks.map(({ rowCount, inForceCount }) => [rowCount, inForceCount])).toEqual([
      [12, 1],
      [12, 0],
      [12, 11],
    ]);
  });

  it('a date of one row moves no other', async () => {
    await importText(
      'prefix,rate,effective date\n44,0.01,2026-01-01\n33,0.05,2026-01-01\n44,0.02,2026-12-01',
    );
    expect(await priceAt(day('2026-12-01'))).toBe('0.0200 44');
    expect(await priceAt(day('2026-12-01'), '33')).toBe('0.0500 33');
  });

  it('an end, a closed row and a blocked one', async () => {
    await importText(
      'prefix,rate,end date,status\n44,0.01,,\n4420,0.02,2026-11-30,\n4470,0.05,,Blocked\n4480,0.07,,',
      { from: day('2026-11-01') },
    );
    await importText('prefix,rate,status\n4480,,Closed', { mode: 'changes', from: day('2026-11-20') });
    expect(await priceAt(day('2026-11-30'))).toBe('0.0200 4420');
    expect(await priceAt(day('2026-12-01'))).toBe('0.0100 44');
    expect(await priceAt(NOW, '4470')).toBe('blocked');
    expect([await priceAt(day('2026-11-19'), '4480'), await priceAt(day('2026-11-20'), '4480')]).toEqual([
      '0.0700 4480',
      '0.0100 44',
    ]);
  });

  it('rows without a date begin when the file does: at the later of now and its earliest date', async () => {
    const dated = await importText('prefix,rate,effective date\n44,0.01,2026-12-01\n33,0.05,');
    expect(dated.beginsAt).toEqual(day('2026-12-01'));
    const past = await importText('prefix,rate,effective date\n49,0.01,2026-01-01\n34,0.05,', {
      mode: 'changes',
    });
    expect(past.beginsAt).toEqual(NOW);
    expect([await priceAt(day('2026-02-01'), '49'), await priceAt(day('2026-02-01'), '34')]).toEqual([
      '0.0100 49',
      'no-rate',
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

  it('what was imported is never changed or deleted, whoever asks', async () => {
    await importText('prefix,rate\n44,0.01');
    for (const statement of [
      'UPDATE rate_deck SET row_count = 2',
      'DELETE FROM rate_deck',
      'TRUNCATE rate_deck, rate_row',
      'UPDATE rate_row SET rate = 0',
      'DELETE FROM rate_row',
    ])
      await expect(database.db.$executeRawUnsafe(statement)).rejects.toThrow(/never changed/);
  });
});

describe('a full import speaks for the groups that it has, and for no other', () => {
  it('ends what it lacks when it begins, not before, and not what other groups have', async () => {
    await importText(`${deck('44,0.01', '4420,0.02')}\n`, { from: day('2026-01-01') });
    await importText('kind,prefix,rate\nsms,44,0.08', { from: day('2026-01-01') });
    const done = await importText(deck('44,0.01'), { from: day('2026-12-01') });
    expect(done.changes.ended.first).toMatchObject([
      { prefix: '4420', successor: { place: '+44', rate: '$0.0100' } },
    ]);
    expect(done.untouched).toMatchObject([{ kind: 'sms', rows: 1 }]);
    expect([await priceAt(day('2026-11-30')), await priceAt(day('2026-12-01'))]).toEqual([
      '0.0200 4420',
      '0.0100 44',
    ]);
    const [text] = await database.db.$queryRaw<{ rows: bigint }[]>`
      SELECT count(*) AS rows FROM rate_row WHERE kind = 'sms' AND state = 'closed'`;
    expect(text?.rows).toBe(0n);
  });

  it('a row that was announced and is lacking now never begins', async () => {
    await importText(deck('44,0.01', '4420,0.02'), { from: day('2026-01-01') });
    await importText('prefix,rate,effective date\n4420,0.09,2027-01-01', { mode: 'changes' });
    await importText(deck('44,0.01'), { from: day('2026-12-01') });
    expect(await priceAt(day('2027-01-02'))).toBe('0.0100 44');
  });

  it('ending more than a tenth of a group takes force; changes end nothing', async () => {
    await importText(deck('44,0.01', '4420,0.02'), { from: day('2026-01-01') });
    const half = ['prefix,rate', ...REST.slice(0, 5)].join('\n');
    await expect(importText(half)).rejects.toMatchObject({ code: 'deck-shrinks' });
    expect(await database.db.rateDeck.count()).toBe(1);
    expect((await importText(half, { dryRun: true })).shrinking).toMatchObject([{ rows: 12, ending: 7 }]);
    expect((await importText(half, { mode: 'changes' })).outcome).toBe('unchanged');
    await importText(half, { force: true });
    expect(await priceAt(NOW)).toBe('no-rate');
  });

  it('what says again what is in force is not stored, and two imports at once are compared with each other', async () => {
    await importText(deck('44,0.01'));
    const later = new Date(NOW.getTime() + 1000);
    const again = await importText(deck('44,0.02'), { at: later });
    expect(again).toMatchObject({ outcome: 'imported', stored: 1, changes: { unchanged: 10 } });
    const both = await Promise.all([
      importText(deck('44,0.03'), { at: later }),
      importText(deck('44,0.03'), { at: later }),
    ]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['imported', 'unchanged']);
    expect(await priceAt(later)).toBe('0.0300 44');
  });

  it('a key that the file has twice is stored whole: its second row may say again what was in force', async () => {
    await importText('prefix,rate\n44,0.02', { from: day('2025-01-01') });
    await importText('prefix,rate,effective date\n44,0.03,2026-01-01\n44,0.02,2026-06-01');
    expect([await priceAt(day('2026-03-01')), await priceAt(NOW)]).toEqual(['0.0300 44', '0.0200 44']);
    const older = await importText('prefix,rate,effective date\n44,0.05,2026-02-01');
    expect(older.changes.overtaken).toBe(1);
    expect([await priceAt(day('2026-03-01')), await priceAt(NOW)]).toEqual(['0.0500 44', '0.0200 44']);
  });
});

describe('importing', () => {
  it('a dry run says what would change and keeps nothing', async () => {
    await importText(deck('44,0.01', '33,0.05', '3580,0.07'), { from: day('2026-01-01') });
    const dry = await importText(deck('44,0.02', '33,0.04', '35,0.07'), { dryRun: true });
    expect(dry).toMatchObject({ outcome: 'dry-run', version: null });
    expect(dry.changes.dearer.first.map(({ percent }) => percent)).toEqual(['100']);
    expect(dry.changes.cheaper.first.map(({ percent }) => percent)).toEqual(['-20']);
    expect(dry.changes.added.first.map(({ prefix }) => prefix)).toEqual(['35']);
    expect(dry.changes.ended.first.map(({ prefix, successor }) => [prefix, successor])).toEqual([
      ['3580', { place: '+35', rate: '$0.0700' }],
    ]);
    expect(await database.db.rateDeck.count()).toBe(1);
    expect(await database.db.rateRow.count()).toBe(13);
  });

  it('rates that stand out are refused unless forced, and then kept on record', async () => {
    const text = 'prefix,rate\n44,0\n33,12';
    await expect(importText(text)).rejects.toMatchObject({ code: 'outliers' });
    expect(await database.db.rateDeck.count()).toBe(0);
    await importText(text, { force: true });
    const [imported] = await database.db.rateDeck.findMany();
    expect(imported?.forced).toEqual([
      { line: 2, message: 'the rate is $0: such usage would be free' },
      { line: 3, message: 'the rate $12 is above $10' },
    ]);
  });

  it('a file with faults is not imported at all', async () => {
    await expect(importText('prefix,rate\n44,0.01\n33,x')).rejects.toMatchObject({ code: 'bad-deck' });
    expect(await database.db.rateDeck.count()).toBe(0);
  });

  it('sample prices stand in only for what neither the file nor the rates in force price', async () => {
    await importText('kind,prefix,rate\nsms,1,0.5', { from: day('2026-01-01') });
    const { filled } = await importText('prefix,rate\n44,0.01', { fillWithSamples: true });
    expect(filled).toEqual(['toll_free', 'local', 'mms', 'fax', 'ai_conversation']);
  });

  it('a try-out starts with the sample prices, once, and never beside real ones', async () => {
    await importSampleDeck(database.db, NOW);
    await importSampleDeck(database.db, NOW);
    expect(await database.db.rateDeck.count()).toBe(1);
    expect(await priceAt(NOW)).toBe('0.0100 44');
  });
});

describe('on the command line', () => {
  it('an import says what it does to prices, and the list how much of each is in force', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'refill-decks-'));
    const said: string[] = [];
    const deps = {
      db: database.db,
      clock: { ...systemClock, now: () => NOW },
      say: (line: string) => void said.push(line),
    };
    const run = async (text: string, options: { from?: string; changes?: boolean; dryRun?: boolean }) => {
      const file = path.join(folder, 'tariff.csv');
      await writeFile(file, text);
      await importRates(deps, file, { dryRun: false, force: false, samplePrices: false, ...options });
    };
    await run('prefix,name,rate\n44,UK,0.01\n33,France,0.05\n', { from: '2026-01-01' });
    await run(
      'prefix,name,rate,increments,fee,status\n44,UK,0.0125,30/6,0.005,\n49,Germany,0.02,30/6,0,\n33,France,,,,Closed\n',
      {
        from: '2026-12-01',
        changes: true,
        dryRun: true,
      },
    );
    for (const version of await listDecks(database.db, NOW)) said.push(describeVersion(version));
    await rm(folder, { recursive: true, force: true });
    expect(said.join('\n').replace(/version \d+/g, 'version N')).toBe(
      [
        'Imported as version N: 2 rows from 2026-01-01 00:00 UTC on.',
        '  2 rows billed in 60/60 seconds (default: the file does not say)',
        '  2 added:',
        '    +44 UK  $0.01, 60/60',
        '    +33 France  $0.05, 60/60',
        '  0 unchanged',
        '  Usage since then that is already charged keeps its price until you run: refill rates re-rate',
        'Columns:',
        '  "prefix"  prefix',
        '  "name"  destination, a name for people',
        '  "rate"  rate: US dollars a minute (the file does not say so)',
        '  "increments"  increments',
        '  "fee"  connection fee: US dollars a call',
        '  "status"  whether the row is open, closed or blocked',
        'Not imported (dry run): 3 rows from 2026-12-01 00:00 UTC on.',
        '  1 row billed in 30/6 seconds',
        '  1 row billed in 30/6 seconds, with a fee',
        '  1 added:',
        '    +49 Germany  $0.02, 30/6',
        '  1 dearer:',
        '    +44 UK  $0.01, 60/60 → $0.0125, 30/6 + $0.005 (+25 %)',
        '  1 ended:',
        '    +33 France  on 2026-12-01 00:00 UTC; then unrated',
        '  0 unchanged',
        '* version N  from 2026-01-01 00:00 UTC  2 rows, 2 in force  tariff.csv, imported 2026-11-14 09:30 UTC',
      ].join('\n'),
    );
  });
});
