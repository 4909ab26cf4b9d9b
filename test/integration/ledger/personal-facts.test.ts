import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import {
  correctUsage,
  eraseNumbers,
  type NewUsage,
  postUsage,
  refundUsage,
  sweepLedger,
} from '../../../src/ledger/index.ts';
import { NumberKey } from '../../../src/number-key.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, findings, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

const LONDON = '+442071838750';
const PARIS = '+33142685300';

let database: TestDatabase;
let books: Books;
let call: NewUsage;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  books = await openBooks(database.db);
  await books.grant('general', '20');
  call = books.usage({ externalNumber: LONDON });
  await books.post([call]);
});

const again = async (change: Partial<NewUsage>, at = november(4), key = numberKey) =>
  (
    await postUsage(database.db, {
      companyId: books.companyId,
      at,
      numberKey: key,
      records: [{ ...call, ...change }],
    })
  )[0]?.outcome;
const records = () =>
  database.db.usageRecord.findMany({ where: { companyId: books.companyId }, orderBy: { revision: 'asc' } });
const story = (key: string, day = 4) => ({
  companyId: books.companyId,
  key,
  actor: 'test',
  reason: 'Test',
  at: november(day),
});
const erase = (number: string) => eraseNumbers(database.db, { companyId: books.companyId, number });
const sweepAt = (day: number) =>
  sweepLedger({ db: database.db, clock: new MovableClock(0, () => november(day).getTime()) });

/** What verify finds of this company after a change that no trigger saw, which is undone. */
async function tampered(change: string): Promise<string[]> {
  const undo = new Error('undo');
  let found: string[] = [];
  await database.db
    .$transaction(
      async (tx) => {
        await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
        await tx.$executeRawUnsafe(`UPDATE usage_record SET ${change} WHERE company_id = ${books.companyId}`);
        found = (await findings(tx)).map(({ column }) => column);
        throw undo;
      },
      { timeout: 30_000 },
    )
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return found;
}

it.each([
  ['another number of the other party', `external_number = '${PARIS}'`],
  ['another number of our own', `internal_number = '+14155550199'`],
  [
    'the two numbers in each other’s place',
    'external_number = internal_number, internal_number = external_number',
  ],
  ['one number taken away', 'external_number = NULL'],
  ['another salt', `salt = sha256('x')`],
])('verify finds a changed number: %s', async (_what, change) => {
  expect(await tampered(change)).toEqual(['numbers_digest']);
});

it('verify finds a number that was put where one was erased, and a digest that was changed with it', async () => {
  await erase(LONDON);
  const put = `external_number = '${PARIS}', salt = '\\x01'`;
  expect(await tampered(put)).toEqual(['numbers_digest']);
  const digest = `numbers_digest = ledger_numbers_digest('\\x01', '${PARIS}', NULL)`;
  expect(await tampered(`${put}, ${digest}`)).toEqual(['seal']);
});

it('an erased number is gone from every revision with all that confirms a guess, and the books verify', async () => {
  await refundUsage(database.db, { ...story('refund'), source: call.source, externalId: call.externalId });
  expect(await records()).toMatchObject([{ externalNumber: LONDON }, { externalNumber: LONDON }]);
  expect(await erase(LONDON)).toBe(2n);
  const erased = await records();
  for (const record of erased)
    expect(record).toMatchObject({ externalNumber: null, internalNumber: null, salt: null, facts: null });
  // What is left of it is random to who does not have the salt.
  expect(new Set(erased.map(({ numbersDigest }) => numbersDigest?.length))).toEqual(new Set([32]));
  const [guess] = await database.db.$queryRaw<{ digest: Uint8Array }[]>`
    SELECT ledger_numbers_digest(NULL, ${LONDON}, ${call.internalNumber}) AS digest`;
  for (const { numbersDigest } of erased) expect(numbersDigest).not.toEqual(guess?.digest);
  expect(await findings(database.db)).toEqual([]);
});

it('usage whose number was erased is refunded and corrected as before, and does not get it back', async () => {
  await erase(LONDON);
  const { source, externalId } = call;
  expect(await again({ durationMs: 1 })).toBe('duplicate');
  await refundUsage(database.db, { ...story('refund'), source, externalId });
  const correction = { ...call, externalNumber: null, internalNumber: null, durationMs: 90_000 };
  await correctUsage(database.db, { ...story('longer'), numberKey, usage: correction });
  expect(await records()).toMatchObject(
    Array.from({ length: 3 }, () => ({ externalNumber: null, salt: null })),
  );
  expect(await findings(database.db)).toEqual([]);
});

