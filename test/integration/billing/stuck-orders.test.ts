import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { PaymentGateway } from '../../../src/billing/gateway.ts';
import {
  addBundle,
  type BillingDeps,
  decideRecharge,
  readOrder,
  readRecharges,
  resumeRecharge,
  sweepSubscriptions,
} from '../../../src/billing/index.ts';
import { readDayAllowance, readExposure } from '../../../src/billing/orders/limits.ts';
import { announce } from '../../../src/billing/orders/moments.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/durations.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { findCompany, listOperatorNotices } from '../../../src/org/index.ts';
import { type BillingRoom, buyReviewed } from '../../support/billing-room.ts';
import {
  buyTwenty,
  type CardedCompany,
  cardedCompany,
  rechargeEmptyWallet,
  turnRechargeOn,
} from '../../support/carded-company.ts';
import { closeSound, noticesOf, standing, startMoneyBackRoom } from '../../support/money-back.ts';
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
  acme = await cardedCompany(room, 'pm_card_visa', 'pm_card_mastercard');
});

/** The processor does nothing but create, and answers nothing else; `charges`: it charges all the same. */
function silent({ charges }: { charges: boolean }): BillingDeps {
  const confirmIntent: PaymentGateway['confirmIntent'] = async (request) => {
    if (charges) await room.deps.gateway.confirmIntent(request);
    return await unanswered();
  };
  const never = { findIntent: unanswered, cancelIntent: unanswered, listIntents: unanswered };
  return desk.withGateway({ confirmIntent, ...never });
}

/** Buys $20, of which nothing is known for a day. */
async function buyStuck(deps: BillingDeps): Promise<string> {
  const token = await buyTwenty(room, acme);
  await becomeStuck(deps);
  return token;
}

async function becomeStuck(deps: BillingDeps): Promise<void> {
  await desk.work(acme, deps);
  room.clock.advance(DAY_MS);
  await desk.work(acme, deps);
}

async function nextDay(deps: BillingDeps = room.deps): Promise<void> {
  room.clock.advance(DAY_MS);
  await desk.work(acme, deps);
}

const openNotices = async (): Promise<string[]> => {
  const open = await listOperatorNotices(room.deps.db);
  return open.filter(({ company }) => company?.id === acme.companyId).map(({ kind }) => kind);
};
const failuresOf = async (): Promise<(string | null)[]> => {
  const attempts = await room.deps.db.paymentAttempt.findMany({ where: { companyId: acme.companyId } });
  return attempts.map(({ failureKind }) => failureKind);
};
const endings = async (): Promise<(string | null)[]> => {
  const where = { companyId: acme.companyId, action: 'payment-stuck-ended' };
  return (await room.deps.db.audit.findMany({ where })).map(({ reason }) => reason);
};
const walletOf = async (): Promise<bigint> =>
  (await readBalance(room.deps.db, acme.companyId, room.clock.now())).wallets[0]?.walletId ?? 0n;
const pausedFor = async () => (await readRecharges(room.deps, acme.ana))[0]?.pausedFor ?? null;
const used = async () => (await readRecharges(room.deps, acme.ana))[0]?.used.toFixed(2);

async function dayRoom(): Promise<number> {
  const company = await findCompany(room.deps.db, acme.companyId);
  if (company === null) throw new Error('no company');
  const { perDay } = company.purchaseLimits;
  const left = await readDayAllowance(room.deps.db, company, room.clock.now());
  return perDay.minus(left).toNumber();
}

it('an order is stuck after 24 hours, not before: buyer and operator are told, and auto-recharge of its credits pauses', async () => {
  await turnRechargeOn(room, acme, await walletOf());
  const token = await buyTwenty(room, acme);
  await desk.work(acme, silent({ charges: true }));
  room.clock.advance(DAY_MS - 1);
  await desk.work(acme, silent({ charges: true }));
  expect([await desk.orderOf(token), await openNotices(), await pausedFor()]).toMatchObject([
    { state: 'unknown' },
    [],
    null,
  ]);
  room.clock.advance(10 * MINUTE_MS);
  await desk.work(acme, silent({ charges: true }));
  expect(await readOrder(room.deps, acme.ana, token)).toMatchObject({ state: 'stuck' });
  expect([await openNotices(), await pausedFor()]).toEqual([['payment-unconfirmed'], 'unconfirmed']);
  const shown = await room.deps.db.$queryRaw`
    SELECT FROM graphile_worker._private_jobs WHERE payload->>'orderId' = ${(await desk.orderOf(token)).id.toString()}`;
  expect(shown).toHaveLength(1);
  expect(await noticesOf(room, acme, 'payment_unconfirmed')).toMatchObject([
    { state: 'checking', pausesRecharge: true, amount: '20.00' },
  ]);
  await nextDay();
  expect([await desk.orderOf(token), await openNotices(), await pausedFor()]).toMatchObject([
    { state: 'settled' },
    [],
    null,
  ]);
  expect([await standing(room, acme), await desk.countPaid(acme)]).toEqual([{ general: '20.00' }, 1]);
  expect(await noticesOf(room, acme, 'payment_unconfirmed')).toMatchObject([{ state: 'paid' }]);
});

