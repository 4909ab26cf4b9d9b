import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  advanceOrder,
  confirmPurchase,
  openDraft,
  readVerification,
  reviewPurchase,
  sweepOrders,
  verifyPayment,
} from '../../../src/billing/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/durations.ts';
import { dollars } from '../../../src/money.ts';
import { answerBank } from '../../support/answer-bank.ts';
import { type BillingRoom, startBillingRoom } from '../../support/billing-room.ts';
import { type CardedCompany, cardedCompany, rechargeEmptyWallet } from '../../support/carded-company.ts';
import type { TestCompany } from '../../support/company.ts';

let room: BillingRoom;
let acme: CardedCompany;
beforeAll(async () => {
  room = await startBillingRoom('2027-03-10T18:00:00Z');
});
afterAll(() => room?.close());

/** A recharge of $50 whose bank wants its holder, in a company that may buy $70 within 24 hours. */
beforeEach(async () => {
  acme = await cardedCompany(room, 'pm_card_visa');
  await room.deps.db.company.update({
    where: { id: acme.companyId },
    data: { purchaseMaxMicros: 70_000_000n, purchaseDailyMaxMicros: 70_000_000n },
  });
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { asksHolder: true });
  await rechargeEmptyWallet(room, acme);
  await work();
});

/** Sweeps, and works what is queued for the company's orders. */
async function work(): Promise<void> {
  const { companyId } = acme;
  for (let round = 0; round < 2; round += 1) {
    await sweepOrders(room.deps);
    const jobs = await room.deps.db.$queryRaw<{ orderId: string }[]>`
      DELETE FROM graphile_worker._private_jobs AS job USING graphile_worker._private_tasks AS task
      WHERE task.id = job.task_id AND task.identifier = 'advance-order' AND job.payload->>'companyId' = ${companyId.toString()}
      RETURNING job.payload->>'orderId' AS "orderId"`;
    for (const { orderId } of jobs) await advanceOrder(room.deps, { companyId, orderId: BigInt(orderId) });
  }
}

const orderOf = ({ companyId }: TestCompany) =>
  room.deps.db.purchaseOrder.findFirstOrThrow({ where: { companyId, kind: 'recharge' } });
const settingOf = ({ companyId }: TestCompany) =>
  room.deps.db.rechargeSetting.findFirstOrThrow({ where: { companyId } });

async function tellings({ companyId }: TestCompany): Promise<unknown[]> {
  const notices = await room.deps.db.notice.findMany({ where: { companyId, kind: 'recharge' } });
  return notices.map(({ facts }) => facts);
}

