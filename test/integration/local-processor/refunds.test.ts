import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiveWebhooks, WEBHOOK_SECRET, type WebhookReceiver } from './receive-webhooks.ts';
import { errorOf, payIntent, startProcessor, type TestProcessor } from './start-processor.ts';

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
beforeEach(() => processor.running.controls.setAccount({ refundsBegin: 'succeeded' }));

const patience = { timeout: 60_000, interval: 20 };

describe('a refund', () => {
  it('carries its reason and metadata, and is found by its id and by its payment', async () => {
    const { stripe } = processor;
    const intent = await payIntent(stripe);
    const refund = await stripe.refunds.create({
      payment_intent: intent,
      amount: 1200,
      reason: 'requested_by_customer',
      metadata: { reference: 'order-7' },
    });
    expect(refund).toMatchObject({ status: 'succeeded', amount: 1200, reason: 'requested_by_customer' });
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ metadata: { reference: 'order-7' } });
    expect((await stripe.refunds.list({ payment_intent: intent })).data).toMatchObject([{ id: refund.id }]);
    await stripe.refunds.update(refund.id, { metadata: { reference: '' } });
    expect((await stripe.refunds.retrieve(refund.id)).metadata).toEqual({});
  });

  it('can be pending first, and arrives later', async () => {
    const { stripe, running } = processor;
    running.controls.setAccount({ refundsBegin: 'pending' });
    const refund = await stripe.refunds.create({ payment_intent: await payIntent(stripe) });
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    await running.controls.happen('changeRefund', { refund: refund.id, status: 'succeeded' });
    const arrived = await stripe.refunds.retrieve(refund.id);
    expect(arrived.status).toBe('succeeded');
    expect(arrived.pending_reason).toBeUndefined();
    await expect
      .poll(() => receiver.typesAbout(refund.id), patience)
      .toEqual(['refund.created', 'refund.updated', 'charge.refund.updated']);
  });

  it('that succeeded can still fail, says why, and leaves its amount to be refunded again', async () => {
    const { stripe, running } = processor;
    const intent = await payIntent(stripe);
    const refund = await stripe.refunds.create({ payment_intent: intent });
    await running.controls.happen('changeRefund', {
      refund: refund.id,
      status: 'failed',
      failure_reason: 'lost_or_stolen_card',
    });
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'lost_or_stolen_card',
    });
    await expect.poll(() => receiver.typesAbout(refund.id), patience).toContain('refund.failed');
    const failed = receiver.events.find(({ type }) => type === 'refund.failed');
    expect(failed?.data.previous_attributes).toEqual({ status: 'succeeded' });
    expect(await stripe.refunds.create({ payment_intent: intent })).toMatchObject({ amount: 5000 });
    const change = running.controls.happen('changeRefund', { refund: refund.id, status: 'succeeded' });
    await expect(change).rejects.toThrow('is failed and cannot be succeeded');
  });

  it('may be canceled only while it waits for the customer', async () => {
    const { stripe, running } = processor;
    running.controls.setAccount({ refundsBegin: 'requires_action' });
    const waiting = await stripe.refunds.create({ payment_intent: await payIntent(stripe), amount: 700 });
    expect((await stripe.refunds.cancel(waiting.id)).status).toBe('canceled');
    expect((await stripe.charges.retrieve(String(waiting.charge))).amount_refunded).toBe(0);
    expect((await errorOf(stripe.refunds.cancel(waiting.id))).message).toContain('status of canceled');
  });

  it('made in the dashboard is told and listed like any other', async () => {
    const { stripe, running } = processor;
    const intent = await payIntent(stripe);
    const id = await running.controls.happen('refundInDashboard', { payment_intent: intent, amount: 900 });
    expect((await stripe.refunds.list({ payment_intent: intent })).data).toMatchObject([{ id, amount: 900 }]);
    await expect.poll(() => receiver.typesAbout(id), patience).toEqual(['refund.created']);
    const created = receiver.events.find(({ data }) => (data.object as { id?: string }).id === id);
    expect(created?.request).toEqual({ id: null, idempotency_key: null });
  });

  it('is refused once a dispute has taken the money, and not while a bank only asks', async () => {
    const { stripe, running } = processor;
    const [disputed, asked] = [await payIntent(stripe), await payIntent(stripe)];
    await running.controls.happen('openDispute', { payment_intent: disputed });
    await running.controls.happen('openDispute', { payment_intent: asked, status: 'warning_needs_response' });
    expect((await errorOf(stripe.refunds.create({ payment_intent: disputed }))).code).toBe('charge_disputed');
    expect((await stripe.refunds.create({ payment_intent: asked })).status).toBe('succeeded');
  });

  it('on its way is not sent once its payment is disputed', async () => {
    const { stripe, running } = processor;
    running.controls.setAccount({ refundsBegin: 'pending' });
    const intent = await payIntent(stripe);
    const refund = await stripe.refunds.create({ payment_intent: intent, amount: 100 });
    await running.controls.happen('openDispute', { payment_intent: intent });
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'charge_for_pending_refund_disputed',
    });
  });
});

describe('lists by time', () => {
  it('show what was created within the bounds, page by page', async () => {
    const { stripe, clock } = processor;
    const before = await payIntent(stripe);
    clock.advance(3_600_000);
    const since = Math.floor(clock.now().getTime() / 1000);
    const after = await payIntent(stripe);
    const refunds = [];
    for (const payment_intent of [before, after, after])
      refunds.unshift((await stripe.refunds.create({ payment_intent, amount: 100 })).id);
    const listed: string[] = [];
    for await (const { id } of stripe.refunds.list({ created: { gte: since }, limit: 1 })) listed.push(id);
    expect(listed).toEqual(refunds);
    const customer = String((await stripe.paymentIntents.retrieve(after)).customer);
    const intents = (created: { gte?: number; lt?: number } | number) =>
      stripe.paymentIntents.list({ customer, created }).then(({ data }) => data.map(({ id }) => id));
    expect(await intents({ gte: since })).toEqual([after]);
    expect(await intents({ lt: since })).toEqual([]);
    const { created } = await stripe.paymentIntents.retrieve(after);
    expect(await intents(created)).toEqual([after]);
    expect((await stripe.charges.list({ created: { gte: since } })).data).toMatchObject([
      { payment_intent: after },
    ]);
  });

  it('refuse a bound that the API does not know', async () => {
    const error = await errorOf(processor.stripe.rawRequest('GET', '/v1/refunds?created[since]=5'));
    expect(error).toMatchObject({ code: 'parameter_unknown', param: 'created[since]' });
  });
});
