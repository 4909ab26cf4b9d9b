import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayUnknownError } from '../../../src/billing/gateway.ts';
import {
  advanceOrder,
  type BillingDeps,
  followDispute,
  followRefund,
  type InvoiceGateway,
  mirrorInvoice,
  resolveInvoice,
  setInvoiceEmail,
  sweepInvoices,
  sweepRefunds,
} from '../../../src/billing/index.ts';
import { readExposure } from '../../../src/billing/orders/limits.ts';
import { DAY_MS, HOUR_MS } from '../../../src/durations.ts';
import type { Happen } from '../../../src/stand-ins/local-processor/happenings.ts';
import { type BillingRoom, startBillingRoom } from '../../support/billing-room.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { noticesOf, refillIn, standing } from '../../support/money-back.ts';
import { storeOrder } from '../../support/order-row.ts';

let room: BillingRoom;
let stripe: Stripe;

beforeAll(async () => {
  room = await startBillingRoom('2027-11-20T18:00:00Z', { mirrorsInvoices: true });
  const { hostname: host, port } = new URL(room.processor.url);
  stripe = new Stripe(room.secretKey, { host, port, protocol: 'http', maxNetworkRetries: 0 });
});
afterAll(() => room?.close());
beforeEach(() => room.processor.controls.setBehaviour('approve'));

interface Closed {
  company: TestCompany;
  invoiceId: bigint;
  number: string;
  token: string;
}

/** A company with an invoice of two lines, $130.05, that has just closed. */
async function closed({ email = true, deps = room.deps } = {}): Promise<Closed> {
  const { clock } = room;
  const company = await testCompany(deps.db, { billingMethod: 'invoice' });
  const { companyId } = company;
  if (email) await setInvoiceEmail(deps.db, { companyId, email: 'billing@acme.example', at: clock.now() });
  for (const amountMicros of [120_050_000n, 10_000_000n]) {
    const at = clock.now();
    const order = {
      companyId,
      amountMicros,
      kind: 'recharge',
      state: 'confirmed',
      method: 'invoice' as const,
    };
    const times = { createdAt: at, confirmedAt: at, nextPollAt: at };
    const { id: orderId } = await storeOrder(deps.db, {
      ...order,
      ...times,
      token: randomUUID(),
      userId: 'auto-recharge',
    });
    await advanceOrder(deps, { companyId, orderId });
  }
  // As if they had been bought a month ago: all companies of this file have one clock.
  const at = new Date(clock.now().getTime() - 32 * DAY_MS);
  await deps.db.invoiceItem.updateMany({ where: { companyId }, data: { at } });
  await sweepInvoices(deps);
  const { id, year, number, token } = await deps.db.invoice.findFirstOrThrow({ where: { companyId } });
  return { company, invoiceId: id, number: `INV-${year}-${String(number).padStart(4, '0')}`, token };
}

const look = ({ company, invoiceId }: Closed, deps: BillingDeps = room.deps): Promise<void> =>
  mirrorInvoice(deps, { companyId: company.companyId, invoiceId });

const mirrorOf = ({ company, invoiceId }: Closed) =>
  room.deps.db.invoiceMirror.findUniqueOrThrow({
    where: { companyId_invoiceId: { companyId: company.companyId, invoiceId } },
  });

const stateOf = async ({ company, invoiceId }: Closed) =>
  (
    await room.deps.db.invoice.findUniqueOrThrow({
      where: { companyId_id: { companyId: company.companyId, id: invoiceId } },
    })
  ).state;

/** All that the processor has for a company. */
async function atProcessor({ company }: Closed) {
  const { customerId: customer } = await room.deps.db.processorCustomer.findUniqueOrThrow({
    where: { companyId: company.companyId },
  });
  const [invoices, items] = await Promise.all([
    stripe.invoices.list({ customer }),
    stripe.invoiceItems.list({ customer }),
  ]);
  return { invoices: invoices.data, items: items.data };
}

const notice = async ({ company }: Closed) =>
  (
    await room.deps.db.notice.findFirstOrThrow({
      where: { companyId: company.companyId, kind: 'invoice' },
    })
  ).facts;

/** The processor, whose `at`th call that changes something is cut off before or after it took effect. */
function cutOff(gateway: InvoiceGateway, at: number, when: 'before' | 'after'): InvoiceGateway {
  let calls = 0;
  const cut =
    <A extends unknown[], R>(call: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      calls += 1;
      if (calls !== at) return await call(...given);
      if (when === 'after') await call(...given);
      throw new GatewayUnknownError('cut off');
    };
  return {
    ...gateway,
    createInvoice: cut(gateway.createInvoice),
    addItem: cut(gateway.addItem),
    finalizeInvoice: cut(gateway.finalizeInvoice),
  };
}

