import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addBundle, sweepBundleUse, sweepInvoices } from '../../../src/billing/index.ts';
import { DAY_MS, HOUR_MS } from '../../../src/durations.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { type BillingRoom, buyReviewed, spend, startBillingRoom } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';

let room: BillingRoom;
let monthly: bigint;
let annual: bigint;

beforeAll(async () => {
  room = await startBillingRoom('2027-11-20T18:00:00Z');
  const { db } = room.deps;
  const offer = { kind: 'calling' as const, credit: dollars('150'), at: room.clock.now() };
  ({ id: monthly } = await addBundle(db, {
    ...offer,
    name: 'Month',
    period: 'monthly',
    price: dollars('120'),
  }));
  ({ id: annual } = await addBundle(db, {
    ...offer,
    name: 'Year',
    period: 'annual',
    price: dollars('400'),
  }));
});
afterAll(() => room?.close());
beforeEach(() => room.processor.controls.setBehaviour('approve'));

async function bought(bundleId: bigint, ...cards: string[]): Promise<TestCompany> {
  const company = await testCompany(room.deps.db, cards.length === 0 ? { billingMethod: 'invoice' } : {});
  for (const card of cards) await putCardOnFile(room.deps, company.companyId, card);
  await buyReviewed(room.deps, company.ana, { bundleId, scope: { kind: 'company' }, token: randomUUID() });
  await room.work();
  return company;
}

const periodsOf = ({ companyId }: TestCompany) =>
  room.deps.db.subscriptionPeriod.findMany({ where: { companyId }, orderBy: { number: 'asc' } });

const noticesOf = async ({ companyId }: TestCompany, kind: string) =>
  await room.deps.db.notice.findMany({ where: { companyId, kind }, orderBy: { id: 'asc' } });

async function toEndOfPeriod(company: TestCompany, beforeMs = 0): Promise<void> {
  const endsAt = (await periodsOf(company)).at(-1)?.endsAt.getTime() ?? 0;
  room.clock.advance(endsAt - room.clock.now().getTime() + 1 - beforeMs);
}

/** The default card is dead from now on; another one that is put on file before it is the fallback. */
async function killDefaultCard({ companyId }: TestCompany): Promise<void> {
  const { db } = room.deps;
  const before = await db.card.findFirstOrThrow({ where: { companyId, isDefault: true } });
  await putCardOnFile(room.deps, companyId, 'pm_card_chargeCustomerFail');
  await db.card.updateMany({ where: { companyId, id: before.id }, data: { isFallback: true } });
}

const triesOf = ({ companyId }: TestCompany) =>
  room.deps.db.paymentAttempt.findMany({
    where: { companyId },
    orderBy: [{ orderId: 'asc' }, { number: 'asc' }],
  });

describe('an annual bundle', () => {
  it('lasts the year, is told to lapse two weeks before, and is renewed once', async () => {
    const acme = await bought(annual, 'pm_card_visa');
    const bundles = async () =>
      (await readBalance(room.deps.db, acme.companyId, room.clock.now())).wallets.flatMap(
        (wallet) => wallet.bundles,
      );
    expect(await bundles()).toMatchObject([{ expiresAt: new Date('2028-12-01T08:00:00Z') }]);
    await spend(room, acme, '30');
    await toEndOfPeriod(acme, 15 * DAY_MS);
    await room.work();
    await sweepBundleUse(room.deps);
    expect(await noticesOf(acme, 'bundle')).toHaveLength(1);
    expect(await periodsOf(acme)).toHaveLength(1);
    room.clock.advance(2 * DAY_MS);
    await sweepBundleUse(room.deps);
    expect((await noticesOf(acme, 'bundle')).at(-1)).toMatchObject({
      facts: { event: 'lapsing', rest: '120' },
    });
    await toEndOfPeriod(acme);
    await room.work();
    await room.work();
    expect((await periodsOf(acme)).map(({ endsAt }) => endsAt.toISOString().slice(0, 10))).toEqual([
      '2028-12-01',
      '2029-12-01',
    ]);
    expect((await noticesOf(acme, 'bundle')).at(-1)).toMatchObject({
      facts: { event: 'credited', isFirst: false, rest: '120' },
    });
  });
});

