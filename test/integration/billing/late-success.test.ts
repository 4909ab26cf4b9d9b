import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import {
  GatewayRefusedError,
  GatewayUnknownError,
  type PaymentGateway,
} from '../../../src/billing/gateway.ts';
import {
  addBundle,
  advanceOrder,
  type BillingDeps,
  decideRecharge,
  readOrder,
  retryPurchase,
  sweepOrders,
} from '../../../src/billing/index.ts';
import { toConfirmed } from '../../../src/billing/orders/order.ts';
import { settleOrder } from '../../../src/billing/orders/settle.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { MINUTE_MS } from '../../../src/durations.ts';
import { readBalance, setPooled } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { listOperatorNotices } from '../../../src/org/index.ts';
import { barrier } from '../../support/barrier.ts';
import { type BillingRoom, buyReviewed } from '../../support/billing-room.ts';
import {
  buyTwenty,
  type CardedCompany,
  cardedCompany,
  rechargeEmptyWallet,
} from '../../support/carded-company.ts';
import { putCardOnFile } from '../../support/company.ts';
import { closeSound, noticesOf, standing, startMoneyBackRoom, webhook } from '../../support/money-back.ts';

const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;
const refundList = z.object({ data: z.array(z.object({ id: z.string(), amount: z.number() })) });

let room: BillingRoom;
let acme: CardedCompany;
beforeAll(async () => {
  room = await startMoneyBackRoom();
});
afterAll(() => closeSound(room));
beforeEach(async () => {
  room.processor.controls.setBehaviour('approve');
  acme = await cardedCompany(room, 'pm_card_visa');
});

const withGateway = (change: Partial<PaymentGateway>): BillingDeps => ({
  ...room.deps,
  gateway: { ...room.deps.gateway, ...change },
});
const unanswered = (): Promise<never> => Promise.reject(new GatewayUnknownError('no answer'));

/** Sweeps, and takes the next steps of each of the company's orders. */
async function sweep(deps: BillingDeps = room.deps): Promise<void> {
  const { companyId } = acme;
  await sweepOrders(deps);
  const orders = await deps.db.purchaseOrder.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
  for (const { id: orderId } of orders) await advanceOrder(deps, { companyId, orderId });
}

async function ask(path: string, params?: Record<string, string>): Promise<unknown> {
  const headers = { authorization: `Bearer ${room.secretKey}` };
  const sent =
    params === undefined ? { headers } : { method: 'POST', headers, body: new URLSearchParams(params) };
  return await (await fetch(`${room.processor.url}/v1/${path}`, sent)).json();
}

const pm = (): string => acme.cards[0]?.pm ?? '';

/** Has the order that `make` makes declined, and its intent left at the processor; answers the intent. */
async function decline(make: () => Promise<unknown>): Promise<{ intent: string; orderId: bigint }> {
  await room.processor.controls.setBank(pm(), { decline: 'insufficient_funds' });
  await make();
  await sweep(withGateway({ cancelIntent: unanswered }));
  const { companyId } = acme;
  const { intentId, orderId } = await room.deps.db.paymentAttempt.findFirstOrThrow({ where: { companyId } });
  return { intent: intentId ?? '', orderId };
}

/** The intent of a failed attempt is paid all the same. */
async function payLate(intent: string): Promise<void> {
  await room.processor.controls.setBank(pm(), { approves: true });
  await ask(`payment_intents/${intent}/confirm`, { payment_method: pm() });
}

async function refundsOf(intent: string): Promise<{ id: string; amount: number }[]> {
  return refundList.parse(await ask(`refunds?limit=100&payment_intent=${intent}`)).data;
}

const stateOf = async (id: bigint): Promise<string> =>
  (await room.deps.db.purchaseOrder.findFirstOrThrow({ where: { id } })).state;