describe('an invoice that is mirrored', () => {
  it('is there with each line, to the cent, our number and its due day, and can be paid from its notice', async () => {
    const invoice = await closed();
    await look(invoice);
    const { invoices, items } = await atProcessor(invoice);
    expect(invoices).toMatchObject([
      {
        status: 'open',
        number: invoice.number,
        total: 13_005,
        collection_method: 'send_invoice',
        customer_email: 'billing@acme.example',
      },
    ]);
    expect(items.map(({ amount, description }) => [amount, description])).toEqual([
      [1_000, 'Auto-recharge · R-000002'],
      [12_005, 'Auto-recharge · R-000001'],
    ]);
    expect(await notice(invoice)).toMatchObject({
      state: 'open',
      payUrl: invoices[0]?.hosted_invoice_url,
    });
  });

  it.each(['before', 'after'] as const)(
    'is made once when any change is cut off %s it took effect, and keys are forgotten meanwhile',
    async (when) => {
      const { invoicing } = room.deps;
      if (invoicing === undefined) throw new Error('it is mirrored');
      // The invoice, its two items, its end.
      const cuts = await Promise.all(
        [1, 2, 3, 4].map(async (at) => ({ invoice: await closed(), gateway: cutOff(invoicing, at, when) })),
      );
      await Promise.all(
        cuts.map(({ invoice, gateway }) => look(invoice, { ...room.deps, invoicing: gateway })),
      );
      room.clock.advance(25 * HOUR_MS);
      await Promise.all(
        cuts.map(async ({ invoice }) => {
          expect(await mirrorOf(invoice)).toMatchObject({ attempts: 1 });
          await look(invoice);
          await look(invoice);
          const { invoices, items } = await atProcessor(invoice);
          expect(invoices.map(({ status, total }) => [status, total])).toEqual([['open', 13_005]]);
          expect(items).toHaveLength(2);
          const processorId = invoices[0]?.id;
          expect(await mirrorOf(invoice)).toMatchObject({ state: 'open', attempts: 0, processorId });
        }),
      );
    },
  );

  it('is made once by two workers at once', async () => {
    const invoice = await closed();
    await Promise.all([look(invoice), look(invoice), look(invoice)]);
    await look(invoice);
    const { invoices, items } = await atProcessor(invoice);
    expect([invoices.length, items.length]).toEqual([1, 2]);
  });

  it('and paid there is paid here, found by asking, and owed no more', async () => {
    const invoice = await closed();
    await look(invoice);
    const owed = async () => (await readExposure(room.deps.db, invoice.company.companyId)).toFixed(2);
    expect(await owed()).toBe('130.05');
    const { payUrl } = await mirrorOf(invoice);
    room.processor.controls.setBehaviour('decline');
    await fetch(payUrl ?? '', { method: 'POST' });
    await look(invoice);
    expect(await notice(invoice)).toMatchObject({ state: 'open', hasFailed: true });
    room.processor.controls.setBehaviour('approve');
    await Promise.all([1, 2].map(() => fetch(payUrl ?? '', { method: 'POST' })));
    await Promise.all([look(invoice), look(invoice)]);
    expect(await notice(invoice)).toMatchObject({ state: 'paid', payUrl: null, hasFailed: false });
    expect(await owed()).toBe('0.00');
    expect(await mirrorOf(invoice)).toMatchObject({ state: 'paid', nextPollAt: null });
    const audits = await room.deps.db.audit.findMany({
      where: { companyId: invoice.company.companyId, action: 'invoice-paid' },
    });
    expect(audits).toMatchObject([{ actor: 'processor', surface: 'processor' }]);
  });

  it.each([
    ['paid', 'paid'],
    ['void', 'void'],
  ] as const)(
    'and marked %s by the operator is so at the processor, without a charge',
    async (state, there) => {
      const invoice = await closed();
      // Also where the mirror was not made yet.
      if (state === 'paid') await look(invoice);
      await resolveInvoice(room.deps.db, { number: invoice.number, state, at: room.clock.now() });
      await look(invoice);
      await look(invoice);
      const { invoices } = await atProcessor(invoice);
      expect(invoices).toMatchObject([{ status: there, amount_paid: 0 }]);
      expect(await stateOf(invoice)).toBe(state);
      expect(await mirrorOf(invoice)).toMatchObject({ state: there, nextPollAt: null });
    },
  );

  it('and taken back there is void here; written off there it is still owed', async () => {
    const [voided, lost] = [await closed(), await closed()];
    await look(voided);
    await look(lost);
    await stripe.invoices.voidInvoice((await mirrorOf(voided)).processorId ?? '');
    await stripe.invoices.markUncollectible((await mirrorOf(lost)).processorId ?? '');
    await look(voided);
    await look(lost);
    expect([await stateOf(voided), await stateOf(lost)]).toEqual(['void', 'open']);
    await resolveInvoice(room.deps.db, { number: lost.number, state: 'paid', at: room.clock.now() });
    await look(lost);
    expect((await atProcessor(lost)).invoices).toMatchObject([{ status: 'paid' }]);
  });

  it('and refused for want of an address waits, and is made once there is one', async () => {
    const invoice = await closed({ email: false });
    await look(invoice);
    expect(await mirrorOf(invoice)).toMatchObject({ state: 'pending', refusals: 1 });
    expect((await atProcessor(invoice)).invoices).toEqual([]);
    const { companyId } = invoice.company;
    await setInvoiceEmail(room.deps.db, { companyId, email: 'a@acme.example', at: room.clock.now() });
    await look(invoice);
    expect((await atProcessor(invoice)).invoices).toMatchObject([{ status: 'open', total: 13_005 }]);
  });

  it('and changed at the processor while it is a draft is not finalized with another total', async () => {
    const invoice = await closed();
    const { invoicing } = room.deps;
    if (invoicing === undefined) throw new Error('it is mirrored');
    await look(invoice, { ...room.deps, invoicing: cutOff(invoicing, 4, 'before') });
    const { invoices } = await atProcessor(invoice);
    await stripe.invoiceItems.create({
      customer: String(invoices[0]?.customer),
      invoice: invoices[0]?.id ?? '',
      amount: 1,
      currency: 'usd',
    });
    await look(invoice);
    expect((await atProcessor(invoice)).invoices).toMatchObject([{ status: 'draft', total: 13_006 }]);
    expect((await mirrorOf(invoice)).lastError).toMatch(/130\.06 at the processor/);
  });
});

