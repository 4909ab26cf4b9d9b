import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  addBundle,
  advanceOrder,
  answerCheck,
  claimCard,
  confirmPurchase,
  decideApproval,
  decideRecharge,
  openDraft,
  reviewPurchase,
  setOperatorApprovalLimit,
  sweepApprovals,
  sweepBundleUse,
  sweepExpiringCards,
  sweepOrders,
  sweepRetries,
} from '../../../src/billing/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/durations.ts';
import { dollars } from '../../../src/money.ts';
import { type BillingRoom, buyReviewed, spend, startBillingRoom } from '../../support/billing-room.ts';
import {
  buyTwenty,
  type CardedCompany,
  cardedCompany,
  rechargeEmptyWallet,
} from '../../support/carded-company.ts';

/** What begins or ends with a time or a figure does so at it: each is tried just before and at it. */
const POOL = { kind: 'company' } as const;
const SURFACE = { viewId: 'V1' };

let room: BillingRoom;
let acme: CardedCompany;
beforeAll(async () => {
  room = await startBillingRoom('2027-03-10T18:00:00Z');
});
afterAll(() => room?.close());
beforeEach(async () => {
  room.processor.controls.refuse(null);
  acme = await cardedCompany(room, 'pm_card_visa');
});

const recharges = () =>
  room.deps.db.purchaseOrder.findMany({ where: { companyId: acme.companyId, kind: 'recharge' } });

async function work(): Promise<void> {
  const { companyId } = acme;
  const open = await room.deps.db.purchaseOrder.findMany({
    where: { companyId, state: { in: ['confirmed', 'charging', 'unknown'] } },
  });
  for (const { id: orderId } of open) await advanceOrder(room.deps, { companyId, orderId });
}

const noticesOf = async (kind: string): Promise<Record<string, unknown>[]> => {
  const notices = await room.deps.db.notice.findMany({
    where: { companyId: acme.companyId, kind },
    orderBy: { id: 'asc' },
  });
  return notices.map(({ facts }) => facts as Record<string, unknown>);
};

it('a wallet is recharged again ten minutes after its last recharge, not a millisecond sooner', async () => {
  await rechargeEmptyWallet(room, acme);
  await work();
  await spend(room, acme, '50');
  const { walletId } = await room.deps.db.rechargeSetting.findFirstOrThrow({
    where: { companyId: acme.companyId },
  });
  const decide = () => decideRecharge(room.deps, { companyId: acme.companyId, walletId });
  room.clock.advance(10 * MINUTE_MS - 1);
  await decide();
  expect(await recharges()).toHaveLength(1);
  room.clock.advance(1);
  await decide();
  expect(await recharges()).toHaveLength(2);
});

it('a charge that the processor refuses waits until 72 hours after the first refusal, and is given up then', async () => {
  room.processor.controls.refuse({ refusal: 'bad-parameter', method: 'POST', path: '/v1/payment_intents' });
  await rechargeEmptyWallet(room, acme);
  await work();
  room.clock.advance(72 * HOUR_MS - 1);
  await sweepRetries(room.deps);
  await work();
  expect(await noticesOf('recharge')).toMatchObject([{ status: 'refused' }]);
  const [order] = await recharges();
  room.clock.advance((order?.retryAt?.getTime() ?? 0) - room.clock.now().getTime());
  await sweepRetries(room.deps);
  await work();
  expect(await noticesOf('recharge')).toMatchObject([{ status: 'given_up' }]);
});

it('a purchase that was begun can be confirmed for a day, and is closed and charges nothing after that', async () => {
  const { token } = await openDraft(room.deps, acme.ana, {});
  const stateNow = async () =>
    (await room.deps.db.purchaseOrder.findUniqueOrThrow({ where: { token } })).state;
  const shown = await reviewPurchase(room.deps, acme.ana, token, [{ scope: POOL, amount: dollars('20') }]);
  room.clock.advance(DAY_MS);
  await sweepOrders(room.deps);
  expect(await stateNow()).toBe('draft');
  room.clock.advance(1);
  // Where nothing has swept since, its age counts all the same.
  expect(await confirmPurchase(room.deps, acme.ana, shown, SURFACE)).toMatchObject({
    outcome: 'already',
    order: { state: 'abandoned' },
  });
  expect(await stateNow()).toBe('abandoned');
  const { token: left } = await openDraft(room.deps, acme.ana, {});
  room.clock.advance(DAY_MS + 1);
  await sweepOrders(room.deps);
  expect(await room.deps.db.purchaseOrder.findUnique({ where: { token: left } })).toMatchObject({
    state: 'abandoned',
  });
  await work();
  expect((await room.charged(acme.companyId)).toFixed(2)).toBe('0.00');
});

it('a second admin answers until three days after the question, and nobody at that moment', async () => {
  const { companyId } = acme;
  await setOperatorApprovalLimit(room.deps.db, { companyId, limit: dollars('10'), at: room.clock.now() });
  const ask = async (): Promise<string> => {
    const order = await buyTwenty(room, acme);
    const { approval } = await room.deps.db.purchaseOrder.findUniqueOrThrow({
      where: { token: order },
      include: { approval: true },
    });
    return approval?.token ?? '';
  };
  const [answered, late] = [await ask(), await ask()];
  room.clock.advance(3 * DAY_MS - 1);
  await sweepApprovals(room.deps);
  expect(await decideApproval(room.deps, acme.li, answered, 'approved')).toMatchObject({
    outcome: 'decided',
  });
  room.clock.advance(1);
  expect(await decideApproval(room.deps, acme.li, late, 'approved')).toMatchObject({
    outcome: 'already',
    approval: { state: 'expired' },
  });
});

