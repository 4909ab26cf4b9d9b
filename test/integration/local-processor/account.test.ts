import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { receiveWebhooks, WEBHOOK_SECRET, type WebhookReceiver } from './receive-webhooks.ts';
import {
  addCustomer,
  createIntent,
  errorOf,
  payIntent,
  SECRET_KEY,
  startProcessor,
  type TestProcessor,
} from './start-processor.ts';

let processor: TestProcessor;
let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await receiveWebhooks();
  processor = await startProcessor({ webhook: { url: receiver.url, secret: WEBHOOK_SECRET } });
});
afterAll(async () => {
  await processor.close();
  await receiver.close();
});
afterEach(() =>
  processor.running.controls.setAccount({
    smallestCharge: 50,
    takesSuffix: true,
    processingMs: 10_000,
    refundsBegin: 'succeeded',
  }),
);

const patience = { timeout: 60_000, interval: 20 };

describe('a stored 500', () => {
  it('is answered again under its key at create, while the intent exists and is found by its reference', async () => {
    const { stripe, running } = processor;
    const payer = await addCustomer(stripe);
    running.controls.failNext('api-error-after-effect', 1, '/v1/payment_intents');
    const create = () => createIntent(stripe, payer, { idempotencyKey: `made-${payer.customer}` });
    expect((await errorOf(create())).statusCode).toBe(500);
    const again = await errorOf(create());
    expect(again).toMatchObject({ type: 'StripeAPIError', statusCode: 500 });
    expect(again.headers?.['idempotent-replayed']).toBe('true');
    expect((await stripe.paymentIntents.list({ customer: payer.customer })).data).toMatchObject([
      { status: 'requires_confirmation', metadata: { order: '7' } },
    ]);
  });

  it('is answered again under its key at confirm, while the card was charged', async () => {
    const { stripe, running } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    running.controls.failNext('api-error-after-effect', 1, '/v1/payment_intents/:id/confirm');
    const confirm = () => stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: `c-${intent.id}` });
    expect((await errorOf(confirm())).statusCode).toBe(500);
    expect((await errorOf(confirm())).statusCode).toBe(500);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });
});

describe('a payment that stays in processing', () => {
  it('succeeds days later by the one clock', async () => {
    const { stripe, running, clock } = processor;
    running.controls.setAccount({ processingMs: 3 * 86_400_000 });
    const intent = await createIntent(stripe, await addCustomer(stripe, 'pm_card_settleLate'));
    expect((await stripe.paymentIntents.confirm(intent.id)).status).toBe('processing');
    clock.advance(2 * 86_400_000);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('processing');
    clock.advance(86_400_000);
    await expect
      .poll(async () => (await stripe.paymentIntents.retrieve(intent.id)).status, patience)
      .toBe('succeeded');
  });
});

describe('the smallest charge', () => {
  it("is the account's: more than 50 cents where it settles in another currency", async () => {
    const { stripe, running } = processor;
    const payer = await addCustomer(stripe);
    running.controls.setAccount({ smallestCharge: 120 });
    const create = (amount: number) =>
      stripe.paymentIntents.create(
        { amount, currency: 'usd', customer: payer.customer, payment_method: payer.card },
        { idempotencyKey: `smallest-${payer.customer}` },
      );
    expect(await errorOf(create(119))).toMatchObject({ code: 'amount_too_small', param: 'amount' });
    expect((await create(120)).amount).toBe(120);
  });
});

describe('what a statement shows', () => {
  const create = async (suffix: string, token?: string) => {
    const payer = await addCustomer(processor.stripe, token);
    return await processor.stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      customer: payer.customer,
      payment_method: payer.card,
      allowed_payment_method_types: ['card'],
      statement_descriptor_suffix: suffix,
    });
  };

  it("is the account's prefix and the payment's suffix, as the charge says it", async () => {
    const { stripe } = processor;
    const intent = await create('CHECK7Q2A');
    const paid = await stripe.paymentIntents.confirm(intent.id, { expand: ['latest_charge'] });
    expect(paid.latest_charge).toMatchObject({
      calculated_statement_descriptor: 'REFILL* CHECK7Q2A',
      statement_descriptor_suffix: 'CHECK7Q2A',
    });
    const plain = await stripe.charges.list({ payment_intent: await payIntent(stripe) });
    expect(plain.data).toMatchObject([{ calculated_statement_descriptor: 'REFILL' }]);
  });

  it.each([
    ['CHECK*7', 'following characters'],
    ["O'CHECK", 'following characters'],
    ['CHECK<7>', 'following characters'],
    ['ПРОВЕРКА', 'only Latin characters'],
    ['1234', 'at least one letter'],
    ['CHECK-ABCDEFGHI', 'at most 22 characters'],
  ])('cannot have the suffix %s', async (suffix, reason) => {
    const error = await errorOf(create(suffix));
    expect(error).toMatchObject({ statusCode: 400, param: 'statement_descriptor_suffix' });
    expect(error.message).toContain(reason);
  });

  it('has no suffix at all where the account may not add one', async () => {
    processor.running.controls.setAccount({ takesSuffix: false });
    expect((await errorOf(create('CHECK7Q2A'))).param).toBe('statement_descriptor_suffix');
  });
});

describe('news of a card', () => {
  it('a card replaced by its bank keeps its id, with its new digits and expiry', async () => {
    const { stripe, running } = processor;
    const { card } = await addCustomer(stripe);
    await running.controls.happen('replaceCard', { payment_method: card, last4: '1881', exp_year: 2039 });
    expect((await stripe.paymentMethods.retrieve(card)).card).toMatchObject({
      brand: 'visa',
      last4: '1881',
      exp_year: 2039,
    });
    await expect
      .poll(() => receiver.typesAbout(card), patience)
      .toContain('payment_method.automatically_updated');
    const news = receiver.events.find(({ type }) => type === 'payment_method.automatically_updated');
    expect(news?.data.previous_attributes).toMatchObject({ card: { last4: '4242' } });
  });

  it('a card removed in the dashboard is told with whose it was, and cannot be charged', async () => {
    const { stripe, running } = processor;
    const payer = await addCustomer(stripe);
    await running.controls.happen('detachCard', { payment_method: payer.card });
    await expect.poll(() => receiver.typesAbout(payer.card), patience).toContain('payment_method.detached');
    const news = receiver.events.find(
      ({ type, data }) =>
        type === 'payment_method.detached' && (data.object as { id?: string }).id === payer.card,
    );
    expect(news?.data).toMatchObject({
      object: { customer: null },
      previous_attributes: { customer: payer.customer },
    });
    expect((await errorOf(createIntent(stripe, payer))).message).toContain('may not be used again');
  });
});

describe('a processor in another process', () => {
  it('lets things happen over its control address, with the key', async () => {
    const { stripe, running } = processor;
    const intent = await payIntent(stripe);
    const post = async (path: string, body: unknown) =>
      (await (
        await fetch(`${running.url}/control/${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${SECRET_KEY}` },
          body: JSON.stringify(body),
        })
      ).json()) as { id?: string; error?: string; account?: unknown };
    expect((await post('account', { refundsBegin: 'pending' })).account).toMatchObject({
      refundsBegin: 'pending',
    });
    const { id } = await post('happen', { happening: 'refundInDashboard', payment_intent: intent });
    expect((await stripe.refunds.retrieve(id ?? '')).status).toBe('pending');
    expect((await post('happen', { happening: 'earthquake' })).error).toContain('happening');
  });
});
