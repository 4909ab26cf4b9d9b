import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { november, openBooks } from '../../support/ledger.ts';
import { createUsagePoster } from '../../support/usage-poster.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

it('posts what many callers send at once, each once, in one transaction', async () => {
  const [books, others] = [await openBooks(database.db), await openBooks(database.db)];
  await books.grant('general', '1000');
  const post = createUsagePoster(database.db, november(4));
  const records = Array.from({ length: 200 }, () => books.usage({ cost: '1' }));
  const outcomes = await Promise.all([
    ...[...records, ...records].map((record) => post(books.companyId, record)),
    post(others.companyId, others.usage({ cost: '2' })),
  ]);
  expect(outcomes.filter(({ outcome }) => outcome === 'posted')).toHaveLength(201);
  expect(outcomes.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(200);
  expect([await books.has(), await others.has()]).toEqual([{ general: '800.00' }, { owesCalls: '2.00' }]);
  const transactions = await database.db.$queryRaw<{ count: bigint }[]>`
    SELECT count(DISTINCT xmin::text) FROM usage_record WHERE company_id = ${books.companyId}`;
  expect(transactions).toEqual([{ count: 1n }]);
});

it('tells only the callers of a batch that failed, and goes on', async () => {
  const books = await openBooks(database.db);
  const post = createUsagePoster(database.db, november(4));
  await expect(post(1n, books.usage())).rejects.toMatchObject({ code: 'no-book' });
  await expect(post(books.companyId, books.usage())).resolves.toEqual({ outcome: 'posted' });
});