it('only the numbers that were asked for are erased', async () => {
  await books.post([books.usage({ externalNumber: PARIS })]);
  expect(await erase(LONDON)).toBe(1n);
  const left = (await records()).map(({ externalNumber }) => externalNumber);
  expect(left.toSorted()).toEqual([PARIS, null].toSorted());
});

it.each([
  ['numbers and salt', 'external_number = NULL, internal_number = NULL, salt = NULL'],
  ['the facts', 'facts = NULL'],
  ['a digest', 'numbers_digest = NULL'],
])('nothing but the functions for it sets %s to null', async (_what, change) => {
  const refused = (statement: string) =>
    expect(database.db.$executeRawUnsafe(statement), statement).rejects.toThrow(/nothing posted is changed/);
  await refused(`UPDATE usage_record SET ${change}`);
  await refused(`DO $$ BEGIN UPDATE usage_record SET ${change}; END $$`);
  await database.db.$executeRawUnsafe(`CREATE OR REPLACE FUNCTION erase_numbers() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN UPDATE usage_record SET ${change}; END $$`);
  await refused('SELECT erase_numbers()');
});

it('R23: a key that comes again is compared by its numbers without the books having the key', async () => {
  expect(await again({})).toBe('duplicate');
  expect(await again({ externalNumber: PARIS })).toBe('conflict');
  expect(await again({ internalNumber: '+14155550199' })).toBe('conflict');
  expect(await again({ externalNumber: null })).toBe('conflict');
  expect(await again({ externalNumber: call.internalNumber, internalNumber: LONDON })).toBe('conflict');
  await refundUsage(database.db, { ...story('r'), source: call.source, externalId: call.externalId });
  expect(await again({})).toBe('duplicate');
  expect(await again({ externalNumber: PARIS })).toBe('conflict');
});

it('the same number of another company has other facts', async () => {
  const other = new NumberKey(Buffer.alloc(32, 8).toString('base64url'));
  expect(other.codeOf(LONDON)).not.toBe(numberKey.codeOf(LONDON));
  expect(await again({}, november(4), other)).toBe('conflict');
});

it('R23: after 35 days a key that comes again is a duplicate, and its facts are gone', async () => {
  await sweepAt(3 + 34);
  expect(await records()).toMatchObject([{ facts: expect.any(BigInt) }]);
  await sweepAt(3 + 36);
  expect(await records()).toMatchObject([{ facts: null }]);
  expect(await again({ externalNumber: PARIS, durationMs: 5 }, november(3 + 36))).toBe('duplicate');
  expect(await again({ usageAt: november(3 + 35) }, november(3 + 36))).toBe('duplicate');
  const young = books.usage({ usageAt: november(3 + 35) });
  await books.post([young], november(3 + 36));
  await sweepAt(3 + 37);
  expect(await records()).toContainEqual(
    expect.objectContaining({ externalId: young.externalId, facts: expect.any(BigInt) }),
  );
  expect(await findings(database.db)).toEqual([]);
});

it('facts of many records of one moment are forgotten, also of those that the operator posts too late', async () => {
  const { companyId } = books;
  const many = Array.from({ length: 2_100 }, () => books.usage({ cost: '0.001', usageAt: november(5) }));
  await books.post(many);
  await sweepAt(5 + 36);
  const late = books.usage({ usageAt: november(5) });
  await postUsage(database.db, { companyId, numberKey, at: november(60), force: true, records: [late] });
  expect(await database.db.usageRecord.count({ where: { companyId, facts: { not: null } } })).toBe(0);
});

it('usage without any number has no salt, and verifies', async () => {
  const silent = books.usage({ externalNumber: null, internalNumber: null });
  await books.post([silent]);
  const found = (await records()).find(({ externalId }) => externalId === silent.externalId);
  expect(found).toMatchObject({ salt: null, externalNumber: null });
  expect(await findings(database.db)).toEqual([]);
});

it('no two records share a salt', async () => {
  await books.post(Array.from({ length: 600 }, () => books.usage({ cost: '0.001' })));
  const salts = (await records()).map(({ salt }) => Buffer.from(salt ?? []).toString('hex'));
  expect(new Set(salts).size).toBe(601);
  expect(new Set(salts.map(({ length }) => length))).toEqual(new Set([32]));
});
