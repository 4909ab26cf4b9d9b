import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addBundle,
  advanceOrder,
  decideRecharge,
  followRefund,
  resumeRecharge,
  sweepRefunds,
} from '../../../src/billing/index.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/durations.ts';
import { readBalance, setPooled } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { type BillingRoom, buyReviewed, spend } from '../../support/billing-room.ts';
import { buyTwenty, cardedCompany, rechargeEmptyWallet } from '../../support/carded-company.ts';
import type { TestCompany } from '../../support/company.ts';
import {
  closeSound,
  intentOf,
  noticesOf,
  paidTwenty,
  standing,
  startMoneyBackRoom,
  webhook,
} from '../../support/money-back.ts';

let room: BillingRoom;
let acme: TestCompany;

beforeAll(async () => {
  room = await startMoneyBackRoom();
});
afterAll(() => closeSound(room));
beforeEach(async () => {
  room.processor.controls.setAccount({ refundsBegin: 'succeeded' });
  acme = await cardedCompany(room, 'pm_card_visa');
});

/** Somebody refunds a payment in the processor's dashboard, and its webhook comes. */
async function refund(intent: string, cents?: number): Promise<string> {
  const id = await room.processor.controls.happen('refundInDashboard', {
    payment_intent: intent,
    ...(cents === undefined ? {} : { amount: cents }),
  });
  await webhook(room, 'refund.created', id);
  return id;
}

async function change(id: string, status: 'succeeded' | 'failed' | 'canceled'): Promise<void> {
  await room.processor.controls.happen('changeRefund', { refund: id, status });
}

const has = (): Promise<Record<string, string>> => standing(room, acme);

/** A calling bundle of $70.01 for $60, paid and credited; answers its payment's intent. */
async function buyBundle(): Promise<string> {
  const { id: bundleId } = await addBundle(room.deps.db, {
    name: `Calling ${randomUUID()}`,
    kind: 'calling',
    period: 'monthly',
    credit: dollars('70.01'),
    price: dollars('60'),
    at: room.clock.now(),
  });
  await buyReviewed(room.deps, acme.ana, { bundleId, scope: { kind: 'company' }, token: randomUUID() });
  await room.work();
  const { id } = await room.deps.db.purchaseOrder.findFirstOrThrow({
    where: { companyId: acme.companyId, kind: 'bundle' },
  });
  return await intentOf(room, acme, id);
}

describe('a refund at the processor', () => {
  it('takes the credit of its payment back, once, is told by its receipt, and gives no room back in a limit', async () => {
    const { intent } = await paidTwenty(room, acme);
    const id = await refund(intent);
    expect(await has()).toEqual({});
    expect(await noticesOf(room, acme, 'refund')).toMatchObject([
      { state: 'refunded', amount: '20.00', paid: '20.00', receipt: 'R-000001', taken: '20.00' },
    ]);
    const row = await room.deps.db.refund.findUniqueOrThrow({ where: { processorId: id } });
    expect(row).toMatchObject({ state: 'succeeded', reversedMicros: 20_000_000n, restoredAt: null });
    // The purchase limit of 24 hours counts the purchase as before.
    await room.deps.db.company.update({
      where: { id: acme.companyId },
      data: { purchaseMaxMicros: 30_000_000n, purchaseDailyMaxMicros: 30_000_000n },
    });
    await expect(buyTwenty(room, acme)).rejects.toMatchObject({ code: 'daily-limit' });
  });

  it('counts from when it is pending, and changes nothing more when it arrives', async () => {
    room.processor.controls.setAccount({ refundsBegin: 'pending' });
    const { intent } = await paidTwenty(room, acme);
    const id = await refund(intent, 500);
    expect(await has()).toEqual({ general: '15.00' });
    await change(id, 'succeeded');
    await webhook(room, 'refund.updated', id);
    expect(await has()).toEqual({ general: '15.00' });
  });

  it('that waits for somebody takes nothing, and canceled never does', async () => {
    room.processor.controls.setAccount({ refundsBegin: 'requires_action' });
    const { intent } = await paidTwenty(room, acme);
    const id = await refund(intent);
    await change(id, 'canceled');
    await webhook(room, 'refund.updated', id);
    expect(await has()).toEqual({ general: '20.00' });
    expect(await noticesOf(room, acme, 'refund')).toEqual([]);
  });
});

