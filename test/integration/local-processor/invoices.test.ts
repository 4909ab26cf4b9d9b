import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/durations.ts';
import { receiveWebhooks, WEBHOOK_SECRET, type WebhookReceiver } from './receive-webhooks.ts';
import { errorOf, startProcessor, type TestProcessor } from './start-processor.ts';

let processor: TestProcessor;
let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await receiveWebhooks();
  processor = await startProcessor({ webhook: { url: receiver.url, secret: WEBHOOK_SECRET } });
});
afterAll(async () => {
  await processor?.close();
  await receiver?.close();
});
beforeEach(() => processor.running.controls.setBehaviour('approve'));

const patience = { timeout: 60_000, interval: 20 };

async function draft(number?: string): Promise<Stripe.Invoice> {
  const { stripe } = processor;
  const customer = await stripe.customers.create({ name: 'Harbor & Pine', email: 'pay@harbor.example' });
  return await stripe.invoices.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    days_until_due: 30,
    pending_invoice_items_behavior: 'exclude',
    metadata: { reference: 'ours' },
    ...(number === undefined ? {} : { number }),
  });
}

/** An invoice of $20.07 that is asked to be paid. */
async function open(): Promise<Stripe.Invoice> {
  const { stripe } = processor;
  const { id, customer } = await draft();
  for (const amount of [2_000, 7])
    await stripe.invoiceItems.create({ customer: String(customer), invoice: id, amount, currency: 'usd' });
  return await stripe.invoices.finalizeInvoice(id);
}

const pay = ({ hosted_invoice_url: url }: Stripe.Invoice) =>
  fetch(url ?? '', { method: 'POST' }).then((answer) => answer.text());

describe('an invoice of the stand-in', () => {
  it('is drafted, filled, finalized and paid on its page, once, and each step is told', async () => {
    const invoice = await open();
    expect(invoice).toMatchObject({ status: 'open', total: 2_007, amount_due: 2_007, attempt_count: 0 });
    expect(await pay(invoice)).toMatch(/Paid\. Thank you/);
    expect(await pay(invoice)).not.toMatch(/<button/);
    expect(await processor.stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      amount_paid: 2_007,
      amount_remaining: 0,
    });
    await expect
      .poll(() => receiver.typesAbout(invoice.id), patience)
      .toEqual(['invoice.created', 'invoice.finalized', 'invoice.paid', 'invoice.payment_succeeded']);
  });

  it('is paid by an intent and a charge of its customer, which can be refunded and leaves it paid', async () => {
    const { stripe } = processor;
    const invoice = await open();
    const payments = () => stripe.invoicePayments.list({ invoice: invoice.id });
    expect((await payments()).data).toMatchObject([
      { status: 'open', is_default: true, amount_paid: null, amount_requested: 2_007 },
    ]);
    await pay(invoice);
    const [payment] = (await payments()).data;
    expect(payment).toMatchObject({ status: 'paid', amount_paid: 2_007, invoice: invoice.id });
    const intent = await stripe.paymentIntents.retrieve(String(payment?.payment.payment_intent));
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: 2_007,
      customer: invoice.customer,
      metadata: {},
    });
    expect(await stripe.refunds.create({ payment_intent: intent.id, amount: 7 })).toMatchObject({
      amount: 7,
    });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 2_007 });
  });

  it('that is paid elsewhere or taken back can be charged no more', async () => {
    const { stripe } = processor;
    const [elsewhere, voided] = [await open(), await open()];
    await stripe.invoices.pay(elsewhere.id, { paid_out_of_band: true });
    await stripe.invoices.voidInvoice(voided.id);
    for (const { id } of [elsewhere, voided]) {
      const [payment] = (await stripe.invoicePayments.list({ invoice: id })).data;
      const intent = await stripe.paymentIntents.retrieve(String(payment?.payment.payment_intent));
      expect([payment?.status, intent.status]).toEqual(['canceled', 'canceled']);
    }
  });

  it('stays open when its payment fails, and is overdue once', async () => {
    const invoice = await open();
    processor.running.controls.setBehaviour('decline');
    expect(await pay(invoice)).toMatch(/did not go through\. Nothing was charged/);
    processor.clock.advance(31 * DAY_MS);
    await expect
      .poll(() => receiver.typesAbout(invoice.id).slice(2), patience)
      .toEqual(['invoice.payment_failed', 'invoice.overdue']);
    expect(await processor.stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'open',
      attempt_count: 1,
    });
  });

  it('is paid out of band, taken back or written off, and only while it is owed', async () => {
    const { invoices } = processor.stripe;
    const [first, second, third] = [await open(), await open(), await open()];
    expect(await invoices.pay(first.id, { paid_out_of_band: true })).toMatchObject({
      status: 'paid',
      amount_paid: 0,
    });
    expect(await errorOf(invoices.voidInvoice(first.id))).toMatchObject({ statusCode: 400 });
    expect(await invoices.voidInvoice(second.id)).toMatchObject({ status: 'void' });
    expect(await errorOf(invoices.pay(second.id, { paid_out_of_band: true }))).toMatchObject({
      statusCode: 400,
    });
    await invoices.markUncollectible(third.id);
    expect(await pay(third)).toMatch(/Paid\. Thank you/);
  });

  it('is refused without an address to send it to, with a number that is taken, and no more items once it is out', async () => {
    const { stripe } = processor;
    const stranger = await stripe.customers.create({ name: 'Nobody' });
    const params = {
      customer: stranger.id,
      collection_method: 'send_invoice',
      days_until_due: 30,
      pending_invoice_items_behavior: 'exclude',
    } as const;
    expect((await errorOf(stripe.invoices.create(params))).message).toMatch(/Missing email/);
    await draft('INV-1');
    expect((await errorOf(draft('INV-1'))).message).toMatch(/already in use/);
    const { id, customer } = await open();
    const late = { customer: String(customer), invoice: id, amount: 1, currency: 'usd' };
    expect(await errorOf(stripe.invoiceItems.create(late))).toMatchObject({ code: 'invoice_not_editable' });
  });
});
