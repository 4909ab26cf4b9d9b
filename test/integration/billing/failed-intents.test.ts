import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { GatewayUnknownError, type PaymentGateway } from '../../../src/billing/gateway.ts';
import {
  advanceCheck,
  advanceOrder,
  type BillingDeps,
  claimCard,
  readOrder,
  readVerification,
  retryPurchase,
  sweepChecks,
  sweepOrders,
  verifyPayment,
} from '../../../src/billing/index.ts';
import { openAttempt, prepareIntent } from '../../../src/billing/orders/attempts.ts';
import { toConfirmed } from '../../../src/billing/orders/order.ts';
import { MINUTE_MS } from '../../../src/durations.ts';
import { answerBank } from '../../support/answer-bank.ts';
import { type BillingRoom, startBillingRoom } from '../../support/billing-room.ts';
import { buyTwenty, cardedCompany, rechargeEmptyWallet } from '../../support/carded-company.ts';
import { putCardOnFile, type TestCompany } from '../../support/company.ts';

const intentList = z.object({ data: z.array(z.object({ id: z.string(), status: z.string() })) });
const chargeList = z.object({ data: z.array(z.unknown()) });

let room: BillingRoom;
beforeAll(async () => {
  room = await startBillingRoom('2027-03-10T18:00:00Z');
});
afterAll(() => room?.close());
beforeEach(() => room.processor.controls.setBehaviour('approve'));

async function ask(path: string, params?: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${room.processor.url}/v1/${path}`, {
    method: params === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${room.secretKey}` },
    ...(params === undefined ? {} : { body: new URLSearchParams(params) }),
  });
  return await answer.json();
}

async function listOf(path: 'payment_intents' | 'charges', { companyId }: TestCompany): Promise<unknown> {
  const { customerId } = await room.deps.db.processorCustomer.findUniqueOrThrow({ where: { companyId } });
  return await ask(`${path}?limit=100&customer=${customerId}`);
}

/** What the processor itself says of the company's intents, the oldest first. */
async function intentsOf(company: TestCompany): Promise<string[]> {
  const { data } = intentList.parse(await listOf('payment_intents', company));
  return data.toReversed().map(({ status }) => status);
}

const countCharges = async (company: TestCompany): Promise<number> =>
  chargeList.parse(await listOf('charges', company)).data.length;

/** Sweeps, and works what is queued for the company's orders. */
async function work({ companyId }: TestCompany, deps: BillingDeps = room.deps): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await sweepOrders(deps);
    const jobs = await deps.db.$queryRaw<{ orderId: string }[]>`
      DELETE FROM graphile_worker._private_jobs AS job USING graphile_worker._private_tasks AS task
      WHERE task.id = job.task_id AND task.identifier = 'advance-order' AND job.payload->>'companyId' = ${companyId.toString()}
      RETURNING job.payload->>'orderId' AS "orderId"`;
    for (const { orderId } of jobs) await advanceOrder(deps, { companyId, orderId: BigInt(orderId) });
  }
}

const orderOf = (token: string) => room.deps.db.purchaseOrder.findUniqueOrThrow({ where: { token } });

async function retry(company: TestCompany, token: string): Promise<void> {
  const shown = await readOrder(room.deps, company.ana, token);
  await retryPurchase(room.deps, company.ana, shown, { viewId: 'V' });
}

/** Billing whose calls to the processor are others. */
const withGateway = (change: Partial<PaymentGateway>): BillingDeps => ({
  ...room.deps,
  gateway: { ...room.deps.gateway, ...change },
});
const silent = (): BillingDeps =>
  withGateway({ cancelIntent: () => Promise.reject(new GatewayUnknownError('no answer')) });
const killed = (): Promise<never> => Promise.reject(new Error('killed'));

it('a declined try is cancelled at the processor at once; with the next one an order has one intent that can be or was paid', async () => {
  const acme = await cardedCompany(room, 'pm_card_visa');
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'insufficient_funds' });
  const token = await buyTwenty(room, acme);
  await work(acme);
  expect(await orderOf(token)).toMatchObject({ state: 'declined' });
  expect(await intentsOf(acme)).toEqual(['canceled']);
  await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
  await retry(acme, token);
  await work(acme);
  expect(await orderOf(token)).toMatchObject({ state: 'settled' });
  expect(await intentsOf(acme)).toEqual(['canceled', 'succeeded']);
});

it('so is one whose bank wanted its holder, or whose backup failed; verified, one intent alone waits and is paid', async () => {
  const acme = await cardedCompany(room, 'pm_card_visa', 'pm_card_mastercard');
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { asksHolder: true });
  await room.processor.controls.setBank(acme.cards[1]?.pm ?? '', { decline: 'insufficient_funds' });
  await rechargeEmptyWallet(room, acme);
  await work(acme);
  expect(await intentsOf(acme)).toEqual(['canceled', 'canceled']);
  const { token } = await room.deps.db.purchaseOrder.findFirstOrThrow({
    where: { companyId: acme.companyId },
  });
  await verifyPayment(room.deps, acme.ana, token);
  await work(acme);
  expect(await intentsOf(acme)).toEqual(['canceled', 'canceled', 'requires_action']);
  const { actionUrl } = await readVerification(room.deps, acme.ana, token);
  await answerBank(actionUrl, 'approve');
  room.clock.advance(MINUTE_MS);
  await work(acme);
  expect(await intentsOf(acme)).toEqual(['canceled', 'canceled', 'succeeded']);
});