it('a new card does not resume what a stuck payment paused: it ends by itself', async () => {
  await turnRechargeOn(room, acme, await walletOf());
  await buyStuck(silent({ charges: false }));
  const { deps, clock } = room;
  const moment = { companyId: acme.companyId, at: clock.now() };
  await inTransaction(deps.db, (tx) => announce('cardUsable', tx, moment));
  expect(await pausedFor()).toBe('unconfirmed');
  await nextDay();
  expect(await pausedFor()).toBeNull();
});

it('a stuck order counts in the 24-hour, invoice and recharge limits until it ends', async () => {
  await rechargeEmptyWallet(room, acme);
  await becomeStuck(silent({ charges: false }));
  const { db } = room.deps;
  await nextDay(silent({ charges: false }));
  expect([await dayRoom(), (await readExposure(db, acme.companyId)).toNumber()]).toEqual([50, 50]);
  expect(await used()).toBe('50.00');
  await nextDay();
  expect([await dayRoom(), (await readExposure(db, acme.companyId)).toNumber()]).toEqual([0, 0]);
  expect(await used()).toBe('0.00');
});

it('auto-recharge that is resumed while a payment of it is stuck charges nothing that would pass its limit with it', async () => {
  await rechargeEmptyWallet(room, acme);
  await becomeStuck(silent({ charges: true }));
  const { deps } = room;
  const { companyId } = acme;
  const walletId = await walletOf();
  await deps.db.rechargeSetting.updateMany({ where: { companyId }, data: { capMicros: 99_000_000n } });
  expect(await resumeRecharge(deps, acme.li, walletId)).toBe('resumed');
  await decideRecharge(deps, { companyId, walletId });
  expect(await deps.db.purchaseOrder.count({ where: { companyId, kind: 'recharge' } })).toBe(1);
  expect(await noticesOf(room, acme, 'recharge_blocked')).toMatchObject([{ reason: 'cap', used: '50.00' }]);
  await nextDay();
  expect([await used(), await standing(room, acme)]).toEqual(['50.00', { general: '50.00' }]);
});

it('a stuck order that was never charged is canceled at the next look and closed: nothing charges it, nor its backup', async () => {
  const token = await buyStuck(silent({ charges: false }));
  await nextDay();
  expect(await desk.orderOf(token)).toMatchObject({ state: 'declined', failureCode: 'processor_refused' });
  await nextDay();
  expect([await desk.statusesOf(acme), await desk.countPaid(acme)]).toEqual([['canceled'], 0]);
  // No bank was asked, so it counts as no decline in the metrics.
  expect([await openNotices(), await failuresOf()]).toEqual([[], ['given_up']]);
  expect(await endings()).toEqual(['nothing was charged']);
});

it.each([
  ['declined', 'which counts as a try of its card', 'stolen_card', 'stolen_card'],
  ['wanted its holder', 'which is no decline of its card', 'authentication_required', null],
] as const)('so is one whose bank %s meanwhile, %s', async (_, __, failureCode, needsReplacingFor) => {
  await rechargeEmptyWallet(room, acme);
  const isDecline = needsReplacingFor !== null;
  await room.processor.controls.setBank(
    acme.cards[0]?.pm ?? '',
    isDecline ? { decline: failureCode } : { asksHolder: true },
  );
  const declines: PaymentGateway['confirmIntent'] = async (request) => {
    await room.deps.gateway.confirmIntent(request);
    return await unanswered();
  };
  const never = { findIntent: unanswered, cancelIntent: unanswered, listIntents: unanswered };
  await becomeStuck(desk.withGateway({ confirmIntent: declines, ...never }));
  expect(await pausedFor()).toBe('unconfirmed');
  await nextDay();
  const { db } = room.deps;
  expect(await db.purchaseOrder.findMany({ where: { companyId: acme.companyId } })).toMatchObject([
    { state: 'declined', failureCode, retryAt: null },
  ]);
  expect(await failuresOf()).toEqual([isDecline ? 'declined' : 'challenged']);
  expect(await db.card.findFirst({ where: { id: acme.cards[0]?.id ?? 0n } })).toMatchObject({
    needsReplacingFor,
  });
  // Its wallet is decided about anew, with the card that may be charged.
  expect([await pausedFor(), await desk.countPaid(acme)]).toEqual([null, 0]);
});

