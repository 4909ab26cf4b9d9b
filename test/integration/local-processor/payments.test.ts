import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addCustomer,
  connectSdk,
  createIntent,
  errorOf,
  startProcessor,
  type TestProcessor,
} from './start-processor.ts';

let processor: TestProcessor;
beforeAll(async () => {
  processor = await startProcessor();
});
afterAll(async () => processor.close());
beforeEach(() => processor.running.controls.setBehaviour('approve'));

describe('a payment through the real SDK', () => {
  it('is created, confirmed and charged once, with the ids and metadata to find it again', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const intent = await createIntent(stripe, payer);
    expect(intent).toMatchObject({
      status: 'requires_confirmation',
      amount: 5000,
      amount_received: 0,
      metadata: { order: '7' },
    });
    const paid = await stripe.paymentIntents.confirm(intent.id, {
      off_session: true,
      expand: ['latest_charge', 'customer'],
    });
    expect(paid).toMatchObject({
      id: intent.id,
      status: 'succeeded',
      amount_received: 5000,
      latest_charge: {
        object: 'charge',
        paid: true,
        amount: 5000,
        payment_intent: intent.id,
        metadata: { order: '7' },
      },
      customer: { id: payer.customer, name: 'Harbor & Pine' },
    });
    expect(paid.client_secret).toContain(`${intent.id}_secret_`);
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });

  it('can be created and confirmed in one request', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const paid = await stripe.paymentIntents.create({
      amount: 50,
      currency: 'usd',
      customer: payer.customer,
      payment_method: payer.card,
      confirm: true,
      off_session: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    expect(paid.status).toBe('succeeded');
  });

  it('that is declined says why, keeps the reason, and can be paid with another card', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const intent = await createIntent(stripe, payer);
    processor.running.controls.setBehaviour('decline');
    const error = await errorOf(stripe.paymentIntents.confirm(intent.id));
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      payment_intent: { id: intent.id, status: 'requires_payment_method' },
    });
    const declined = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(declined).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: {
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        message: 'Your card has insufficient funds.',
      },
      latest_charge: { status: 'failed', paid: false, failure_code: 'card_declined' },
    });
    processor.running.controls.setBehaviour('approve');
    const paid = await stripe.paymentIntents.confirm(intent.id, { payment_method: payer.card });
    expect(paid.status).toBe('succeeded');
  });

  it('is never charged twice, however many confirm it at once under keys of their own', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: `${intent.id}-${n}` }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const charges = await stripe.charges.list({ payment_intent: intent.id });
    expect(charges.data.map((charge) => charge.status)).toEqual(['succeeded']);
    const error = await errorOf(stripe.paymentIntents.confirm(intent.id));
    expect(error).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: intent.id },
    });
  });

  it('can be given up before it is charged, and not after', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const intent = await createIntent(stripe, payer);
    const canceled = await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    expect((await errorOf(stripe.paymentIntents.confirm(intent.id))).code).toBe(
      'payment_intent_unexpected_state',
    );
    const paid = await stripe.paymentIntents.confirm((await createIntent(stripe, payer)).id);
    expect((await errorOf(stripe.paymentIntents.cancel(paid.id))).code).toBe(
      'payment_intent_unexpected_state',
    );
  });

  it('on a card that settles late is in processing first, and paid by the one clock', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe, 'pm_card_settleLate'));
    expect((await stripe.paymentIntents.confirm(intent.id)).status).toBe('processing');
    processor.clock.advance(11_000);
    await expect
      .poll(async () => (await stripe.paymentIntents.retrieve(intent.id)).status, { timeout: 5000 })
      .toBe('succeeded');
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toMatchObject([
      { paid: true, status: 'succeeded' },
    ]);
  });
});

describe('what the processor refuses, and how', () => {
  it.each([
    [{ amount: 49 }, 'amount_too_small', 'amount'],
    [{ amount: 100_000_000 }, 'amount_too_large', 'amount'],
    [{ amount: 12.5 }, 'parameter_invalid_integer', 'amount'],
    [{ amount: -5 }, 'parameter_invalid_integer', 'amount'],
    [{ currency: 'xyz' }, undefined, 'currency'],
    [{ customer: 'cus_missing' }, 'resource_missing', 'customer'],
    [{ payment_method: 'pm_missing' }, 'resource_missing', 'payment_method'],
    [{ off_session: true }, undefined, 'off_session'],
    [{ amonut: 5 }, 'parameter_unknown', 'amonut'],
  ])('refuses %j with the code %s on %s', async (change, code, param) => {
    const error = await errorOf(
      processor.stripe.paymentIntents.create({ amount: 5000, currency: 'usd', ...change }),
    );
    expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, param });
    expect(error.code).toBe(code);
  });

  it('refuses a missing amount by name', async () => {
    const { stripe } = processor;
    const error = await errorOf(stripe.rawRequest('POST', '/v1/payment_intents', { currency: 'usd' }));
    expect(error).toMatchObject({ code: 'parameter_missing', param: 'amount' });
  });

  it("refuses a card that is another customer's, and one that was detached", async () => {
    const { stripe } = processor;
    const [ours, theirs] = [await addCustomer(stripe), await addCustomer(stripe)];
    const stolen = await errorOf(createIntent(stripe, { customer: ours.customer, card: theirs.card }));
    expect(stolen.message).toContain('must be attached to the customer');
    await stripe.paymentMethods.detach(ours.card);
    expect((await errorOf(createIntent(stripe, ours))).message).toContain('may not be used again');
  });

  it('asks for a return address unless redirects are ruled out', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const charge = {
      amount: 5000,
      currency: 'usd',
      customer: payer.customer,
      payment_method: payer.card,
      confirm: true,
    };
    expect((await errorOf(stripe.paymentIntents.create(charge))).message).toContain(
      'you must provide a `return_url`',
    );
    expect(
      (await stripe.paymentIntents.create({ ...charge, return_url: 'http://127.0.0.1/back' })).status,
    ).toBe('succeeded');
  });

  it('refuses a wrong key with 401, without repeating it', async () => {
    const error = await errorOf(connectSdk(processor.running.url, 'sk_test_wrong_key_123').customers.list());
    expect(error).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 });
    expect(error.message).not.toContain('wrong_key_123');
  });

  it('answers 404 for an unknown id and for an endpoint it does not imitate', async () => {
    const { stripe } = processor;
    expect(await errorOf(stripe.paymentIntents.retrieve('pi_missing'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect((await errorOf(stripe.subscriptions.list())).message).toContain('does not imitate this endpoint');
  });

  it('refuses to expand what is not an object, before it charges anything', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    const error = await errorOf(stripe.paymentIntents.confirm(intent.id, { expand: ['amount'] }));
    expect(error.message).toContain('cannot be expanded (amount)');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_confirmation');
  });

  it('fails on demand: asked too fast, or broken', async () => {
    const { stripe, running } = processor;
    running.controls.failNext('rate-limit');
    expect(await errorOf(stripe.customers.list())).toMatchObject({
      type: 'StripeRateLimitError',
      statusCode: 429,
    });
    expect((await stripe.customers.list()).object).toBe('list');
  });
});
