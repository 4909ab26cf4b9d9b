import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiveWebhooks, WEBHOOK_SECRET, type WebhookReceiver } from './receive-webhooks.ts';
import {
  addCustomer,
  createIntent,
  payIntent,
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
beforeEach(() => {
  receiver.answerWith(200);
  processor.running.controls.setBehaviour('approve');
  processor.running.controls.setWebhooks({ paused: false, duplicates: 0, order: 'oldest-first' });
});

const patience = { timeout: 60_000, interval: 20 };

const pay = (): Promise<string> => payIntent(processor.stripe);

describe('webhooks', () => {
  it('tell a payment and its refund, signed as the real SDK expects', async () => {
    const id = await pay();
    await expect
      .poll(() => receiver.typesAbout(id), patience)
      .toEqual(['payment_intent.created', 'payment_intent.succeeded']);
    const refund = await processor.stripe.refunds.create({ payment_intent: id });
    await expect
      .poll(() => receiver.typesAbout(String(refund.charge)), patience)
      .toEqual(['charge.succeeded', 'charge.refunded']);
    expect(receiver.typesAbout(refund.id)).toEqual(['refund.created']);
  });

  it('tell a decline and a question of the bank', async () => {
    const { stripe, running } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    running.controls.setBehaviour('decline');
    await stripe.paymentIntents.confirm(intent.id).catch(() => undefined);
    await expect
      .poll(() => receiver.typesAbout(intent.id), patience)
      .toContain('payment_intent.payment_failed');
    running.controls.setBehaviour('needs-action');
    const question = await createIntent(stripe, await addCustomer(stripe));
    await stripe.paymentIntents.confirm(question.id);
    await expect
      .poll(() => receiver.typesAbout(question.id), patience)
      .toContain('payment_intent.requires_action');
  });

  it('are told of a charge whose answer was lost', async () => {
    const { stripe, running } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    running.controls.setBehaviour('timeout-after-charge');
    await stripe.paymentIntents.confirm(intent.id).catch(() => undefined);
    await expect.poll(() => receiver.typesAbout(intent.id), patience).toContain('payment_intent.succeeded');
  });

  it('carry the state of then, and are listed as events with their requests', async () => {
    const id = await pay();
    const { data } = await processor.stripe.events.list({ type: 'payment_intent.created', limit: 1 });
    expect(data[0]).toMatchObject({
      api_version: '2026-10-28.endive',
      data: { object: { id, status: 'requires_confirmation' } },
    });
    expect(data[0]?.request?.id).toMatch(/^req_/);
    const event = await processor.stripe.events.retrieve(data[0]?.id ?? '');
    expect(event.type).toBe('payment_intent.created');
  });

  it('are tried again until they are taken', async () => {
    receiver.answerWith(500);
    const id = await pay();
    await expect.poll(() => receiver.typesAbout(id).length, patience).toBeGreaterThanOrEqual(3);
    receiver.answerWith(200);
    const isDelivered = async () => {
      const { data } = await processor.stripe.events.list({ type: 'payment_intent.succeeded', limit: 1 });
      return data[0]?.pending_webhooks;
    };
    await expect.poll(isDelivered, patience).toBe(0);
  });

  it('arrive twice when asked to', async () => {
    processor.running.controls.setWebhooks({ duplicates: 1 });
    const id = await pay();
    await expect
      .poll(() => receiver.typesAbout(id), patience)
      .toEqual([
        'payment_intent.created',
        'payment_intent.created',
        'payment_intent.succeeded',
        'payment_intent.succeeded',
      ]);
  });

  it('arrive the wrong way round when asked to', async () => {
    processor.running.controls.setWebhooks({ paused: true, order: 'newest-first' });
    const id = await pay();
    processor.running.controls.setWebhooks({ paused: false });
    await expect
      .poll(() => receiver.typesAbout(id), patience)
      .toEqual(['payment_intent.succeeded', 'payment_intent.created']);
  });

  it('wait while they are held, and over a restart', async () => {
    processor.running.controls.setWebhooks({ paused: true });
    const id = await pay();
    expect(receiver.typesAbout(id)).toEqual([]);
    await processor.restart();
    await expect
      .poll(() => receiver.typesAbout(id), patience)
      .toEqual(['payment_intent.created', 'payment_intent.succeeded']);
  });
});
