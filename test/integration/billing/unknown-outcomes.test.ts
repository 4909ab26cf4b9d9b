import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import {
  GatewayRefusedError,
  GatewayUnknownError,
  type PaymentGateway,
} from '../../../src/billing/gateway.ts';
import { ensureCustomer } from '../../../src/billing/index.ts';
import { MINUTE_MS } from '../../../src/durations.ts';
import { withTrace } from '../../../src/trace.ts';
import { type BillingRoom, startBillingRoom } from '../../support/billing-room.ts';
import { buyTwenty, type CardedCompany, cardedCompany } from '../../support/carded-company.ts';
import { putCardOnFile, testCompany } from '../../support/company.ts';
import { standing } from '../../support/money-back.ts';
import { type OrderDesk, openOrderDesk, unanswered } from '../../support/order-desk.ts';

const CREATE = '/v1/payment_intents';
const CONFIRM = '/v1/payment_intents/:id/confirm';

let room: BillingRoom;
let desk: OrderDesk;
let acme: CardedCompany;
beforeAll(async () => {
  room = await startBillingRoom('2027-05-04T09:00:00Z');
  desk = openOrderDesk(room);
});
afterAll(() => room?.close());
beforeEach(async () => {
  room.processor.controls.setBehaviour('approve');
  acme = await cardedCompany(room, 'pm_card_visa');
});

const attemptsOf = () =>
  room.deps.db.paymentAttempt.findMany({
    where: { companyId: acme.companyId },
    orderBy: { number: 'asc' },
  });

async function expectPaidOnce(token: string, statuses: string[]): Promise<void> {
  expect(await desk.statusesOf(acme)).toEqual(statuses);
  expect(await desk.orderOf(token)).toMatchObject({ state: 'settled' });
  expect([await desk.countPaid(acme), await standing(room, acme)]).toEqual([1, { general: '20.00' }]);
}

/** Works at each minute of so many. */
async function workMinutes(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    room.clock.advance(MINUTE_MS);
    await desk.work(acme);
  }
}

it('a creation whose answer was lost is found by our reference among the customer’s intents, and none is created besides', async () => {
  // An earlier purchase of the same customer is not taken for it.
  await buyTwenty(room, acme);
  await desk.work(acme);
  room.clock.advance(60 * MINUTE_MS);
  const token = await buyTwenty(room, acme);
  let asked = 0;
  const createIntent: PaymentGateway['createIntent'] = async (request) => {
    asked += 1;
    if (asked === 1) await room.deps.gateway.createIntent(request);
    return await unanswered();
  };
  await desk.work(acme, desk.withGateway({ createIntent }));
  expect(await desk.orderOf(token)).toMatchObject({ state: 'unknown' });
  room.clock.advance(MINUTE_MS);
  await desk.work(acme, desk.withGateway({ createIntent }));
  expect(await desk.orderOf(token)).toMatchObject({ state: 'settled' });
  expect([asked, await desk.statusesOf(acme)]).toEqual([1, ['succeeded', 'succeeded']]);
});

it('a creation that failed at the processor after it was made is found there, whatever its key answers', async () => {
  room.processor.controls.failNext('api-error-after-effect', 1, CREATE);
  const token = await buyTwenty(room, acme);
  await desk.work(acme);
  expect(await desk.orderOf(token)).toMatchObject({ state: 'unknown' });
  await workMinutes(1);
  await expectPaidOnce(token, ['succeeded']);
});

it('a creation whose key answers with a failure for good makes way for the next attempt after 15 minutes, not before', async () => {
  room.processor.controls.failNext('api-error', 1, CREATE);
  const token = await buyTwenty(room, acme);
  await desk.work(acme);
  room.clock.advance(15 * MINUTE_MS - 1);
  await desk.work(acme);
  expect([await desk.orderOf(token), await attemptsOf()]).toMatchObject([
    { state: 'unknown' },
    [{ state: 'open', intentId: null }],
  ]);
  room.clock.advance(10 * MINUTE_MS);
  await desk.work(acme);
  await expectPaidOnce(token, ['succeeded']);
  // It was no decline of the card.
  expect(await attemptsOf()).toMatchObject([{ failureKind: 'given_up' }, { state: 'succeeded' }]);
});

it('a confirmation that failed at the processor after it charged is retrieved, and never confirmed in another attempt', async () => {
  room.processor.controls.failNext('api-error-after-effect', 1, CONFIRM);
  const token = await buyTwenty(room, acme);
  await desk.work(acme);
  expect(await desk.orderOf(token)).toMatchObject({ state: 'unknown' });
  await workMinutes(1);
  await expectPaidOnce(token, ['succeeded']);
});

it('a confirmation whose key answers with a failure for good is canceled after 15 minutes, and the next attempt charges', async () => {
  room.processor.controls.failNext('api-error', 1, CONFIRM);
  const token = await buyTwenty(room, acme);
  await desk.work(acme);
  room.clock.advance(15 * MINUTE_MS - 1);
  await desk.work(acme);
  expect([await desk.statusesOf(acme), await desk.countPaid(acme)]).toEqual([['requires_confirmation'], 0]);
  room.clock.advance(10 * MINUTE_MS);
  await desk.work(acme);
  await expectPaidOnce(token, ['canceled', 'succeeded']);
});

