import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GatewayUnknownError, type PaymentGateway } from '../../../src/billing/gateway.ts';
import { advanceCheck, type BillingDeps, refundOrder, sweepRefunds } from '../../../src/billing/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/durations.ts';
import { dollars } from '../../../src/money.ts';
import type { BillingRoom } from '../../support/billing-room.ts';
import { buyTwenty, type CardedCompany, cardedCompany } from '../../support/carded-company.ts';
import {
  closeSound,
  noticesOf,
  paidTwenty,
  refillIn,
  standing,
  startMoneyBackRoom,
} from '../../support/money-back.ts';
import { storeOrder } from '../../support/order-row.ts';

const refundList = z.object({
  data: z.array(z.object({ id: z.string(), amount: z.number(), metadata: z.record(z.string(), z.string()) })),
});

let room: BillingRoom;
let acme: CardedCompany;
let order: { orderId: bigint; intent: string };

beforeAll(async () => {
  room = await startMoneyBackRoom();
});
afterAll(() => closeSound(room));
beforeEach(async () => {
  room.processor.controls.setBehaviour('approve');
  acme = await cardedCompany(room, 'pm_card_visa');
  order = await paidTwenty(room, acme);
});

const reference = (id = order.orderId): string => `P-${id.toString().padStart(6, '0')}`;
const refund = (...args: string[]) => refillIn(room, 'order', 'refund', reference(), ...args);
const has = () => standing(room, acme);

/** The refunds of the payment that the processor has. */
async function atProcessor() {
  const url = `${room.processor.url}/v1/refunds?limit=100&payment_intent=${order.intent}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${room.secretKey}` } });
  return refundList.parse(await answer.json()).data;
}

/** The same as the command does, with a processor that answers so. */
async function refundWith(change: Partial<PaymentGateway>, key = 'a key'): Promise<unknown> {
  const deps: BillingDeps = { ...room.deps, gateway: { ...room.deps.gateway, ...change } };
  const row = await deps.db.purchaseOrder.findFirstOrThrow({ where: { id: order.orderId } });
  return await refundOrder(deps, row, { amount: dollars('8'), key, reason: 'asked for' });
}

describe('refill order refund', () => {
  it('refunds at the processor, takes the credits back by the usual path, and says what came of it', async () => {
    const { status, stdout } = await refund('--amount', '5', '--reason', 'sent twice');
    const [made] = await atProcessor();
    expect([status, stdout.split('\n')]).toEqual([
      0,
      [
        `Refunded $5.00 of ${reference()} of Acme Corp (${made?.id}).`,
        'Card processor: succeeded. Credits taken back: $5.00. Left to refund: $15.00.',
        '',
      ],
    ]);
    expect(await has()).toEqual({ general: '15.00' });
    expect(await noticesOf(room, acme, 'refund')).toMatchObject([{ amount: '5.00', taken: '5.00' }]);
    const audits = await room.deps.db.audit.findMany({
      where: { companyId: acme.companyId, action: { startsWith: 'refund-' } },
      orderBy: { id: 'asc' },
    });
    expect(audits).toMatchObject([
      {
        actor: 'operator:anna',
        action: 'refund-requested',
        reason: 'sent twice',
        details: { order: order.orderId.toString(), amount: '5.00' },
      },
      { actor: 'processor', action: 'refund-succeeded' },
    ]);
  });

  it('without an amount refunds all that is left', async () => {
    await refund('--amount', '5', '--reason', 'sent twice');
    const { status, stdout } = await refund('--reason', 'the rest', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded', amount: '15', taken: '15', left: '0' });
    expect([status, await has()]).toEqual([0, {}]);
  });

  it('typed twice refunds once, also days later; another key refunds again', async () => {
    const once = ['--amount', '5', '--reason', 'sent twice'];
    await refund(...once);
    room.clock.advance(3 * DAY_MS);
    const again = await refund(...once);
    expect(again).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Nothing was refunded now: operator:anna had \$5\.00/),
    });
    expect([(await atProcessor()).length, await has()]).toEqual([1, { general: '15.00' }]);
    await refund(...once, '--key', 'the second call');
    expect([(await atProcessor()).length, await has()]).toEqual([2, { general: '10.00' }]);
    const other = await refund('--amount', '6', '--reason', 'more', '--key', 'the second call');
    expect(other).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is that of a refund of $5.00'),
    });
  });

  it('at the same time by two people refunds no more than was paid', async () => {
    const two = await Promise.all(
      ['one', 'two'].map((key) => refund('--amount', '12', '--reason', 'asked for', '--key', key)),
    );
    expect(two.map(({ status }) => status).toSorted()).toEqual([0, 1]);
    expect(await has()).toEqual({ general: '8.00' });
  });
});

