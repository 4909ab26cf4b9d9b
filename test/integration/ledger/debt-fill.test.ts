import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { correctUsage, type NewUsage, refundUsage } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let books: Books;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  books = await openBooks(database.db);
});
afterEach(async () => {
  expect(await findings(database.db)).toEqual([]);
});

const story = (key: string) => ({
  companyId: books.companyId,
  key,
  actor: 'test',
  reason: 'Test',
  at: november(5),
});
const refund = ({ source, externalId }: NewUsage, amount: string) =>
  refundUsage(database.db, { ...story('refund'), source, externalId, amount: dollars(amount) });

it('R6: an AI bundle fills the AI debt that stands on the pool, by an entry on each wallet', async () => {
  books = await openBooks(database.db, { pooled: true });
  await books.post([books.usage({ class: 'ai', cost: '3', officeId: BRANCH }), books.usage({ cost: '1' })]);
  await books.grant('ai', '2', { on: 4 });
  expect([await books.has(), await books.has(null)]).toEqual([{}, { owesCalls: '1.00', owesAi: '1.00' }]);
  await books.grant('ai', '5', { on: 4 });
  expect([await books.has(), await books.has(null)]).toEqual([{ ai: '4.00' }, { owesCalls: '1.00' }]);
  expect(await books.entries()).toEqual(['grant 2.00', 'fill -2.00', 'grant 5.00', 'fill -1.00']);
  expect((await books.entries(null)).slice(-2)).toEqual(['fill 2.00', 'fill 1.00']);
});

it("R6: an office's calling bundle leaves the pool's debt of calls, which others may have made", async () => {
  books = await openBooks(database.db, { pooled: true });
  await books.post([books.usage({ cost: '1' })]);
  await books.grant('calling', '5', { office: BRANCH, on: 4 });
  expect([await books.has(BRANCH), await books.has(null)]).toEqual([
    { calling: '5.00' },
    { owesCalls: '1.00' },
  ]);
});

it("R6: general credits that come back fill the other class's debt, and never stand beside it", async () => {
  await books.grant('general', '5');
  const call = books.usage({ cost: '5' });
  await books.post([call]);
  await books.post([books.usage({ class: 'ai', cost: '2' })]);
  await refund(call, '3');
  expect(await books.has()).toEqual({ general: '1.00' });
  expect((await books.entries()).slice(-2)).toEqual([
    'refund 3.00',
    'fill 0.00 = general -2.00, debt ai 2.00',
  ]);
});

it('R8: so do those that a correction brings back', async () => {
  await books.grant('general', '5');
  const call = books.usage({ cost: '5' });
  await books.post([call]);
  await books.post([books.usage({ class: 'ai', cost: '2' })]);
  await correctUsage(database.db, { numberKey, ...story('less'), usage: { ...call, cost: dollars('4.5') } });
  expect(await books.has()).toEqual({ owesAi: '1.50' });
});

it('a credit that cannot be is refused in words', async () => {
  const refused = { code: 'bad-facts' };
  await expect(books.grant('general', '-1')).rejects.toMatchObject(refused);
  await expect(books.grant('general', '0')).rejects.toMatchObject(refused);
  await expect(books.grant('calling', '1', { on: 4, until: november(4) })).rejects.toMatchObject(refused);
});
