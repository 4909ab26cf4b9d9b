import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const patience = { timeout: 60_000, interval: 20 };

describe('a dispute', () => {
  it('withdraws the money at once, and a lost one is closed', async () => {
    const { stripe, running } = processor;
    const intent = await payIntent(stripe);
    const id = await running.controls.happen('openDispute', { payment_intent: intent, amount: 3000 });
    expect(await stripe.disputes.retrieve(id)).toMatchObject({
      status: 'needs_response',
      amount: 3000,
      payment_intent: intent,
      is_charge_refundable: false,
    });
    await running.controls.happen('changeDispute', { dispute: id, status: 'under_review' });
    await running.controls.happen('changeDispute', { dispute: id, status: 'lost' });
    await expect
      .poll(() => receiver.typesAbout(id), patience)
      .toEqual([
        'charge.dispute.created',
        'charge.dispute.funds_withdrawn',
        'charge.dispute.updated',
        'charge.dispute.closed',
      ]);
  });

  it('won gives the money back, also where it was lost and then appealed', async () => {
    const { stripe, running } = processor;
    const id = await running.controls.happen('openDispute', { payment_intent: await payIntent(stripe) });
    for (const status of ['lost', 'appeal_needs_response', 'appeal_under_review', 'won'] as const)
      await running.controls.happen('changeDispute', { dispute: id, status });
    expect((await stripe.disputes.retrieve(id)).status).toBe('won');
    await expect.poll(() => receiver.typesAbout(id), patience).toContain('charge.dispute.funds_reinstated');
  });

  it('can be given in through the API, once', async () => {
    const { stripe, running } = processor;
    const id = await running.controls.happen('openDispute', { payment_intent: await payIntent(stripe) });
    expect((await stripe.disputes.close(id)).status).toBe('lost');
    expect((await errorOf(stripe.disputes.close(id))).message).toContain('is lost and cannot be lost');
  });

  it('that was prevented never takes anything', async () => {
    const { stripe, running } = processor;
    const id = await running.controls.happen('openDispute', {
      payment_intent: await payIntent(stripe),
      status: 'prevented',
    });
    expect((await stripe.disputes.retrieve(id)).status).toBe('prevented');
    await expect.poll(() => receiver.typesAbout(id), patience).toEqual(['charge.dispute.created']);
  });

  it('is listed by payment and by when it began', async () => {
    const { stripe, running, clock } = processor;
    const intent = await payIntent(stripe);
    clock.advance(3_600_000);
    const since = Math.floor(clock.now().getTime() / 1000);
    const id = await running.controls.happen('openDispute', { payment_intent: intent });
    const ids = async (params: { created?: { gte: number }; payment_intent?: string }) =>
      (await stripe.disputes.list(params)).data.map((dispute) => dispute.id);
    expect(await ids({ created: { gte: since } })).toEqual([id]);
    expect(await ids({ payment_intent: intent })).toEqual([id]);
    expect(await ids({ created: { gte: since + 60 } })).toEqual([]);
  });
});

describe('an inquiry', () => {
  it('takes nothing, and closed leaves it so', async () => {
    const { stripe, running } = processor;
    const id = await running.controls.happen('openDispute', {
      payment_intent: await payIntent(stripe),
      status: 'warning_needs_response',
    });
    expect((await stripe.disputes.retrieve(id)).is_charge_refundable).toBe(true);
    await running.controls.happen('changeDispute', { dispute: id, status: 'warning_under_review' });
    await running.controls.happen('changeDispute', { dispute: id, status: 'warning_closed' });
    await expect
      .poll(() => receiver.typesAbout(id), patience)
      .toEqual(['charge.dispute.created', 'charge.dispute.updated', 'charge.dispute.closed']);
  });

  it('becomes a dispute under the same id', async () => {
    const { stripe, running } = processor;
    const id = await running.controls.happen('openDispute', {
      payment_intent: await payIntent(stripe),
      status: 'warning_needs_response',
    });
    await running.controls.happen('changeDispute', { dispute: id, status: 'needs_response' });
    expect(await stripe.disputes.retrieve(id)).toMatchObject({
      status: 'needs_response',
      is_charge_refundable: false,
    });
    await expect
      .poll(() => receiver.typesAbout(id), patience)
      .toEqual(['charge.dispute.created', 'charge.dispute.updated', 'charge.dispute.funds_withdrawn']);
  });
});

describe('an early fraud warning', () => {
  it('says which charge, and whether acting on it can still help', async () => {
    const { stripe, running } = processor;
    const intent = await payIntent(stripe);
    const id = await running.controls.happen('warnOfFraud', { payment_intent: intent });
    expect(await stripe.radar.earlyFraudWarnings.retrieve(id)).toMatchObject({
      actionable: true,
      payment_intent: intent,
      fraud_type: 'unauthorized_use_of_card',
    });
    expect((await stripe.radar.earlyFraudWarnings.list({ payment_intent: intent })).data).toHaveLength(1);
    await expect.poll(() => receiver.typesAbout(id), patience).toEqual(['radar.early_fraud_warning.created']);
  });
});
