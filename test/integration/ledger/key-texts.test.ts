import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NewUsage, postUsage } from '../../../src/ledger/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';
import { createUsagePoster } from '../../support/usage-poster.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

/** What an array literal could take for something of its own, among any other characters. */
const awkward = fc.oneof(
  fc.constantFrom(
    'NULL',
    'null',
    '',
    ' ',
    '{}',
    '{"a"}',
    '"',
    '\\',
    '\\"',
    "'",
    ',',
    '\n',
    '\t',
    '$1',
    '\u00a0',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0')),
);

it('whatever a sender writes in a key, a number or a price is kept to the letter', async () => {
  const { db } = database;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(awkward, fc.option(awkward), fc.option(awkward)), { minLength: 1, maxLength: 40 }),
      async (texts) => {
        const books = await openBooks(db);
        const records = texts.map(([key, externalNumber, price], i) =>
          books.usage({ externalId: `${i}${key}`, externalNumber, price }),
        );
        const { companyId } = books;
        const outcomes = await postUsage(db, { numberKey, companyId, at: november(14), records });
        expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['posted']));
        const booked = await db.usageRecord.findMany({ where: { companyId } });
        const facts = (usage: { externalId: string; externalNumber: string | null; price: string | null }) =>
          JSON.stringify([usage.externalId, usage.externalNumber, usage.price]);
        expect(booked.map(facts).toSorted()).toEqual(records.map(facts).toSorted());
      },
    ),
    { numRuns: 40 },
  );
});

const long = (length: number): string => '\uffee'.repeat(length);

it.each<[string, Partial<Omit<NewUsage, 'cost'>>[]]>([
  ['keys with half of a character', [{ externalId: 'a\ud800' }, { externalId: 'a\ud801' }]],
  ['a number with half of a character', [{ externalNumber: '\udc00' }]],
  ['a key that no index takes', [{ externalId: long(3_000) }]],
  ['a source that no index takes', [{ source: long(3_000) }]],
  ['a category that no index takes', [{ category: long(3_000) }]],
])('one bad record never sinks its batch: %s', async (_what, facts) => {
  const books = await openBooks(database.db);
  const bad = facts.map((each) => books.usage({ cost: '1', ...each }));
  const rejected = bad.map(() => ({ outcome: 'rejected', reason: 'bad-facts' }));
  const posted = { outcome: 'posted' };
  expect(await books.post([books.usage(), ...bad, books.usage()])).toEqual([posted, ...rejected, posted]);
  const post = createUsagePoster(database.db, november(4));
  const callers = [books.usage(), books.usage(), ...bad].map((record) => post(books.companyId, record));
  expect(await Promise.all(callers)).toEqual([posted, posted, ...rejected]);
  expect(await books.has()).toEqual({ owesCalls: '4.00' });
});

it('the longest source and key that are taken fit into the index, whatever their letters', async () => {
  const books = await openBooks(database.db);
  const wide = Array.from({ length: 400 }, (_, i) =>
    String.fromCharCode(0x4e00 + ((i * 7_919) % 20_000)),
  ).join('');
  const records = [books.usage({ source: wide, externalId: wide, category: wide })];
  expect(await books.post(records)).toEqual([{ outcome: 'posted' }]);
});