describe('it refuses in words, and changes nothing', () => {
  it('more than what is left, also of what was refunded elsewhere a moment ago', async () => {
    const dashboard = { payment_intent: order.intent, amount: 1500 };
    await room.processor.controls.happen('refundInDashboard', dashboard);
    const { status, stderr } = await refund('--amount', '5.01', '--reason', 'asked for');
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`Only $5.00 of the $20.00 of ${reference()} is left to refund.`),
    ]);
    expect(await has()).toEqual({ general: '5.00' });
    await refund('--reason', 'the rest');
    const { stderr: none } = await refund('--reason', 'once more');
    expect(none).toContain(`Nothing of ${reference()} is left to refund`);
    expect(await room.deps.db.operatorRefund.count({ where: { companyId: acme.companyId } })).toBe(1);
  });

  it('an order that is not paid', async () => {
    await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'insufficient_funds' });
    room.clock.advance(60 * MINUTE_MS);
    const token = await buyTwenty(room, acme);
    await room.work();
    const { id } = await room.deps.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
    const { status, stderr } = await refillIn(room, 'order', 'refund', reference(id), '--reason', 'no');
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`${reference(id)} is declined, not paid: there is nothing to refund.`),
    ]);
  });

  it('an order on invoice', async () => {
    const { id } = await storeOrder(room.deps.db, {
      ...{ companyId: acme.companyId, token: randomUUID(), kind: 'purchase', state: 'confirmed' },
      ...{ method: 'invoice', amountMicros: 20_000_000n, userId: 'UANA', createdAt: room.clock.now() },
      ...{ confirmedAt: room.clock.now(), nextPollAt: room.clock.now() },
    });
    await room.work();
    const { status, stderr } = await refillIn(room, 'order', 'refund', reference(id), '--reason', 'no');
    expect([status, stderr]).toEqual([1, expect.stringContaining('it is on invoice. Void its invoice')]);
  });

  it('the charge of a card check, and a receipt without its company', async () => {
    const { companyId, cards } = acme;
    const { id: checkId } = await room.deps.db.cardCheck.create({
      data: {
        ...{
          companyId,
          token: randomUUID(),
          cardId: cards[0]?.id ?? 0n,
          fingerprint: 'f',
          state: 'charging',
        },
        ...{ amountMicros: 1_230_000n, teamId: acme.teamId, userId: 'UANA', createdAt: room.clock.now() },
      },
    });
    await advanceCheck(room.deps, { companyId, checkId });
    const { intentId } = await room.deps.db.cardCheck.findFirstOrThrow({ where: { companyId } });
    const check = await refillIn(room, 'order', 'refund', intentId ?? '', '--reason', 'no');
    expect(check).toMatchObject({ status: 1, stderr: expect.stringContaining('charge of a card check') });
    const receipt = await refillIn(room, 'order', 'refund', 'R-000001', '--reason', 'no');
    expect(receipt).toMatchObject({ status: 2, stderr: expect.stringContaining('--company') });
  });

  it('a payment that is disputed', async () => {
    await room.processor.controls.happen('openDispute', { payment_intent: order.intent, amount: 100 });
    const { status, stderr } = await refund('--amount', '5', '--reason', 'they complain');
    expect([status, stderr]).toEqual([1, expect.stringContaining('is disputed, so its bank has the money')]);
    expect(await has()).toEqual({ general: '20.00' });
  });
});

describe('where the answer is lost', () => {
  const unanswered = () => Promise.reject(new GatewayUnknownError('cut off'));
  const died = () => Promise.reject(new Error('killed'));
  const afterwards =
    (end: () => Promise<never>): PaymentGateway['createRefund'] =>
    async (request) => {
      await room.deps.gateway.createRefund(request);
      return await end();
    };

  it.each([
    ['its answer is lost', unanswered],
    ['the command is killed', died],
  ])('the sweep posts the refund that was made where %s', async (_, end) => {
    await expect(refundWith({ createRefund: afterwards(end) })).rejects.toThrow();
    expect(await has()).toEqual({ general: '20.00' });
    room.clock.advance(15 * MINUTE_MS);
    await sweepRefunds(room.deps);
    expect(await has()).toEqual({ general: '12.00' });
    const [made] = await atProcessor();
    expect(
      await room.deps.db.operatorRefund.findFirst({ where: { companyId: acme.companyId } }),
    ).toMatchObject({
      processorId: made?.id,
    });
  });

  it.each([1, 25 * 60])(
    'the same again finds the refund that was made, also %i minutes later, when the processor has forgotten the key',
    async (minutes) => {
      await expect(refundWith({ createRefund: afterwards(unanswered) })).rejects.toMatchObject({
        code: 'processor-unanswered',
      });
      room.clock.advance(minutes * MINUTE_MS);
      expect(await refundWith({})).toMatchObject({ state: 'succeeded', isRepeated: true });
      expect([(await atProcessor()).length, await has()]).toEqual([1, { general: '12.00' }]);
    },
  );

  it('the same again makes the refund that was not made: under its key at first, under another after 15 minutes', async () => {
    const keys: string[] = [];
    const note: PaymentGateway['createRefund'] = (request) => {
      keys.push(request.key);
      return unanswered();
    };
    for (const minutes of [1, 1, 15]) {
      await expect(refundWith({ createRefund: note })).rejects.toMatchObject({
        code: 'processor-unanswered',
      });
      room.clock.advance(minutes * MINUTE_MS);
    }
    // It may have been made, so it counts.
    await expect(refundWith({}, 'another').then(() => refundWith({}, 'a third'))).rejects.toMatchObject({
      code: 'refund-too-large',
    });
    await refundWith({
      createRefund: async (request) => {
        keys.push(request.key);
        return await room.deps.gateway.createRefund(request);
      },
    });
    expect([new Set(keys.slice(0, 3)).size, new Set(keys).size, keys.length]).toEqual([1, 2, 4]);
    expect([(await atProcessor()).length, await has()]).toEqual([2, { general: '4.00' }]);
  });
});
