import { afterAll, beforeAll, expect, it } from 'vitest';
import { placeHold } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { MAIN, november, openBooks } from '../../support/ledger.ts';
import { sumUp } from '../../support/sum-up.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
  const books = await openBooks(database.db);
  await books.grant('calling', '1');
  await books.grant('general', '5');
  await books.post([books.usage({ cost: '2' })]);
  await placeHold(database.db, {
    companyId: books.companyId,
    key: 'call',
    officeId: MAIN,
    class: 'calls',
    amount: dollars('1'),
    expiresAt: november(9),
    at: november(3),
  });
  await sumUp(database.db, books.companyId, november(4));
});
afterAll(() => database.close());

const refused = (statement: string) =>
  expect(database.db.$executeRawUnsafe(statement), statement).rejects.toThrow(/nothing posted is changed/);

it.each([
  'entry',
  'entry_split',
  'usage_record',
  'posting',
  'book',
  'wallet',
  'credit_grant',
  'hold',
  'usage_rollup',
  'usage_kind_rollup',
  'usage_member_rollup',
  'entry_rollup',
  'wallet_summed',
])('no row of %s is deleted, one by one or all at once', async (table) => {
  const rows = await database.db.$queryRawUnsafe<unknown[]>(`SELECT FROM ${table} LIMIT 1`);
  expect(rows).toHaveLength(1);
  await refused(`DELETE FROM ${table}`);
  await refused(`TRUNCATE ${table}`);
});

it.each([
  ['entry', 'reason'],
  ['entry_split', 'amount_micros'],
  ['usage_record', 'cost_micros'],
  ['posting', 'result'],
  ['book', 'primary_wallet_id'],
  ['wallet', 'office_id'],
  ['credit_grant', 'amount_micros'],
  ['credit_grant', 'expires_at'],
  ['hold', 'class'],
  ['usage_rollup', 'bucket_at'],
  ['usage_kind_rollup', 'category'],
  ['usage_member_rollup', 'member_id'],
  ['entry_rollup', 'first_seq'],
  ['wallet_summed', 'wallet_id'],
])('of %s, %s stays what it was', async (table, column) => {
  await refused(`UPDATE ${table} SET ${column} = ${column}`);
});

it.each([
  ['that ends when it begins', 'calling', '2026-11-02', '2026-11-02'],
  ['of general credits that ends', 'general', '-infinity', '2026-12-02'],
])('no grant is made %s', async (_what, kind, effectiveAt, expiresAt) => {
  const made = database.db.$executeRaw`
    INSERT INTO credit_grant OVERRIDING SYSTEM VALUE
    SELECT company_id, wallet_id, id + 1000, ${kind}, amount_micros, remaining_micros, ${effectiveAt}::text::timestamptz,
      ${expiresAt}::text::timestamptz, is_open, source, reference, created_at, seal
    FROM credit_grant LIMIT 1`;
  await expect(made).rejects.toThrow(/a grant ends after it begins, and general credits never end/);
});
