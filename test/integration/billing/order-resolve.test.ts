import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { PaymentGateway } from '../../../src/billing/gateway.ts';
import type { BillingDeps } from '../../../src/billing/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import type { BillingRoom } from '../../support/billing-room.ts';
import {
  buyTwenty,
  type CardedCompany,
  cardedCompany,
  rechargeEmptyWallet,
} from '../../support/carded-company.ts';
import { closeSound, refillIn, standing, startMoneyBackRoom } from '../../support/money-back.ts';
import { type OrderDesk, openOrderDesk, unanswered } from '../../support/order-desk.ts';

let room: BillingRoom;
let desk: OrderDesk;
let acme: CardedCompany;
beforeAll(async () => {
  room = await startMoneyBackRoom();
  desk = openOrderDesk(room);
});
afterAll(() => closeSound(room));
beforeEach(async () => {
  room.processor.controls.setBehaviour('approve');
  room.processor.controls.refuse(null);
  acme = await cardedCompany(room, 'pm_card_visa');
});

const referenceOf = ({ id }: { id: bigint }): string => `P-${id.toString().padStart(6, '0')}`;

/** Billing whose confirmations get no answer; `charges`: they charge all the same. */
function silent(charges: boolean): BillingDeps {
  const confirmIntent: PaymentGateway['confirmIntent'] = async (request) => {
    if (charges) await room.deps.gateway.confirmIntent(request);
    return await unanswered();
  };
  return desk.withGateway({ confirmIntent, findIntent: unanswered, cancelIntent: unanswered });
}

/** Buys $20, of which nothing is known: for a day, where it is stuck. Answers what names it. */
async function buyUnknown({ charges, stuck = true }: { charges: boolean; stuck?: boolean }) {
  const token = await buyTwenty(room, acme);
  await desk.work(acme, silent(charges));
  if (stuck) {
    room.clock.advance(DAY_MS);
    await desk.work(acme, silent(charges));
  }
  const order = await desk.orderOf(token);
  expect(order.state).toBe(stuck ? 'stuck' : 'unknown');
  return { token, reference: referenceOf(order), orderId: order.id };
}

const resolve = (reference: string, ...args: string[]) =>
  refillIn(room, 'order', 'resolve', reference, '--reason', 'seen at the processor', ...args);

const auditsOf = (action: string) =>
  room.deps.db.audit.findMany({ where: { companyId: acme.companyId, action } });

it.each([true, false])(
  'an order that was paid is credited once the processor says so, and recorded with who did it (stuck: %s)',
  async (stuck) => {
    const { token, reference } = await buyUnknown({ charges: true, stuck });
    const { status, stdout } = await resolve(reference, '--paid');
    expect([status, stdout]).toEqual([
      0,
      `${reference} is paid and credited, receipt R-000001.\nThe card processor says the same.\n`,
    ]);
    expect(await desk.orderOf(token)).toMatchObject({ state: 'settled' });
    expect([await standing(room, acme), await desk.countPaid(acme)]).toEqual([{ general: '20.00' }, 1]);
    expect(await auditsOf('order-resolved')).toMatchObject([
      {
        actor: 'operator:anna',
        reason: 'seen at the processor',
        details: { outcome: 'paid', forced: false },
      },
    ]);
  },
);

it('an order that was not charged is canceled at the processor and closed, and a paid one is never closed so', async () => {
  const { token, reference } = await buyUnknown({ charges: false });
  expect(await resolve(reference, '--not-paid')).toMatchObject({ status: 0 });
  expect([await desk.orderOf(token), await desk.statusesOf(acme)]).toMatchObject([
    { state: 'declined' },
    ['canceled'],
  ]);
  const paid = await buyUnknown({ charges: true });
  for (const args of [['--not-paid'], ['--not-paid', '--force']])
    expect(await resolve(paid.reference, ...args)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`says that ${paid.reference} was paid`),
    });
  expect(await desk.orderOf(paid.token)).toMatchObject({ state: 'stuck' });
});

it('what the processor does not say needs --force: credited without a charge, with its credit in the books', async () => {
  const { token, reference } = await buyUnknown({ charges: false });
  expect(await resolve(reference, '--paid')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--force'),
  });
  // Asked whether it was paid, nothing is canceled.
  expect([await desk.orderOf(token), await desk.statusesOf(acme)]).toMatchObject([
    { state: 'stuck' },
    ['requires_confirmation'],
  ]);
  const { status, stdout } = await resolve(reference, '--paid', '--force', '--json');
  expect([status, JSON.parse(stdout)]).toMatchObject([0, { state: 'settled', wasForced: true }]);
  expect(await standing(room, acme)).toEqual({ general: '20.00' });
  expect(await auditsOf('order-resolved')).toMatchObject([{ details: { forced: true } }]);
});