describe('a renewal whose card declines', () => {
  it('is paid by the fallback card before anybody is told', async () => {
    const acme = await bought(monthly, 'pm_card_visa');
    await killDefaultCard(acme);
    await toEndOfPeriod(acme);
    await room.work();
    await room.work();
    expect((await periodsOf(acme)).map(({ state, failures }) => [state, failures])).toEqual([
      ['credited', 0],
      ['credited', 0],
    ]);
    expect((await triesOf(acme)).map(({ state }) => state)).toEqual(['succeeded', 'failed', 'succeeded']);
    const told = await noticesOf(acme, 'bundle');
    expect(told.map(({ facts, revision }) => [(facts as { event: string }).event, revision])).toEqual([
      ['credited', 1],
      ['credited', 1],
    ]);
  });

  it('asks each card four times at most, and never without the other', async () => {
    const acme = await bought(monthly, 'pm_card_visa');
    await putCardOnFile(room.deps, acme.companyId, 'pm_card_chargeCustomerFail');
    await killDefaultCard(acme);
    await toEndOfPeriod(acme);
    for (const hours of [0.1, 1, 6, 24, 48, 48]) {
      room.clock.advance(hours * HOUR_MS);
      await room.work();
      await room.work();
    }
    const [, ...renewal] = await triesOf(acme);
    expect(renewal.every(({ state }) => state === 'failed')).toBe(true);
    const cards = renewal.map(({ cardId }) => cardId);
    expect(cards).toHaveLength(8);
    expect(cards.filter((card) => card === cards[0])).toHaveLength(4);
    expect(cards.filter((card) => card === cards[1])).toHaveLength(4);
    expect(await noticesOf(acme, 'bundle')).toMatchObject([
      { facts: { event: 'credited' } },
      { facts: { event: 'paused' } },
    ]);
  });

  it('leaves a first purchase to its buyer, who chose the card', async () => {
    const acme = await testCompany(room.deps.db);
    await putCardOnFile(room.deps, acme.companyId);
    await killDefaultCard(acme);
    const token = randomUUID();
    await buyReviewed(room.deps, acme.ana, { bundleId: monthly, scope: { kind: 'company' }, token });
    await room.work();
    await room.work();
    expect((await triesOf(acme)).map(({ state }) => state)).toEqual(['failed']);
    expect(await noticesOf(acme, 'bundle')).toMatchObject([{ facts: { event: 'refused' } }]);
  });
});

describe('the use of a bundle', () => {
  it('is told once at 80, 90 and 100 %, each in a message of its own', async () => {
    const acme = await bought(monthly, 'pm_card_visa');
    const told: (number | undefined)[][] = [];
    for (const amount of ['119.99', '0.01', '5', '10', '14.99', '0.01', '20']) {
      await spend(room, acme, amount);
      await sweepBundleUse(room.deps);
      await sweepBundleUse(room.deps);
      const used = (await noticesOf(acme, 'bundle')).filter(
        ({ facts }) => (facts as { event: string }).event === 'used',
      );
      expect(used.every(({ revision }) => revision === 1)).toBe(true);
      told.push(used.map(({ facts }) => (facts as { percent: number }).percent));
    }
    expect(told).toEqual([[], [80], [80], [80, 90], [80, 90], [80, 90, 100], [80, 90, 100]]);
  });

  it('is told once at the highest level when a single night passes them all', async () => {
    const acme = await bought(monthly, 'pm_card_visa');
    await spend(room, acme, '149');
    await Promise.all([sweepBundleUse(room.deps), sweepBundleUse(room.deps)]);
    expect((await noticesOf(acme, 'bundle')).slice(1)).toMatchObject([
      { revision: 1, facts: { event: 'used', percent: 90, rest: '1' } },
    ]);
  });
});

describe('an invoice that is not paid', () => {
  it('is told as overdue once, in its own message, on the day it was due and not before', async () => {
    const acme = await bought(monthly);
    room.clock.advance(32 * DAY_MS);
    await room.work();
    const [invoice] = await room.deps.db.invoice.findMany({ where: { companyId: acme.companyId } });
    const untilDue = (invoice?.dueAt.getTime() ?? 0) - room.clock.now().getTime();
    room.clock.advance(untilDue - 1);
    await sweepInvoices(room.deps);
    const [open] = await noticesOf(acme, 'invoice');
    expect(open).toMatchObject({ facts: { state: 'open', total: '120.00' } });
    room.clock.advance(1);
    await Promise.all([sweepInvoices(room.deps), sweepInvoices(room.deps)]);
    await sweepInvoices(room.deps);
    const [told] = await noticesOf(acme, 'invoice');
    expect(told).toMatchObject({
      id: open?.id,
      revision: (open?.revision ?? 0) + 1,
      facts: { state: 'overdue' },
    });
  });
});
