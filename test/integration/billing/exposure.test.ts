import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  confirmPurchase,
  listInvoices,
  openDraft,
  readInvoicing,
  resolveInvoice,
  reviewPurchase,
  sweepInvoices,
} from '../../../src/billing/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { dollars } from '../../../src/money.ts';
import { type BillingRoom, startBillingRoom } from '../../support/billing-room.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';

const POOL = { kind: 'company' } as const;

let room: BillingRoom;
let acme: TestCompany;

beforeAll(async () => {
  room = await startBillingRoom('2027-11-20T18:00:00Z');
});
afterAll(() => room?.close());
/** May owe $500. */
beforeEach(async () => {
  acme = await testCompany(room.deps.db, { billingMethod: 'invoice' });
});

/** What a purchase on invoice comes to: confirmed, or what it is refused for. Not credited before `room.work()`. */
async function buy(amount: string, { ana }: TestCompany = acme): Promise<string> {
  room.clock.advance(1_000);
  const { token } = await openDraft(room.deps, ana, {});
  try {
    const shown = await reviewPurchase(room.deps, ana, token, [{ scope: POOL, amount: dollars(amount) }]);
    return (await confirmPurchase(room.deps, ana, shown, { viewId: 'V' })).outcome;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const owed = async ({ ana }: TestCompany = acme): Promise<string> =>
  (await readInvoicing(room.deps, ana, 10)).owed.toFixed(2);

async function pass(days: number): Promise<void> {
  room.clock.advance(days * DAY_MS);
  await sweepInvoices(room.deps);
}

const lastInvoice = async ({ companyId }: TestCompany = acme) => {
  const [invoice] = await listInvoices(room.deps.db, { companyId });
  return invoice ?? expect.fail('there is no invoice');
};

describe('what a company may owe on invoice', () => {
  it('counts what is confirmed, on no invoice yet, open and overdue, each until it is paid or void', async () => {
    expect(await buy('400')).toBe('confirmed');
    expect([await owed(), await buy('100.01')]).toEqual(['400.00', 'exposure-limit']);
    await room.work();
    expect([await owed(), await buy('100.01')]).toEqual(['400.00', 'exposure-limit']);
    await pass(31);
    expect(await lastInvoice()).toMatchObject({ state: 'open' });
    expect([await owed(), await buy('100.01')]).toEqual(['400.00', 'exposure-limit']);
    await pass(31);
    const { number, ...invoice } = await lastInvoice();
    expect(invoice).toMatchObject({ state: 'overdue' });
    expect([await owed(), await buy('100.01')]).toEqual(['400.00', 'exposure-limit']);
    await resolveInvoice(room.deps.db, { number, state: 'paid', at: room.clock.now() });
    expect([await owed(), await buy('500')]).toEqual(['0.00', 'confirmed']);
    await room.work();
    await pass(31);
    const { number: next } = await lastInvoice();
    await resolveInvoice(room.deps.db, { number: next, state: 'void', at: room.clock.now() });
    expect(await owed()).toBe('0.00');
  });

  it('may be owed to the cent', async () => {
    expect(await buy('400')).toBe('confirmed');
    await room.work();
    expect(await buy('100.01')).toBe('exposure-limit');
    expect(await buy('100')).toBe('confirmed');
  });

  it('counts nothing that another company has confirmed, waiting for an invoice, or on one', async () => {
    const other = await testCompany(room.deps.db, { billingMethod: 'invoice' });
    expect(await buy('150', other)).toBe('confirmed');
    expect(await owed()).toBe('0.00');
    await room.work();
    expect(await owed()).toBe('0.00');
    await pass(31);
    expect([await owed(other), await owed()]).toEqual(['150.00', '0.00']);
    expect(await buy('500')).toBe('confirmed');
  });
});

describe('an invoice', () => {
  it('is not overdue on the last day on which it may be paid, and is from the midnight that ends it', async () => {
    await buy('100');
    await room.work();
    await pass(31);
    const { dueAt } = await lastInvoice();
    room.clock.advance(dueAt.getTime() - room.clock.now().getTime() - 1);
    await sweepInvoices(room.deps);
    expect(await lastInvoice()).toMatchObject({ state: 'open' });
    room.clock.advance(1);
    await sweepInvoices(room.deps);
    expect(await lastInvoice()).toMatchObject({ state: 'overdue' });
  });

  it('has the credits from before its billing day alone: one of that very midnight is on the next', async () => {
    const { db } = room.deps;
    const { companyId } = acme;
    await buy('100');
    await buy('40');
    await room.work();
    const { next } = await readInvoicing(room.deps, acme.ana, 10);
    const [first, second] = await db.invoiceItem.findMany({ where: { companyId }, orderBy: { at: 'asc' } });
    await db.invoiceItem.updateMany({
      where: { companyId, orderId: second?.orderId ?? 0n },
      data: { at: next.closesAt },
    });
    room.clock.advance(next.closesAt.getTime() - room.clock.now().getTime());
    await sweepInvoices(room.deps);
    expect((await lastInvoice()).total.toFixed(2)).toBe('100.00');
    expect(first?.amountMicros).toBe(100_000_000n);
    expect((await readInvoicing(room.deps, acme.ana, 10)).next.total.toFixed(2)).toBe('40.00');
  });
});