describe('ten cases', () => {
  it('1: three refunds that complete the payment take exactly what it credited, the last the remainder', async () => {
    const intent = await buyBundle();
    for (const cents of [2000, 2000]) await refund(intent, cents);
    const rows = () =>
      room.deps.db.refund.findMany({ where: { companyId: acme.companyId }, orderBy: { id: 'asc' } });
    expect((await rows()).map(({ reversedMicros }) => reversedMicros)).toEqual([23_336_667n, 23_336_667n]);
    await refund(intent, 2000);
    expect((await rows()).at(-1)?.reversedMicros).toBe(23_336_666n);
    expect(await has()).toEqual({});
  });

  it('2: a refund and a lost dispute of one payment together never take more than it credited', async () => {
    const { intent } = await paidTwenty(room, acme);
    await paidTwenty(room, acme);
    await refund(intent, 1500);
    const dispute = await room.processor.controls.happen('openDispute', { payment_intent: intent });
    await room.processor.controls.happen('changeDispute', { dispute, status: 'lost' });
    await webhook(room, 'charge.dispute.closed', dispute);
    expect(await has()).toEqual({ general: '20.00' });
    expect(await room.deps.db.dispute.findUnique({ where: { processorId: dispute } })).toMatchObject({
      reversedMicros: 5_000_000n,
    });
  });

  it('2a: what a lost dispute could not take beside a refund it takes once the refund has failed, and gives back won', async () => {
    const { intent } = await paidTwenty(room, acme);
    await paidTwenty(room, acme);
    const id = await refund(intent, 1500);
    const dispute = await room.processor.controls.happen('openDispute', { payment_intent: intent });
    await room.processor.controls.happen('changeDispute', { dispute, status: 'lost' });
    await webhook(room, 'charge.dispute.closed', dispute);
    expect(await has()).toEqual({ general: '20.00' });
    await change(id, 'failed');
    await webhook(room, 'refund.failed', id);
    expect(await has()).toEqual({ general: '20.00' });
    expect(await room.deps.db.dispute.findUnique({ where: { processorId: dispute } })).toMatchObject({
      reversedMicros: 20_000_000n,
    });
    for (const status of ['appeal_needs_response', 'appeal_under_review', 'won'] as const)
      await room.processor.controls.happen('changeDispute', { dispute, status });
    await webhook(room, 'charge.dispute.closed', dispute);
    expect(await has()).toEqual({ general: '40.00' });
  });

  it('3: what was spent already becomes debt', async () => {
    const { intent } = await paidTwenty(room, acme);
    await spend(room, acme, '17');
    await refund(intent);
    expect(await has()).toEqual({ owed: '17.00' });
  });

  it('4: what has lapsed of a bundle counts as taken, and no other credits pay for it', async () => {
    const intent = await buyBundle();
    await paidTwenty(room, acme);
    await spend(room, acme, '10.01');
    room.clock.advance(40 * DAY_MS);
    await room.deps.db.subscription.updateMany({
      where: { companyId: acme.companyId },
      data: { state: 'ended', endedAt: room.clock.now() },
    });
    await room.work();
    expect(await has()).toEqual({ general: '20.00' });
    await refund(intent);
    expect(await has()).toEqual({ general: '9.99' });
  });

  it('5: the credit is followed to where a change of sharing moved it', async () => {
    const { intent } = await paidTwenty(room, acme);
    const [, branch = 0n] = acme.officeIds;
    await inTransaction(room.deps.db, async (tx) => {
      await tx.company.update({ where: { id: acme.companyId }, data: { pooled: false } });
      await setPooled(tx, {
        companyId: acme.companyId,
        pooled: false,
        allocation: [{ officeId: branch, amount: dollars('20') }],
        key: `share:${acme.companyId}`,
        actor: 'test',
        reason: 'test',
        at: room.clock.now(),
      });
    });
    await refund(intent, 500);
    const { wallets } = await readBalance(room.deps.db, acme.companyId, room.clock.now());
    expect(wallets.map(({ officeId, general }) => [officeId === branch, general.toFixed(2)])).toContainEqual([
      true,
      '15.00',
    ]);
  });

  it('6: one that comes before the answer to our own charge is posted with the credit', async () => {
    room.processor.controls.setBehaviour('timeout-after-charge');
    const token = await buyTwenty(room, acme);
    const { id: orderId } = await room.deps.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
    await advanceOrder(room.deps, { companyId: acme.companyId, orderId });
    room.processor.controls.setBehaviour('approve');
    await refund(await intentOf(room, acme, orderId), 1200);
    expect(await has()).toEqual({});
    await room.work();
    expect(await has()).toEqual({ general: '8.00' });
    expect(await noticesOf(room, acme, 'refund')).toMatchObject([{ taken: '12.00', receipt: 'R-000001' }]);
  });

  it('7: events in any order come to the same', async () => {
    const { intent } = await paidTwenty(room, acme);
    const id = await room.processor.controls.happen('refundInDashboard', { payment_intent: intent });
    await change(id, 'failed');
    for (const type of ['refund.failed', 'refund.updated', 'refund.created']) await webhook(room, type, id);
    expect(await has()).toEqual({ general: '20.00' });
    expect(await noticesOf(room, acme, 'refund')).toEqual([]);
  });

  it('8: one that fails after it succeeded gives back what it took, and is told', async () => {
    const { intent } = await paidTwenty(room, acme);
    await spend(room, acme, '4');
    const id = await refund(intent);
    expect(await has()).toEqual({ owed: '4.00' });
    await change(id, 'failed');
    await webhook(room, 'refund.failed', id);
    expect(await has()).toEqual({ general: '16.00' });
    expect(await noticesOf(room, acme, 'refund')).toMatchObject([{ state: 'returned', amount: '20.00' }]);
    await refund(intent);
    expect(await has()).toEqual({ owed: '4.00' });
  });

  it('9: the same event twice, or at once, or beside the sweep, is one reversal', async () => {
    const { intent } = await paidTwenty(room, acme);
    await paidTwenty(room, acme);
    const id = await room.processor.controls.happen('refundInDashboard', { payment_intent: intent });
    await Promise.all([
      ...Array.from({ length: 4 }, () => webhook(room, 'refund.created', id)),
      sweepRefunds(room.deps),
    ]);
    await webhook(room, 'refund.updated', id);
    expect(await has()).toEqual({ general: '20.00' });
    expect(await room.deps.db.refund.count({ where: { companyId: acme.companyId } })).toBe(1);
  });

  it("10: of another company's payment touches only theirs, and of a payment that is not ours nobody's", async () => {
    const other = await cardedCompany(room, 'pm_card_visa');
    await paidTwenty(room, acme);
    const { intent } = await paidTwenty(room, other);
    await refund(intent);
    expect([await has(), await standing(room, other)]).toEqual([{ general: '20.00' }, {}]);
    await webhook(room, 'refund.created', 're_of_somebody_else');
    expect(await room.deps.db.refund.count()).toBeGreaterThan(0);
    await expect(followRefund(room.deps, 're_of_somebody_else')).rejects.toMatchObject({
      code: 'resource_missing',
    });
  });
});