async function operatorNotices(): Promise<number> {
  const open = await listOperatorNotices(room.deps.db);
  const late = open.filter(
    ({ kind, company }) => kind === 'late-payment-refunded' && company?.id === acme.companyId,
  );
  return late.reduce((sum, { count }) => sum + count, 0);
}

async function expectRefunded(intent: string, orderId: bigint): Promise<void> {
  expect(await refundsOf(intent)).toHaveLength(1);
  expect(await stateOf(orderId)).toBe('declined');
  expect([(await noticesOf(room, acme, 'late_refund')).length, await operatorNotices()]).toEqual([1, 1]);
}

const buy = (): Promise<string> => buyTwenty(room, acme);

it.each([
  ['an hour', 60 * MINUTE_MS],
  ['a millisecond less than 7 days', WEEK_MS - 1],
])(
  'a payment that comes through %s after its purchase was made is credited, and not refunded',
  async (_, age) => {
    const { intent, orderId } = await decline(buy);
    await payLate(intent);
    room.clock.advance(age);
    await sweep();
    await sweep();
    expect(await stateOf(orderId)).toBe('settled');
    expect(await standing(room, acme)).toEqual({ general: '20.00' });
    expect([await refundsOf(intent), await noticesOf(room, acme, 'late_refund')]).toEqual([[], []]);
    expect(await noticesOf(room, acme, 'receipt')).toHaveLength(1);
  },
);

it.each([
  ['7 days', WEEK_MS],
  ['more than 7 days', WEEK_MS + MINUTE_MS],
])('one that comes through %s after is refunded whole and told, and nothing is credited', async (_, age) => {
  const { intent, orderId } = await decline(buy);
  await payLate(intent);
  room.clock.advance(age);
  await sweep();
  await expectRefunded(intent, orderId);
  expect((await refundsOf(intent))[0]).toMatchObject({ amount: 2000 });
  expect(await standing(room, acme)).toEqual({});
  expect(await noticesOf(room, acme, 'late_refund')).toMatchObject([{ reason: 'too_late', amount: '20.00' }]);
  // Its buyer is told, not the channel.
  const [notice] = await room.deps.db.notice.findMany({
    where: { companyId: acme.companyId, kind: 'late_refund' },
  });
  expect(notice?.channelId).toBe(acme.ana.userId);
});

it('one is refunded where its buyer bought the same again meanwhile', async () => {
  const { intent, orderId } = await decline(buy);
  await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
  room.clock.advance(60 * MINUTE_MS);
  await buy();
  await payLate(intent);
  await sweep(withGateway({ cancelIntent: unanswered }));
  await sweep();
  await expectRefunded(intent, orderId);
  expect(await standing(room, acme)).toEqual({ general: '20.00' });
  expect(await noticesOf(room, acme, 'late_refund')).toMatchObject([{ reason: 'replaced' }]);
});

it('a recharge’s is refunded where a later recharge took its place, and credited where none did', async () => {
  const { companyId } = acme;
  const first = await decline(() => rechargeEmptyWallet(room, acme));
  // Its tries are over, and a person mended the card.
  await room.deps.db.purchaseOrder.updateMany({ where: { companyId }, data: { retryAt: null } });
  await room.processor.controls.setBank(pm(), { approves: true });
  room.clock.advance(60 * MINUTE_MS);
  const walletId = (await readBalance(room.deps.db, companyId, room.clock.now())).wallets[0]?.walletId ?? 0n;
  await decideRecharge(room.deps, { companyId, walletId });
  await sweep(withGateway({ cancelIntent: unanswered }));
  expect(await standing(room, acme)).toEqual({ general: '50.00' });
  await payLate(first.intent);
  await sweep();
  await expectRefunded(first.intent, first.orderId);
  expect(await standing(room, acme)).toEqual({ general: '50.00' });

  acme = await cardedCompany(room, 'pm_card_visa');
  const alone = await decline(() => rechargeEmptyWallet(room, acme));
  await payLate(alone.intent);
  await sweep();
  expect(await stateOf(alone.orderId)).toBe('settled');
  expect(await standing(room, acme)).toEqual({ general: '50.00' });
});

