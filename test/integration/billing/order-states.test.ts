import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PricedOrder, toConfirmed, toPriced } from '../../../src/billing/orders/order.ts';
import {
  moveOrder,
  moveOrders,
  ORDER_TRANSITIONS,
  type OrderState,
  orderState,
} from '../../../src/billing/orders/order-state.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { storeOrder } from '../../support/order-row.ts';

const AT = new Date('2026-11-24T12:00:00Z');
const STATES = orderState.options;

let database: TestDatabase;
let acme: TestCompany;
beforeAll(async () => {
  database = await freshDatabase();
  acme = await testCompany(database.db);
});
afterAll(() => database?.close());

let receipts = 0n;

/** What the database wants of an order in a state. */
function columnsOf(state: OrderState) {
  if (state === 'awaiting_approval') return { method: null, confirmedAt: null };
  const confirmed = { method: 'card' as const, confirmedAt: AT };
  if (state !== 'settled') return { ...confirmed, settledAt: null, receiptNumber: null };
  receipts += 1n;
  return { ...confirmed, settledAt: AT, receiptNumber: receipts };
}

async function orderIn(state: OrderState): Promise<PricedOrder> {
  return toPriced(
    await storeOrder(database.db, {
      companyId: acme.companyId,
      token: randomUUID(),
      kind: 'purchase',
      state,
      officeId: acme.officeIds[0],
      amountMicros: 20_000_000n,
      userId: 'UANA',
      createdAt: AT,
      ...columnsOf(state),
    }),
  );
}

const stateOf = async ({ token }: PricedOrder) =>
  (await database.db.purchaseOrder.findUniqueOrThrow({ where: { token } })).state;

it('an order changes its state only as the table of transitions allows', async () => {
  const refused: string[] = [];
  for (const from of STATES) {
    for (const to of STATES) {
      const order = await orderIn(from);
      const move = inTransaction(database.db, (tx) => moveOrder(tx, order, to, columnsOf(to)));
      if (ORDER_TRANSITIONS[from][to] === undefined) {
        await expect(move, `${from} to ${to}`).rejects.toThrow(`an order never goes from ${from} to ${to}`);
        expect(await stateOf(order)).toBe(from);
        refused.push(`${from} ${to}`);
      } else {
        expect((await move).state, `${from} to ${to}`).toBe(to);
        expect(await stateOf(order)).toBe(to);
      }
    }
  }
  // What was credited stays so, and nothing is charged that nobody confirmed.
  expect(refused).toEqual(expect.arrayContaining(STATES.map((to) => `settled ${to}`)));
  expect(refused).toEqual(expect.arrayContaining(['draft charging', 'draft settled', 'abandoned charging']));
});

it('an order that changed since it was read is not moved', async () => {
  const order = await orderIn('declined');
  await database.db.purchaseOrder.update({
    where: { token: order.token },
    data: { version: { increment: 1 } },
  });
  const move = inTransaction(database.db, (tx) => moveOrder(tx, order, 'confirmed'));
  await expect(move).rejects.toThrow('changed while it was decided about');
  expect(await stateOf(order)).toBe('declined');
});

it('of many orders those in the named states are moved, and no others', async () => {
  const [draft, declined, settled] = [
    await orderIn('draft'),
    await orderIn('declined'),
    await orderIn('settled'),
  ];
  const token = { in: [draft, declined, settled].map((order) => order.token) };
  const moved = await moveOrders(database.db, { token }, { from: ['draft', 'declined'], to: 'abandoned' });
  expect(moved.map(({ id }) => id).toSorted()).toEqual([draft.id, declined.id].toSorted());
  expect(await stateOf(settled)).toBe('settled');
});

it('an amount that is missing is never taken for zero', async () => {
  const row = await database.db.purchaseOrder.create({
    data: {
      companyId: acme.companyId,
      token: randomUUID(),
      kind: 'purchase',
      state: 'draft',
      userId: 'UANA',
      createdAt: AT,
    },
  });
  expect(() => toPriced(row)).toThrow('has no amount');
  expect(() => toConfirmed({ ...row, amountMicros: 1n })).toThrow('was not confirmed');
});