describe('without a webhook', () => {
  it('refunds are found by the sweep within 15 minutes, also where the processor was down at first', async () => {
    const { intent } = await paidTwenty(room, acme);
    await sweepRefunds(room.deps);
    room.clock.advance(DAY_MS);
    room.processor.controls.setBehaviour('down');
    await sweepRefunds(room.deps);
    room.processor.controls.setBehaviour('approve');
    await room.processor.controls.happen('refundInDashboard', { payment_intent: intent, amount: 700 });
    await sweepRefunds(room.deps);
    expect(await has()).toEqual({ general: '20.00' });
    room.clock.advance(15 * MINUTE_MS);
    await sweepRefunds(room.deps);
    expect(await has()).toEqual({ general: '13.00' });
  });

  it('an open refund is asked about by its id, and one that arrived again for a month', async () => {
    room.processor.controls.setAccount({ refundsBegin: 'pending' });
    const { intent } = await paidTwenty(room, acme);
    const id = await refund(intent);
    await change(id, 'succeeded');
    // Too old for the list of what is new.
    room.clock.advance(2 * DAY_MS);
    await sweepRefunds(room.deps);
    room.clock.advance(2 * DAY_MS);
    await sweepRefunds(room.deps);
    expect(await room.deps.db.refund.findUnique({ where: { processorId: id } })).toMatchObject({
      state: 'succeeded',
    });
    await change(id, 'failed');
    room.clock.advance(2 * DAY_MS);
    await sweepRefunds(room.deps);
    expect(await has()).toEqual({ general: '20.00' });
  });
});

describe('auto-recharge after a refund', () => {
  it('pauses where credits are below their threshold, says so, and goes on at one click of a company admin', async () => {
    await rechargeEmptyWallet(room, acme);
    await room.work();
    expect(await has()).toEqual({ general: '50.00' });
    const { id, orderLines } = await room.deps.db.purchaseOrder.findFirstOrThrow({
      where: { companyId: acme.companyId, kind: 'recharge' },
      include: { orderLines: true },
    });
    expect(orderLines).toMatchObject([{ officeId: null }]);
    await refund(await intentOf(room, acme, id));
    const setting = await room.deps.db.rechargeSetting.findFirstOrThrow({
      where: { companyId: acme.companyId },
    });
    expect(setting).toMatchObject({ isOn: true, pausedFor: 'refunded', pausedMicros: 50_000_000n });
    const { walletId, companyId } = setting;
    expect(await noticesOf(room, acme, 'refund')).toMatchObject([{ pausedToken: walletId.toString() }]);
    room.clock.advance(DAY_MS);
    await decideRecharge(room.deps, { companyId, walletId });
    expect(await room.deps.db.purchaseOrder.count({ where: { companyId, kind: 'recharge' } })).toBe(1);
    expect(await resumeRecharge(room.deps, acme.li, walletId)).toBe('resumed');
    expect(await resumeRecharge(room.deps, acme.li, walletId)).toBe('not-paused');
    await decideRecharge(room.deps, { companyId, walletId });
    expect(await room.deps.db.purchaseOrder.count({ where: { companyId, kind: 'recharge' } })).toBe(2);
  });

  it('goes on where enough is left', async () => {
    await rechargeEmptyWallet(room, acme);
    await room.work();
    const { id } = await room.deps.db.purchaseOrder.findFirstOrThrow({
      where: { companyId: acme.companyId, kind: 'recharge' },
    });
    await refund(await intentOf(room, acme, id), 1000);
    expect(
      await room.deps.db.rechargeSetting.findFirstOrThrow({ where: { companyId: acme.companyId } }),
    ).toMatchObject({ pausedFor: null });
  });
});