it('a bundle’s first is refunded, as the bundle was not bought', async () => {
  const price = dollars('60');
  const { id: bundleId } = await addBundle(room.deps.db, {
    ...{ name: `Late ${acme.companyId}`, kind: 'calling', period: 'monthly' },
    ...{ credit: price, price, at: room.clock.now() },
  });
  const choice = { bundleId, scope: { kind: 'company' }, token: `late-${acme.companyId}` } as const;
  const { intent, orderId } = await decline(() => buyReviewed(room.deps, acme.ana, choice));
  await payLate(intent);
  await sweep();
  await expectRefunded(intent, orderId);
  expect(await standing(room, acme)).toEqual({});
});

it('one is refunded where its credits are shared otherwise by now', async () => {
  const { companyId } = acme;
  const { intent, orderId } = await decline(buy);
  const { deps, clock } = room;
  await inTransaction(deps.db, async (tx) => {
    await tx.company.update({ where: { id: companyId }, data: { pooled: false } });
    const by = { actor: 'test', reason: 'test', at: clock.now() };
    await setPooled(tx, { companyId, pooled: false, allocation: [], key: `late:${companyId}`, ...by });
  });
  await payLate(intent);
  await sweep();
  await expectRefunded(intent, orderId);
  expect(await standing(room, acme)).toEqual({});
});

it('a payment that is to be refunded credits nothing, whoever settles its order', async () => {
  const { intent, orderId } = await decline(buy);
  await payLate(intent);
  room.clock.advance(WEEK_MS);
  const order = toConfirmed(await room.deps.db.purchaseOrder.findFirstOrThrow({ where: { id: orderId } }));
  const attempt = await room.deps.db.paymentAttempt.findUniqueOrThrow({ where: { intentId: intent } });
  await sweep(withGateway({ refundIntent: unanswered }));
  await settleOrder(room.deps, order, attempt);
  expect([await stateOf(orderId), await standing(room, acme)]).toEqual(['declined', {}]);
  room.clock.advance(MINUTE_MS);
  await sweep();
  await expectRefunded(intent, orderId);
});

it('it is told once, whichever of two that refund it at once is answered first', async () => {
  const { intent, orderId } = await decline(buy);
  await payLate(intent);
  room.clock.advance(WEEK_MS);
  await sweep(withGateway({ refundIntent: unanswered }));
  const job = { companyId: acme.companyId, orderId };
  const bothAsked = barrier();
  let asked = 0;
  // Both get the answer that it is refunded, so both come to record it.
  const together = withGateway({
    refundIntent: async (request) => {
      asked += 1;
      if (asked === 2) bothAsked.open();
      if (asked === 1) await room.deps.gateway.refundIntent(request);
      await bothAsked.opened;
    },
  });
  await Promise.all([advanceOrder(together, job), advanceOrder(together, job)]);
  await webhook(room, 'payment_intent.succeeded', intent);
  await sweep();
  await expectRefunded(intent, orderId);
});

it('a refund that the processor refuses is asked for after longer and longer waits', async () => {
  const { intent } = await decline(buy);
  await payLate(intent);
  room.clock.advance(WEEK_MS);
  let calls = 0;
  const refusing = withGateway({
    refundIntent: () => {
      calls += 1;
      return Promise.reject(new GatewayRefusedError('insufficient_funds', 'no'));
    },
  });
  await sweep(refusing);
  const dueAfter = async (): Promise<number> => {
    const { refundDueAt } = await room.deps.db.paymentAttempt.findUniqueOrThrow({
      where: { intentId: intent },
    });
    return ((refundDueAt?.getTime() ?? 0) - room.clock.now().getTime()) / MINUTE_MS;
  };
  const waits = [await dueAfter()];
  for (let call = 0; call < 7; call += 1) {
    room.clock.advance((waits.at(-1) ?? 0) * MINUTE_MS);
    await sweep(refusing);
    waits.push(await dueAfter());
  }
  expect([calls, waits]).toEqual([8, [1, 2, 4, 8, 16, 32, 60, 60]]);
});