/** What a purchase of this amount is refused for, or its outcome. */
async function tryToBuy(amount: string): Promise<string> {
  const { token } = await openDraft(room.deps, acme.ana, {});
  const choice = { scope: { kind: 'company' }, amount: dollars(amount) } as const;
  try {
    const shown = await reviewPurchase(room.deps, acme.ana, token, [choice]);
    return (await confirmPurchase(room.deps, acme.ana, shown, { viewId: 'V' })).outcome;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

async function approveAtBank(token: string): Promise<void> {
  const { actionUrl } = await readVerification(room.deps, acme.ana, token);
  await answerBank(actionUrl, 'approve');
}

it('a payment that waits to be verified counts in the purchase limit, and in the 24 hours from the click once it is made', async () => {
  const { token } = await orderOf(acme);
  expect(await tryToBuy('20.01')).toBe('daily-limit');
  room.clock.advance(23 * HOUR_MS);
  expect(await tryToBuy('20.01')).toBe('daily-limit');
  expect(await verifyPayment(room.deps, acme.ana, token)).toBe('started');
  await work();
  await approveAtBank(token);
  room.clock.advance(MINUTE_MS);
  await work();
  expect(await orderOf(acme)).toMatchObject({ state: 'settled' });
  room.clock.advance(22 * HOUR_MS);
  expect(await tryToBuy('20.01')).toBe('daily-limit');
  room.clock.advance(2 * HOUR_MS);
  expect(await tryToBuy('20.01')).toBe('confirmed');
});

it('that does not fit the limit any more at the click is dropped and said, and charges nothing', async () => {
  const { token } = await orderOf(acme);
  await room.deps.db.company.update({
    where: { id: acme.companyId },
    data: { purchaseMaxMicros: 49_000_000n, purchaseDailyMaxMicros: 49_000_000n },
  });
  expect(await verifyPayment(room.deps, acme.ana, token)).toBe('over');
  await work();
  expect(await orderOf(acme)).toMatchObject({ state: 'declined', verifyUntil: null });
  expect(await tellings(acme)).toMatchObject([{ status: 'over_limit' }]);
  expect((await room.charged(acme.companyId)).toFixed(2)).toBe('0.00');
});

it('a purchase that is left at its bank’s page is cancelled 24 hours after it was charged and not before, which is said', async () => {
  room.clock.advance(25 * HOUR_MS);
  await work();
  expect(await tryToBuy('20')).toBe('confirmed');
  await work();
  const bought = () =>
    room.deps.db.purchaseOrder.findFirstOrThrow({
      where: { companyId: acme.companyId, kind: 'purchase' },
      include: { paymentAttempts: true },
    });
  expect(await bought()).toMatchObject({ state: 'needs_action' });
  room.clock.advance(24 * HOUR_MS - MINUTE_MS);
  await work();
  expect(await bought()).toMatchObject({ state: 'needs_action' });
  const shows = () => room.deps.db.$queryRaw<object[]>`
    DELETE FROM graphile_worker._private_jobs WHERE payload->>'orderId' = ${String(orderId)} RETURNING key`;
  const { id: orderId } = await bought();
  await shows();
  room.clock.advance(11 * MINUTE_MS);
  await work();
  const order = await bought();
  expect(order).toMatchObject({
    state: 'declined',
    failureCode: 'not_verified',
    paymentAttempts: [{ state: 'failed', failureKind: 'challenged' }],
  });
  for (const { intentId } of order.paymentAttempts)
    expect(await room.deps.gateway.findIntent(intentId ?? '')).toMatchObject({ state: 'canceled' });
  // The buyer's modal, or a direct message, shows it.
  expect(await shows()).toHaveLength(1);
  // It counts no more, and its card may be charged.
  expect(await tryToBuy('70')).toBe('confirmed');
});

it.each([false, true])(
  'is cancelled 24 hours after it was asked for and not before, given up, auto-recharge paused, in one message (at the bank: %s)',
  async (isAtBank) => {
    const { token } = await orderOf(acme);
    if (isAtBank) {
      await verifyPayment(room.deps, acme.ana, token);
      await work();
    }
    room.clock.advance(24 * HOUR_MS - MINUTE_MS);
    await work();
    expect(await orderOf(acme)).toMatchObject({ state: 'needs_action' });
    expect(await settingOf(acme)).toMatchObject({ pausedFor: null });
    // One look may have fallen just before the end: the next comes within ten minutes.
    room.clock.advance(11 * MINUTE_MS);
    await work();
    expect(await orderOf(acme)).toMatchObject({ state: 'declined', failureCode: 'not_verified' });
    expect(await settingOf(acme)).toMatchObject({ pausedFor: 'unverified' });
    expect(await tellings(acme)).toMatchObject([{ status: 'given_up', failureCode: 'not_verified' }]);
    const attempts = await room.deps.db.paymentAttempt.findMany({ where: { companyId: acme.companyId } });
    expect(attempts).toHaveLength(isAtBank ? 2 : 1);
    for (const { intentId } of attempts)
      expect(await room.deps.gateway.findIntent(intentId ?? '')).toMatchObject({ state: 'canceled' });
    expect(await verifyPayment(room.deps, acme.ana, token)).toBe('over');
    // It counts no more: the whole limit can be bought.
    expect(await tryToBuy('70')).toBe('confirmed');
  },
);