it.each<[string, PaymentGateway['cancelIntent']]>([
  ['gets no answer', unanswered],
  ['is refused', () => Promise.reject(new GatewayRefusedError('api_key_expired', 'no'))],
])('while its cancellation %s no next attempt opens', async (_, cancelIntent) => {
  room.processor.controls.failNext('api-error', 1, CONFIRM);
  const token = await buyTwenty(room, acme);
  await desk.work(acme);
  for (let hour = 0; hour < 3; hour += 1) {
    room.clock.advance(60 * MINUTE_MS);
    await desk.work(acme, desk.withGateway({ cancelIntent }));
  }
  expect(await desk.statusesOf(acme)).toEqual(['requires_confirmation']);
  expect([await desk.orderOf(token), await attemptsOf()]).toMatchObject([{ state: 'unknown' }, [{}]]);
  room.clock.advance(60 * MINUTE_MS);
  await desk.work(acme);
  await expectPaidOnce(token, ['canceled', 'succeeded']);
});

it('a confirmation that goes through just before it would be canceled is the one charge', async () => {
  room.processor.controls.failNext('api-error', 1, CONFIRM);
  const token = await buyTwenty(room, acme);
  await desk.work(acme);
  room.clock.advance(25 * MINUTE_MS);
  const cancelIntent: PaymentGateway['cancelIntent'] = async (request) => {
    await desk.ask(`payment_intents/${request.intentId}/confirm`, {});
    return await room.deps.gateway.cancelIntent(request);
  };
  await desk.work(acme, desk.withGateway({ cancelIntent }));
  await expectPaidOnce(token, ['succeeded']);
});

/** A declined purchase whose intent was not canceled, and was confirmed anew with a card that takes its time. */
async function declinedButProcessing(): Promise<string> {
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'insufficient_funds' });
  const token = await buyTwenty(room, acme);
  await desk.work(acme, desk.withGateway({ cancelIntent: unanswered }));
  await putCardOnFile(room.deps, acme.companyId, 'pm_card_settleLate');
  const slow = await room.deps.db.card.findFirstOrThrow({
    where: { companyId: acme.companyId, isDefault: true },
  });
  const [intent] = await desk.intentsOf(acme);
  await desk.ask(`payment_intents/${intent?.id}/confirm`, { payment_method: slow.processorId });
  expect(await desk.statusesOf(acme)).toEqual(['processing']);
  await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
  return token;
}

it('a second try is never charged beside a first that is still processing', async () => {
  const token = await declinedButProcessing();
  await desk.retry(acme, token);
  await desk.work(acme);
  expect(await desk.orderOf(token)).toMatchObject({ state: 'unknown' });
  expect([await attemptsOf(), await desk.statusesOf(acme)]).toMatchObject([[{ number: 1 }], ['processing']]);
  room.clock.advance(MINUTE_MS);
  await vi.waitFor(async () => expect(await desk.statusesOf(acme)).toEqual(['succeeded']), 60_000);
  await desk.work(acme);
  await expectPaidOnce(token, ['succeeded']);
});

it('nor beside one whose cancellation the processor refuses to take', async () => {
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'insufficient_funds' });
  const token = await buyTwenty(room, acme);
  const refusing = desk.withGateway({
    cancelIntent: () => Promise.reject(new GatewayRefusedError('api_key_expired', 'no')),
  });
  await desk.work(acme, refusing);
  await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
  await desk.retry(acme, token);
  await desk.work(acme, refusing);
  expect([await desk.orderOf(token), await attemptsOf()]).toMatchObject([{ state: 'unknown' }, [{}]]);
  await workMinutes(2);
  await expectPaidOnce(token, ['canceled', 'succeeded']);
});

it('a cancellation that is refused is repeated after longer and longer waits', async () => {
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'insufficient_funds' });
  let calls = 0;
  const refusing = desk.withGateway({
    cancelIntent: () => {
      calls += 1;
      return Promise.reject(new GatewayRefusedError('api_key_expired', 'no'));
    },
  });
  await buyTwenty(room, acme);
  await desk.work(acme, refusing);
  for (let minute = 0; minute < 60; minute += 1) {
    room.clock.advance(MINUTE_MS);
    await desk.work(acme, refusing);
  }
  // At once, then after 1, 2, 4, 8, 16 and 32 minutes.
  expect(calls).toBeLessThanOrEqual(7);
});

it('a customer whose creation failed at the processor is created under another key a quarter of an hour later', async () => {
  const { companyId } = await testCompany(room.deps.db);
  room.processor.controls.failNext('api-error', 1, '/v1/customers');
  await expect(ensureCustomer(room.deps, companyId)).rejects.toThrow(GatewayUnknownError);
  room.clock.advance(15 * MINUTE_MS);
  expect(await ensureCustomer(room.deps, companyId)).toMatch(/^cus_/);
});

it('a creation that is repeated after a kill has the body of the first, the request id included, whoever repeats it', async () => {
  const token = await withTrace({ requestId: 'of-the-click' }, () => buyTwenty(room, acme));
  const bodies: unknown[] = [];
  const createIntent: PaymentGateway['createIntent'] = async (request) => {
    bodies.push(request.requestId);
    const intent = await room.deps.gateway.createIntent(request);
    if (bodies.length === 1) throw new Error('killed before the intent was stored');
    return intent;
  };
  const deps = desk.withGateway({ createIntent });
  const workAs = (requestId: string) => withTrace({ requestId }, () => desk.work(acme, deps));
  await expect(workAs('of-the-click')).rejects.toThrow('killed');
  room.clock.advance(MINUTE_MS);
  await workAs('of-a-later-sweep');
  await expectPaidOnce(token, ['succeeded']);
  expect(bodies).toEqual(['of-the-click', 'of-the-click']);
  const [intent] = await desk.intentsOf(acme);
  expect(await desk.ask(`payment_intents/${intent?.id}`)).toMatchObject({
    metadata: { request_id: 'of-the-click' },
  });
});