it.each([
  ['the answer is lost', true, unanswered],
  ['the processor is not reached', false, unanswered],
  ['the process dies before the call', false, () => Promise.reject(new Error('killed'))],
  ['the process dies after the call', true, () => Promise.reject(new Error('killed'))],
])('the refund is asked for again under the same key where %s', async (_, isMade, end) => {
  const { intent, orderId } = await decline(buy);
  await payLate(intent);
  room.clock.advance(WEEK_MS);
  const keys: string[] = [];
  const failing = withGateway({
    refundIntent: async (request) => {
      keys.push(request.key);
      if (isMade) await room.deps.gateway.refundIntent(request);
      return await end();
    },
  });
  await sweep(failing).catch(() => undefined);
  expect([(await refundsOf(intent)).length, (await noticesOf(room, acme, 'late_refund')).length]).toEqual([
    isMade ? 1 : 0,
    0,
  ]);
  room.clock.advance(MINUTE_MS);
  const counting = withGateway({
    refundIntent: async (request) => {
      keys.push(request.key);
      await room.deps.gateway.refundIntent(request);
    },
  });
  for (let minute = 0; minute < 3; minute += 1) {
    await sweep(counting);
    room.clock.advance(MINUTE_MS);
  }
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
  await expectRefunded(intent, orderId);
});

it('its refund takes nothing of what a later try of the same purchase brought', async () => {
  const { intent, orderId } = await decline(buy);
  await payLate(intent);
  room.clock.advance(WEEK_MS);
  await sweep();
  const { token } = await room.deps.db.purchaseOrder.findFirstOrThrow({ where: { id: orderId } });
  await retryPurchase(room.deps, acme.ana, await readOrder(room.deps, acme.ana, token), { viewId: 'V' });
  await sweep();
  expect(await stateOf(orderId)).toBe('settled');
  const [refund] = await refundsOf(intent);
  await webhook(room, 'refund.created', refund?.id ?? '');
  expect(await standing(room, acme)).toEqual({ general: '20.00' });
});

it('nor does one that somebody made in the dashboard before it was decided about', async () => {
  const { intent, orderId } = await decline(buy);
  await payLate(intent);
  const id = await room.processor.controls.happen('refundInDashboard', { payment_intent: intent });
  await webhook(room, 'refund.created', id);
  expect(await room.deps.db.refund.findFirst({ where: { processorId: id } })).toMatchObject({
    attemptNumber: 1,
    reversedMicros: null,
  });
  room.clock.advance(WEEK_MS);
  await sweep();
  const { token } = await room.deps.db.purchaseOrder.findFirstOrThrow({ where: { id: orderId } });
  await retryPurchase(room.deps, acme.ana, await readOrder(room.deps, acme.ana, token), { viewId: 'V' });
  await sweep();
  expect(await stateOf(orderId)).toBe('settled');
  expect(await standing(room, acme)).toEqual({ general: '20.00' });
});

it('the operator is told where that refund does not arrive', async () => {
  const { intent } = await decline(buy);
  await payLate(intent);
  room.clock.advance(WEEK_MS);
  await sweep();
  const [refund] = await refundsOf(intent);
  await room.processor.controls.happen('changeRefund', { refund: refund?.id ?? '', status: 'failed' });
  await webhook(room, 'refund.failed', refund?.id ?? '');
  const open = await listOperatorNotices(room.deps.db);
  expect(open).toContainEqual(
    expect.objectContaining({
      kind: 'late-payment-not-refunded',
      company: expect.objectContaining({ id: acme.companyId }),
    }),
  );
});
