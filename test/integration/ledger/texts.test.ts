import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postUsage } from '../../../src/ledger/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { november, openBooks } from '../../support/ledger.ts';

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
        const outcomes = await postUsage(db, { companyId, at: november(14), records });
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
