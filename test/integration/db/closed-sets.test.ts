import { afterAll, beforeAll, expect, it } from 'vitest';
import { invoiceState } from '../../../src/billing/invoices/invoice-rows.ts';
import { orderState } from '../../../src/billing/orders/order-state.ts';
import { exportState } from '../../../src/usage/export/types.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

/** The values that the database accepts in a column, as its CHECK lists them. */
async function acceptedBy(table: string, column: string): Promise<string[]> {
  const rows = await database.db.$queryRaw<{ definition: string }[]>`
    SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
    WHERE conrelid = ${table}::regclass AND contype = 'c'`;
  const list = rows.find(({ definition }) => definition.startsWith(`CHECK ((${column} = ANY (ARRAY[`));
  return [...(list?.definition ?? '').matchAll(/'(\w+)'/g)].map(([, value = '']) => value);
}

it.each([
  ['purchase_order', 'state', orderState],
  ['invoice', 'state', invoiceState],
  ['usage_export', 'state', exportState],
])('%s.%s has the same values in the code and in the database', async (table, column, values) => {
  expect((await acceptedBy(table, column)).toSorted()).toEqual([...values.options].toSorted());
});
