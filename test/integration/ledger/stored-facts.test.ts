import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type NewUsage, placeHold, postUsage, settleHold } from '../../../src/ledger/index.ts';
import { dollars, fromMicros } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let books: Books;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  books = await openBooks(database.db);
  await books.grant('general', '5');
});

/** A usage of which every fact differs from every other usage's, so that none can stand for another. */
function distinct(i: number): NewUsage {
  return {
    source: `source-${i}`,
    externalId: `id-${i} "quoted" \\ {é}, NULL`,
    officeId: i % 2 === 0 ? MAIN : BRANCH,
    departmentId: BigInt(100 + i),
    memberId: BigInt(200 + i),
    class: i % 3 === 0 ? 'ai' : 'calls',
    category: `category-${i}`,
    direction: i % 2 === 0 ? 'inbound' : 'outbound',
    externalNumber: `+44${i}`,
    internalNumber: i % 2 === 0 ? null : `+1${i}`,
    usageAt: new Date(november(5).getTime() + i * 1_001),
    durationMs: 3_000_000_000 + i,
    billedSeconds: 300 + i,
    quantity: 400 + i,
    cost: dollars(`0.0${i}1`),
    price: i % 2 === 0 ? `price of ${i}` : null,
    version: BigInt(500 + i),
  };
}

const six = () => [1, 2, 3, 4, 5, 6].map(distinct);

/** What is kept of this company's usage, as it was told, in the order of its keys. */
async function kept(): Promise<NewUsage[]> {
  const rows = await database.db.usageRecord.findMany({
    where: { companyId: books.companyId },
    orderBy: { externalId: 'asc' },
  });
  return rows.map((row) => ({
    source: row.source,
    externalId: row.externalId,
    officeId: row.officeId,
    departmentId: row.departmentId,
    memberId: row.memberId,
    class: row.class === 'ai' ? 'ai' : 'calls',
    category: row.category,
    direction: row.direction === 'inbound' ? 'inbound' : 'outbound',
    externalNumber: row.externalNumber,
    internalNumber: row.internalNumber,
    usageAt: row.usageAt,
    durationMs: Number(row.durationMs),
    billedSeconds: row.billedSeconds,
    quantity: row.quantity,
    cost: fromMicros(row.costMicros),
    price: row.price,
    version: row.version,
  }));
}

it.each<[string, (told: NewUsage[]) => NewUsage[]]>([
  ['told in order', (told) => told],
  ['told backwards', (told) => told.toReversed()],
  ['with a record told twice', (told) => [...told.toReversed(), ...told.slice(0, 1)]],
  ['with a record that cannot be booked', (told) => [{ ...distinct(7), durationMs: -1 }, ...told]],
  ['with a record that cannot be stored', (told) => [{ ...distinct(7), quantity: 0.5 }, ...told]],
])('every fact of every usage is kept as it was told, in a batch %s', async (_how, batch) => {
  await books.post(batch(six()), november(6));
  expect(await kept()).toEqual(six());
  expect(await findings(database.db)).toEqual([]);
});

it('every fact is kept of usage that comes too late for a bundle, and of one that settles a hold', async () => {
  await books.grant('calling', '9', { on: 4, until: november(5.5) });
  const [first, ...others] = six();
  await books.post(others.toReversed(), november(6));
  const { companyId } = books;
  const hold = { companyId, key: 'hold', at: november(6) };
  const amount = dollars('0.01');
  await placeHold(database.db, { ...hold, officeId: MAIN, class: 'calls', amount, expiresAt: november(7) });
  if (first !== undefined) await settleHold(database.db, { numberKey, ...hold, usage: first });
  expect(await kept()).toEqual(six());
  expect(await findings(database.db)).toEqual([]);
});

it.each([
  ['hours', november(5.1)],
  ['days', november(6)],
])(
  'a call or an AI conversation by itself that comes within %s is kept with every fact',
  async (_what, at) => {
    await books.grant('general', '5', { office: BRANCH });
    for (const record of six())
      await postUsage(database.db, { numberKey, companyId: books.companyId, at, records: [record] });
    expect(await kept()).toEqual(six());
    expect(await findings(database.db)).toEqual([]);
  },
);