it('a payment that was closed unpaid by force while the processor was silent, and went through, is credited or refunded as a late one', async () => {
  const { token, reference } = await buyUnknown({ charges: true });
  room.processor.controls.refuse({ refusal: 'revoked-key' });
  expect(await resolve(reference, '--not-paid')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`does not say whether ${reference} was paid`),
  });
  expect(await resolve(reference, '--not-paid', '--force')).toMatchObject({ status: 0 });
  expect(await desk.orderOf(token)).toMatchObject({ state: 'declined', failureCode: 'unconfirmed' });
  room.processor.controls.refuse(null);
  room.clock.advance(DAY_MS);
  await desk.work(acme);
  expect(await desk.orderOf(token)).toMatchObject({ state: 'settled' });
  expect([await standing(room, acme), await desk.countPaid(acme)]).toEqual([{ general: '20.00' }, 1]);
});

it('only an order whose outcome is not known is resolved, by one word of two', async () => {
  const token = await buyTwenty(room, acme);
  await desk.work(acme);
  const reference = referenceOf(await desk.orderOf(token));
  expect(await resolve(reference, '--paid')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`${reference} is settled`),
  });
  for (const args of [[], ['--paid', '--not-paid']])
    expect(await resolve(reference, ...args)).toMatchObject({ status: 2 });
});

it('an order that ended unpaid is charged again, off session, and recorded with who did it', async () => {
  const { token, reference } = await buyUnknown({ charges: false });
  const retry = () => refillIn(room, 'order', 'retry', reference, '--reason', 'asked by phone');
  expect(await retry()).toMatchObject({ status: 1, stderr: expect.stringContaining('refill order resolve') });
  await resolve(reference, '--not-paid');
  expect(await retry()).toMatchObject({ status: 0 });
  await desk.work(acme);
  expect(await desk.orderOf(token)).toMatchObject({ state: 'settled' });
  expect([await standing(room, acme), await desk.statusesOf(acme)]).toEqual([
    { general: '20.00' },
    ['canceled', 'succeeded'],
  ]);
  expect(await auditsOf('order-retried')).toMatchObject([
    { actor: 'operator:anna', reason: 'asked by phone', details: { amount: '20.00' } },
  ]);
  const [, second] = await room.deps.db.paymentAttempt.findMany({
    where: { companyId: acme.companyId },
    orderBy: { number: 'asc' },
  });
  expect(second).toMatchObject({ offSession: true });
  expect(await retry()).toMatchObject({ status: 1, stderr: expect.stringContaining('is settled') });
});

it('a retry is refused where something took its place, without room in the 24-hour limit, and without a card', async () => {
  const { reference } = await buyUnknown({ charges: false });
  await resolve(reference, '--not-paid');
  const { db } = room.deps;
  const retry = () => refillIn(room, 'order', 'retry', reference);
  const { companyId } = acme;
  const limit = (micros: bigint) =>
    db.company.update({
      where: { id: companyId },
      data: { purchaseMaxMicros: micros, purchaseDailyMaxMicros: micros },
    });
  await limit(19_990_000n);
  expect(await retry()).toMatchObject({ status: 1, stderr: expect.stringContaining('within 24 hours') });
  await limit(2_500_000_000n);
  await db.card.updateMany({ where: { companyId }, data: { exhaustedAt: room.clock.now() } });
  expect(await retry()).toMatchObject({ status: 1, stderr: expect.stringContaining('no card') });
  await buyTwenty(room, acme);
  expect(await retry()).toMatchObject({ status: 1, stderr: expect.stringContaining('took the place') });
});

it('a recharge is not charged again beside another of the same credits that is open', async () => {
  const { db } = room.deps;
  const { companyId } = acme;
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'insufficient_funds' });
  await rechargeEmptyWallet(room, acme);
  await desk.work(acme);
  // The one that was made waits for its next try; another of the same credits ended for good.
  const { token: _, id, ...waiting } = await db.purchaseOrder.findFirstOrThrow({ where: { companyId } });
  const lines = await db.orderLine.findMany({ where: { companyId, orderId: id } });
  const ended = await db.purchaseOrder.create({
    data: {
      ...waiting,
      token: `ended-${companyId}`,
      retryAt: null,
      orderLines: {
        create: lines.map(({ position, officeId, amountMicros }) => ({ position, officeId, amountMicros })),
      },
    },
  });
  const { status, stderr } = await refillIn(room, 'order', 'retry', referenceOf(ended));
  expect([status, stderr]).toEqual([1, expect.stringContaining('Another recharge')]);
});