it('an approver is named as new until a day after the role was given, and not at that moment', async () => {
  const { companyId } = acme;
  await setOperatorApprovalLimit(room.deps.db, { companyId, limit: dollars('10'), at: room.clock.now() });
  const answer = async (ageMs: number): Promise<unknown> => {
    room.clock.advance(MINUTE_MS);
    await buyTwenty(room, acme);
    await room.deps.db.roleAssignment.updateMany({
      where: { companyId, userId: 'ULI' },
      data: { grantedAt: new Date(room.clock.now().getTime() - ageMs) },
    });
    const { token } = await room.deps.db.approval.findFirstOrThrow({ where: { companyId, state: 'open' } });
    await decideApproval(room.deps, acme.li, token, 'approved');
    await work();
    return (await noticesOf('approval')).at(-1)?.approverSince !== null;
  };
  expect([await answer(DAY_MS - 1), await answer(DAY_MS)]).toEqual([true, false]);
});

it.each([
  ['monthly', 3],
  ['annual', 14],
] as const)(
  'the use of a bundle is told at 80 % and no cent sooner, that the rest lapses to the millisecond (%s: %i days before)',
  async (period, days) => {
    const bundle = await addBundle(room.deps.db, {
      name: `Calling 100 ${period}`,
      kind: 'calling',
      period,
      credit: dollars('100'),
      price: dollars('90'),
      at: room.clock.now(),
    });
    await buyReviewed(room.deps, acme.ana, { bundleId: bundle.id, scope: POOL, token: randomUUID() });
    await work();
    const look = async (): Promise<unknown[]> => {
      await sweepBundleUse(room.deps);
      await sweepBundleUse(room.deps);
      const told = (await noticesOf('bundle')).filter(({ event }) => event !== 'credited');
      return told.map(({ event, percent }) => percent ?? event);
    };
    await spend(room, acme, '79.99');
    expect(await look()).toEqual([]);
    await spend(room, acme, '0.01');
    expect(await look()).toEqual([80]);
    const { endsAt } = await room.deps.db.subscriptionPeriod.findFirstOrThrow({
      where: { companyId: acme.companyId },
    });
    room.clock.advance(endsAt.getTime() - days * DAY_MS - room.clock.now().getTime() - 1);
    expect(await look()).toEqual([80]);
    room.clock.advance(1);
    expect(await look()).toEqual([80, 'lapsing']);
  },
);

it('a default card is announced to expire from the month before its last, once, and no other is', async () => {
  const { db } = room.deps;
  const now = room.clock.now();
  const expireIn = async (months: number): Promise<void> => {
    const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
    await db.card.updateMany({
      where: { companyId: acme.companyId },
      data: { expYear: last.getUTCFullYear(), expMonth: last.getUTCMonth() + 1 },
    });
  };
  const announced = async (): Promise<number> => {
    for (let times = 0; times < 2; times += 1) await sweepExpiringCards(room.deps);
    return (await noticesOf('card_expiring')).length;
  };
  await expireIn(2);
  expect(await announced()).toBe(0);
  await expireIn(1);
  await db.card.updateMany({ where: { companyId: acme.companyId }, data: { isDefault: false } });
  expect(await announced()).toBe(0);
  await db.card.updateMany({ where: { companyId: acme.companyId }, data: { isDefault: true } });
  expect(await announced()).toBe(1);
});

it('a company bears six wrong amounts over all its cards, and three of one', async () => {
  const { db } = room.deps;
  /** Begins a card's check; answers what so many wrong amounts come to. */
  const answerWrongly = async (company: CardedCompany, at: number, times: number): Promise<unknown> => {
    const { id: cardId = 0n } = company.cards[at] ?? {};
    await db.company.update({ where: { id: company.companyId }, data: { cardCheck: 'every' } });
    await db.card.update({
      where: { companyId_id: { companyId: company.companyId, id: cardId } },
      data: { addedBy: `${company.teamId}/UANA`, claimedAt: null, confirmedAt: null, isDefault: false },
    });
    await claimCard(room.deps, company.ana, cardId);
    const { token, amountMicros } = await db.cardCheck.findFirstOrThrow({
      where: { companyId: company.companyId, cardId },
    });
    await db.cardCheck.update({ where: { token }, data: { state: 'waiting' } });
    const wrong = dollars(amountMicros === 1_000_000n ? '1.01' : '1.00');
    const answers = [];
    for (let n = 0; n < times; n += 1) {
      const answer = await answerCheck(room.deps, company.ana, token, { amount: wrong });
      answers.push('triesLeft' in answer ? answer.triesLeft : answer.outcome);
    }
    return answers;
  };
  const tokens = ['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex'];
  const company = await cardedCompany(room, ...tokens);
  expect(await answerWrongly(company, 0, 2)).toEqual([2, 1]);
  expect(await answerWrongly(company, 1, 2)).toEqual([2, 1]);
  expect(await answerWrongly(company, 2, 2)).toEqual([1, 'locked']);
});
