import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCustomer, createIntent, errorOf, startProcessor, type TestProcessor } from './start-processor.ts';

let processor: TestProcessor;
beforeAll(async () => {
  processor = await startProcessor();
});
afterAll(async () => processor.close());
beforeEach(() => processor.running.controls.setBehaviour('approve'));

describe('a charge whose answer never arrives', () => {
  it('was made, and is found by its id and in the list', async () => {
    const { stripe, running } = processor;
    const payer = await addCustomer(stripe);
    const intent = await createIntent(stripe, payer);
    running.controls.setBehaviour('timeout-after-charge');
    const error = await errorOf(
      stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: 'lost-answer' }),
    );
    expect(error).toMatchObject({ type: 'StripeConnectionError' });
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    expect((await stripe.paymentIntents.list({ customer: payer.customer })).data).toMatchObject([
      { id: intent.id, status: 'succeeded', metadata: { order: '7' } },
    ]);
  });

  it('answers the same key with silence while the network is so, and replays the charge when it recovers', async () => {
    const { stripe, running } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    const confirm = () =>
      stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: `again-${intent.id}` });
    running.controls.setBehaviour('timeout-after-charge');
    await errorOf(confirm());
    expect((await errorOf(confirm())).type).toBe('StripeConnectionError');
    running.controls.setBehaviour('approve');
    expect((await confirm()).status).toBe('succeeded');
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });

  it('is what the test card for it does, with the switch at rest', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe, 'pm_card_timeoutAfterCharge'));
    expect((await errorOf(stripe.paymentIntents.confirm(intent.id))).type).toBe('StripeConnectionError');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
  });
});

describe('a request that vanishes before anything is charged', () => {
  it('leaves the intent as it was, and its key unused', async () => {
    const { stripe, running } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    const confirm = () =>
      stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: `before-${intent.id}` });
    running.controls.setBehaviour('timeout-before-charge');
    expect((await errorOf(confirm())).type).toBe('StripeConnectionError');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_confirmation');
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toEqual([]);
    running.controls.setBehaviour('approve');
    expect((await confirm()).status).toBe('succeeded');
  });

  it('is what the test card for it does, with the switch at rest', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe, 'pm_card_timeoutBeforeCharge'));
    expect((await errorOf(stripe.paymentIntents.confirm(intent.id))).type).toBe('StripeConnectionError');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_confirmation');
  });
});

describe('a silent connection', () => {
  it('is cut after the configured time, for clients that would wait for ever', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    await processor.restart({ silenceMs: 100 });
    processor.running.controls.setBehaviour('timeout-after-charge');
    // The SDK repeats a request once when its connection was cut, so it waits for two silences.
    const error = await errorOf(processor.stripe.paymentIntents.confirm(intent.id, {}, { timeout: 5_000 }));
    expect(error.message).toContain('connection to Stripe');
  });
});

describe('a processor that is down', () => {
  it('answers nothing, changes nothing, and is as before when it is up again', async () => {
    const { stripe, running } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    running.controls.setBehaviour('down');
    expect((await errorOf(stripe.paymentIntents.confirm(intent.id))).type).toBe('StripeConnectionError');
    expect((await errorOf(stripe.paymentIntents.retrieve(intent.id))).type).toBe('StripeConnectionError');
    expect((await fetch(`${running.url}/c/pay/cs_test_any`)).status).toBe(503);
    running.controls.setBehaviour('approve');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_confirmation');
  });
});