it('so is the small charge of a card’s check', async () => {
  const acme = await cardedCompany(room, 'pm_card_visa');
  const { db } = room.deps;
  const [card = { id: 0n, pm: '' }] = acme.cards;
  await db.company.update({ where: { id: acme.companyId }, data: { cardCheck: 'every' } });
  await db.card.updateMany({
    where: { id: card.id },
    data: { addedBy: `${acme.teamId}/UANA`, claimedAt: null, confirmedAt: null, isDefault: false },
  });
  await room.processor.controls.setBank(card.pm, { decline: 'do_not_honor' });
  await claimCard(room.deps, acme.ana, card.id);
  const { id: checkId } = await db.cardCheck.findFirstOrThrow({ where: { companyId: acme.companyId } });
  const key = { companyId: acme.companyId, checkId };
  await advanceCheck(room.deps, key);
  await advanceCheck(silent(), key);
  expect(await intentsOf(acme)).toEqual(['requires_payment_method']);
  room.clock.advance(MINUTE_MS);
  await sweepChecks(room.deps);
  await advanceCheck(room.deps, key);
  expect(await intentsOf(acme)).toEqual(['canceled']);
  expect(await db.cardCheck.findFirst({ where: { id: checkId } })).toMatchObject({ nextPollAt: null });
});

it('without an answer to the cancellation no next try opens; the sweep asks until it is cancelled', async () => {
  const acme = await cardedCompany(room, 'pm_card_visa');
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'insufficient_funds' });
  const token = await buyTwenty(room, acme);
  await work(acme, silent());
  expect(await orderOf(token)).toMatchObject({ state: 'declined' });
  await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
  await retry(acme, token);
  await work(acme, silent());
  expect(await intentsOf(acme)).toEqual(['requires_payment_method']);
  expect(await orderOf(token)).toMatchObject({ state: 'unknown' });
  room.clock.advance(MINUTE_MS);
  await work(acme);
  expect(await intentsOf(acme)).toEqual(['canceled', 'succeeded']);
  expect(await orderOf(token)).toMatchObject({ state: 'settled' });
});

it.each(['before', 'after'])(
  'a process that dies %s the cancellation leaves it to the sweep, which asks no more once it is made',
  async (when) => {
    const acme = await cardedCompany(room, 'pm_card_visa');
    await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'insufficient_funds' });
    const token = await buyTwenty(room, acme);
    const { companyId, id: orderId } = await orderOf(token);
    const dying = withGateway({
      cancelIntent: async (request) => {
        if (when === 'after') await room.deps.gateway.cancelIntent(request);
        return await killed();
      },
    });
    await expect(advanceOrder(dying, { companyId, orderId })).rejects.toThrow('killed');
    expect(await orderOf(token)).toMatchObject({ state: 'declined' });
    room.clock.advance(MINUTE_MS);
    let calls = 0;
    const counting = withGateway({
      cancelIntent: (request) => {
        calls += 1;
        return room.deps.gateway.cancelIntent(request);
      },
    });
    for (let minute = 0; minute < 3; minute += 1) {
      await work(acme, counting);
      room.clock.advance(MINUTE_MS);
    }
    expect([await intentsOf(acme), calls]).toEqual([['canceled'], 1]);
  },
);

it('a card that its bank has reported stolen is not tried by a charge whose intent was made before', async () => {
  const acme = await cardedCompany(room, 'pm_card_visa');
  const buyLater = (): Promise<string> => {
    room.clock.advance(MINUTE_MS);
    return buyTwenty(room, acme);
  };
  const [prepared, confirming, unanswered, stolen] = [
    await buyLater(),
    await buyLater(),
    await buyLater(),
    await buyLater(),
  ];
  const first = toConfirmed(await orderOf(prepared));
  const attempt = await openAttempt(room.deps, first);
  if (attempt === null) throw new Error('no attempt');
  await prepareIntent(room.deps, first, attempt);
  const second = await orderOf(confirming);
  const job = { companyId: acme.companyId, orderId: second.id };
  await expect(advanceOrder(withGateway({ confirmIntent: killed }), job)).rejects.toThrow('killed');
  // The processor made this one's intent, and its answer was lost: nothing here knows the intent's id yet.
  const createIntent: PaymentGateway['createIntent'] = async (request) => {
    await room.deps.gateway.createIntent(request);
    throw new GatewayUnknownError('no answer');
  };
  const third = { companyId: acme.companyId, orderId: (await orderOf(unanswered)).id };
  await advanceOrder(withGateway({ createIntent }), third);
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'stolen_card' });
  await advanceOrder(room.deps, { companyId: acme.companyId, orderId: (await orderOf(stolen)).id });
  room.clock.advance(MINUTE_MS);
  await work(acme);
  expect(await countCharges(acme)).toBe(1);
  for (const token of [prepared, confirming, unanswered])
    expect(await orderOf(token)).toMatchObject({ state: 'declined', failureCode: 'card_needs_replacing' });
  expect(await intentsOf(acme)).toEqual(['canceled', 'canceled', 'canceled', 'canceled']);
});

it.each([true, false])(
  'an intent that was paid although its try had failed is no second charge (tried again meanwhile: %s)',
  async (isTriedAgain) => {
    const acme = await cardedCompany(room, 'pm_card_visa');
    const [card = { id: 0n, pm: '' }] = acme.cards;
    await room.processor.controls.setBank(card.pm, { decline: 'insufficient_funds' });
    const token = await buyTwenty(room, acme);
    await work(acme, silent());
    await room.processor.controls.setBank(card.pm, { approves: true });
    const { intentId } = await room.deps.db.paymentAttempt.findFirstOrThrow({
      where: { companyId: acme.companyId },
    });
    await ask(`payment_intents/${intentId}/confirm`, { payment_method: card.pm });
    if (isTriedAgain) await retry(acme, token);
    room.clock.advance(MINUTE_MS);
    await work(acme);
    expect(await intentsOf(acme)).toEqual(['succeeded']);
    expect(await orderOf(token)).toMatchObject({ state: 'settled' });
  },
);