it('it is polled once a day for 30 days and then closed unpaid; a payment that comes through after that is refunded', async () => {
  const deps = silent({ charges: true });
  let polls = 0;
  const findIntent: PaymentGateway['findIntent'] = () => {
    polls += 1;
    return unanswered();
  };
  const counting = { ...deps, gateway: { ...deps.gateway, findIntent } };
  const token = await buyStuck(deps);
  for (let hour = 0; hour < 48; hour += 1) {
    room.clock.advance(60 * MINUTE_MS);
    await desk.work(acme, counting);
  }
  expect(polls).toBe(2);
  room.clock.advance(27 * DAY_MS);
  await desk.work(acme, counting);
  expect(await desk.orderOf(token)).toMatchObject({ state: 'stuck' });
  await nextDay(counting);
  expect(await desk.orderOf(token)).toMatchObject({ state: 'declined', failureCode: 'unconfirmed' });
  expect(await openNotices()).toEqual([]);
  expect(await endings()).toEqual(['it was never confirmed']);
  await nextDay();
  await nextDay();
  expect([await standing(room, acme), await noticesOf(room, acme, 'late_refund')]).toMatchObject([
    {},
    [{ reason: 'too_late' }],
  ]);
  expect(await desk.orderOf(token)).toMatchObject({ state: 'declined' });
});

it('where its buyer bought the same again meanwhile, a stuck payment that went through is refunded', async () => {
  const token = await buyStuck(silent({ charges: true }));
  const again = await buyTwenty(room, acme);
  await desk.work(acme);
  expect(await desk.orderOf(again)).toMatchObject({ state: 'settled' });
  await nextDay();
  await nextDay();
  expect(await desk.orderOf(token)).toMatchObject({ state: 'declined' });
  expect([await standing(room, acme), await noticesOf(room, acme, 'late_refund')]).toMatchObject([
    { general: '20.00' },
    [{ reason: 'replaced' }],
  ]);
});

it('a renewal that is stuck is neither charged again nor passed over, and is credited when it is known to be paid', async () => {
  const { id: bundleId } = await addBundle(room.deps.db, {
    ...{ name: `Stuck ${acme.companyId}`, kind: 'calling', period: 'monthly' },
    ...{ credit: dollars('60'), price: dollars('50'), at: room.clock.now() },
  });
  const choice = { bundleId, scope: { kind: 'company' }, token: `stuck-${acme.companyId}` } as const;
  await buyReviewed(room.deps, acme.ana, choice);
  await desk.work(acme);
  const { db } = room.deps;
  const { endsAt } = await db.subscriptionPeriod.findFirstOrThrow({ where: { companyId: acme.companyId } });
  room.clock.advance(endsAt.getTime() - room.clock.now().getTime() + 1);
  await sweepSubscriptions(room.deps);
  await becomeStuck(silent({ charges: true }));
  const states = async () => {
    const orders = await db.purchaseOrder.findMany({
      where: { companyId: acme.companyId },
      orderBy: { id: 'asc' },
    });
    return orders.map(({ state }) => state);
  };
  expect(await states()).toEqual(['settled', 'stuck']);
  expect(await noticesOf(room, acme, 'payment_unconfirmed')).toMatchObject([{ pausesRecharge: false }]);
  for (let day = 0; day < 3; day += 1) {
    room.clock.advance(DAY_MS);
    await sweepSubscriptions(room.deps);
  }
  expect(await states()).toEqual(['settled', 'stuck']);
  await desk.work(acme);
  expect([await states(), await desk.countPaid(acme)]).toEqual([['settled', 'settled'], 2]);
});