describe('a payment of an invoice that is given back', () => {
  const owed = async ({ company }: Closed) =>
    (await readExposure(room.deps.db, company.companyId)).toFixed(2);

  /** An invoice that was paid on its page, and the intent that paid it. */
  async function paid({ isKnown = true } = {}): Promise<{ invoice: Closed; intent: string }> {
    const invoice = await closed();
    await look(invoice);
    const { payUrl, processorId } = await mirrorOf(invoice);
    await fetch(payUrl ?? '', { method: 'POST' });
    if (isKnown) await look(invoice);
    const { data } = await stripe.invoicePayments.list({ invoice: processorId ?? '' });
    return { invoice, intent: String(data[0]?.payment.payment_intent) };
  }

  const askedOfOperator = async ({ company: { companyId } }: Closed) =>
    (await room.deps.db.operatorNotice.findMany({ where: { companyId, resolvedAt: null } })).map(
      ({ kind }) => kind,
    );

  const happen: Happen = (name, body) => room.processor.controls.happen(name, body);

  async function refund(intent: string, amount: number): Promise<string> {
    const id = await happen('refundInDashboard', { payment_intent: intent, amount });
    await followRefund(room.deps, id);
    return id;
  }

  it('reopens the invoice for the amount of a refund, takes no credit back, and is owed again in its limit', async () => {
    const { invoice, intent } = await paid();
    const has = await standing(room, invoice.company);
    const id = await refund(intent, 2_000);
    expect([await stateOf(invoice), await owed(invoice), await standing(room, invoice.company)]).toEqual([
      'open',
      '20.00',
      has,
    ]);
    expect(await notice(invoice)).toMatchObject({
      state: 'open',
      owedAgain: '20.00',
      total: '130.05',
      payUrl: null,
    });
    const { stdout } = await refillIn(room, 'invoice', 'list', '--company', `${invoice.company.companyId}`);
    expect(stdout).toContain('open: $20.00 owed again, a payment was given back');
    // At the processor it stays paid; that does not pay it again here.
    await room.deps.db.invoiceMirror.updateMany({
      where: { companyId: invoice.company.companyId },
      data: { state: 'open', nextPollAt: room.clock.now() },
    });
    await look(invoice);
    expect([await stateOf(invoice), await owed(invoice)]).toEqual(['open', '20.00']);
    await happen('changeRefund', { refund: id, status: 'failed' });
    await followRefund(room.deps, id);
    expect([await stateOf(invoice), await owed(invoice)]).toEqual(['paid', '0.00']);
    expect(await notice(invoice)).toMatchObject({ state: 'paid', owedAgain: null });
    expect(await room.deps.db.refund.count({ where: { companyId: invoice.company.companyId } })).toBe(0);
  });

  it('reopens it once a dispute is lost, never for more than was paid, and pauses no purchases', async () => {
    const { invoice, intent } = await paid();
    await refund(intent, 3_005);
    const dispute = await happen('openDispute', { payment_intent: intent });
    await followDispute(room.deps, dispute);
    await followDispute(room.deps, dispute);
    expect(await owed(invoice)).toBe('30.05');
    const said = async () => noticesOf(room, invoice.company, 'dispute');
    const disputed = { amount: '130.05', invoice: invoice.number, receipt: '' };
    expect(await said()).toMatchObject([{ ...disputed, state: 'open' }]);
    expect(await askedOfOperator(invoice)).toEqual(['payment-disputed']);
    await happen('changeDispute', { dispute, status: 'lost' });
    await followDispute(room.deps, dispute);
    expect([await stateOf(invoice), await owed(invoice)]).toEqual(['open', '130.05']);
    expect(await said()).toMatchObject([{ ...disputed, state: 'lost' }]);
    expect(await askedOfOperator(invoice)).toEqual([]);
    expect(await room.deps.db.dispute.count({ where: { companyId: invoice.company.companyId } })).toBe(0);
  });

  it.each([
    ['warning_needs_response', 'inquiry'],
    ['won', 'won'],
  ] as const)('whose dispute is %s owes nothing, and is told as %s', async (status, state) => {
    const { invoice, intent } = await paid();
    const isInquiry = status === 'warning_needs_response';
    const dispute = await happen('openDispute', { payment_intent: intent, ...(isInquiry ? { status } : {}) });
    if (!isInquiry) await happen('changeDispute', { dispute, status });
    await followDispute(room.deps, dispute);
    expect([await stateOf(invoice), await owed(invoice)]).toEqual(['paid', '0.00']);
    expect(await noticesOf(room, invoice.company, 'dispute')).toMatchObject([
      { state, invoice: invoice.number },
    ]);
    expect(await askedOfOperator(invoice)).toEqual(state === 'won' ? [] : ['payment-disputed']);
  });

  it('is overdue where its day has passed, and paid again is owed no more; a later refund is', async () => {
    const { invoice, intent } = await paid();
    await room.deps.db.invoice.updateMany({
      where: { companyId: invoice.company.companyId },
      data: { dueAt: room.clock.now() },
    });
    const first = await refund(intent, 2_000);
    expect([await stateOf(invoice), await owed(invoice)]).toEqual(['overdue', '20.00']);
    await resolveInvoice(room.deps.db, { number: invoice.number, state: 'paid', at: room.clock.now() });
    await followRefund(room.deps, first);
    expect([await stateOf(invoice), await owed(invoice)]).toEqual(['paid', '0.00']);
    await refund(intent, 500);
    expect([await stateOf(invoice), await owed(invoice)]).toEqual(['overdue', '5.00']);
  });

  it('is found by the sweep, also before we knew who paid the invoice, and counted once', async () => {
    const { invoice, intent } = await paid({ isKnown: false });
    await happen('refundInDashboard', { payment_intent: intent, amount: 700 });
    await look(invoice);
    expect([await stateOf(invoice), await owed(invoice)]).toEqual(['open', '7.00']);
    await happen('refundInDashboard', { payment_intent: intent, amount: 300 });
    room.clock.advance(HOUR_MS);
    await Promise.all([sweepRefunds(room.deps), sweepRefunds(room.deps)]);
    expect(await owed(invoice)).toBe('10.00');
    const audits = await room.deps.db.audit.findMany({
      where: { companyId: invoice.company.companyId, action: 'invoice-reopened' },
    });
    expect(audits.map(({ details }) => details)).toMatchObject([{ owed: '7.00' }, { owed: '10.00' }]);
  });

  it('does not reopen one that is void', async () => {
    const { invoice, intent } = await paid();
    await refund(intent, 2_000);
    await resolveInvoice(room.deps.db, { number: invoice.number, state: 'void', at: room.clock.now() });
    await refund(intent, 500);
    expect([await stateOf(invoice), await owed(invoice)]).toEqual(['void', '0.00']);
  });
});

it('nothing is mirrored where that is not configured', async () => {
  const { invoicing: _, ...deps } = room.deps;
  const { companyId } = (await closed({ deps })).company;
  expect(await deps.db.invoiceMirror.count({ where: { companyId } })).toBe(0);
});
