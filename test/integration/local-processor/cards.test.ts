import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCustomer, createIntent, errorOf, startProcessor, type TestProcessor } from './start-processor.ts';

let processor: TestProcessor;
beforeAll(async () => {
  processor = await startProcessor();
});
afterAll(async () => processor.close());

describe('a customer with cards', () => {
  it('can be made through the API with a Visa ending in 4242 as its default', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const customer = await stripe.customers.update(payer.customer, {
      invoice_settings: { default_payment_method: payer.card },
      expand: ['invoice_settings.default_payment_method'],
    });
    expect(customer.invoice_settings.default_payment_method).toMatchObject({
      id: payer.card,
      customer: payer.customer,
      card: { brand: 'visa', last4: '4242' },
    });
  });

  it('keeps its name and metadata; an empty value removes a key', async () => {
    const { stripe } = processor;
    const created = await stripe.customers.create({
      name: 'Harbor',
      email: 'ap@harbor.test',
      metadata: { company: '7', old: 'x' },
    });
    await stripe.customers.update(created.id, { name: 'Harbor & Pine', metadata: { old: '', office: '2' } });
    expect(await stripe.customers.retrieve(created.id)).toMatchObject({
      name: 'Harbor & Pine',
      email: 'ap@harbor.test',
      metadata: { company: '7', office: '2' },
    });
    expect((await stripe.customers.list({ email: 'ap@harbor.test' })).data.map((found) => found.id)).toEqual([
      created.id,
    ]);
  });

  it('lists only its own cards, and none that was detached', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const second = await stripe.paymentMethods.attach('pm_card_mastercard', { customer: payer.customer });
    await addCustomer(stripe);
    const listed = async () =>
      (await stripe.paymentMethods.list({ customer: payer.customer, type: 'card' })).data.map(
        (card) => card.id,
      );
    expect(await listed()).toEqual([second.id, payer.card]);
    await stripe.customers.update(payer.customer, {
      invoice_settings: { default_payment_method: payer.card },
    });
    await stripe.paymentMethods.detach(payer.card);
    expect(await listed()).toEqual([second.id]);
    expect((await stripe.customers.listPaymentMethods(payer.customer)).data).toHaveLength(1);
    expect(await stripe.customers.retrieve(payer.customer)).toMatchObject({
      invoice_settings: { default_payment_method: null },
    });
    expect((await stripe.paymentMethods.retrieve(payer.card)).customer).toBeNull();
  });

  it('gives the same fingerprint to the same number', async () => {
    const { stripe } = processor;
    const [a, b] = [await addCustomer(stripe), await addCustomer(stripe)];
    const [one, two] = [
      await stripe.paymentMethods.retrieve(a.card),
      await stripe.paymentMethods.retrieve(b.card),
    ];
    expect(one.card?.fingerprint).toBe(two.card?.fingerprint);
  });

  it("cannot make another's card its default, nor attach one that is taken", async () => {
    const { stripe } = processor;
    const [ours, theirs] = [await addCustomer(stripe), await addCustomer(stripe)];
    const asDefault = stripe.customers.update(ours.customer, {
      invoice_settings: { default_payment_method: theirs.card },
    });
    expect((await errorOf(asDefault)).message).toContain('must be attached to the customer');
    const taken = stripe.paymentMethods.attach(theirs.card, { customer: ours.customer });
    expect((await errorOf(taken)).message).toContain('already been attached');
  });

  it.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
  ])('is refused %s at once', async (token, code, declineCode) => {
    const error = await errorOf(addCustomer(processor.stripe, token));
    expect(error).toMatchObject({ statusCode: 402, code, decline_code: declineCode });
  });

  it('may save a card that is declined only when it is charged', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe, 'pm_card_chargeCustomerFail'));
    expect(await errorOf(stripe.paymentIntents.confirm(intent.id))).toMatchObject({ code: 'card_declined' });
  });
});

describe('refunds', () => {
  it('go back in parts, up to what was charged', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    expect((await errorOf(stripe.refunds.create({ payment_intent: intent.id }))).message).toContain(
      'successful charge',
    );
    const paid = await stripe.paymentIntents.confirm(intent.id);
    const charge = String(paid.latest_charge);
    expect(await stripe.refunds.create({ charge, amount: 2000 })).toMatchObject({
      amount: 2000,
      status: 'succeeded',
      payment_intent: intent.id,
    });
    expect((await errorOf(stripe.refunds.create({ charge, amount: 3001 }))).message).toContain(
      '($30.01) is greater than unrefunded amount on charge ($30.00)',
    );
    const rest = await stripe.refunds.create({ payment_intent: intent.id, expand: ['charge'] });
    expect(rest).toMatchObject({ amount: 3000, charge: { refunded: true, amount_refunded: 5000 } });
    expect((await errorOf(stripe.refunds.create({ charge }))).code).toBe('charge_already_refunded');
    expect(await stripe.refunds.retrieve(rest.id)).toMatchObject({ amount: 3000 });
    expect((await stripe.refunds.list({ charge })).data).toHaveLength(2);
  });

  it('of one charge at the same time never exceed it', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    const paid = await stripe.paymentIntents.confirm(intent.id);
    const charge = String(paid.latest_charge);
    await Promise.allSettled(
      Array.from({ length: 5 }, () => stripe.refunds.create({ charge, amount: 2000 })),
    );
    expect((await stripe.charges.retrieve(charge)).amount_refunded).toBe(4000);
  });
});

describe('lists', () => {
  it('are newest first, in pages that say whether there are more', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift((await createIntent(stripe, payer)).id);
    const first = await stripe.paymentIntents.list({ customer: payer.customer, limit: 2 });
    expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/payment_intents' });
    const all: string[] = [];
    for await (const intent of stripe.paymentIntents.list({ customer: payer.customer, limit: 2 }))
      all.push(intent.id);
    expect(all).toEqual(ids);
    const before = await stripe.paymentIntents.list({
      customer: payer.customer,
      limit: 2,
      ending_before: ids[3] ?? '',
    });
    expect(before.data.map((intent) => intent.id)).toEqual(ids.slice(1, 3));
    expect(
      (await stripe.paymentIntents.list({ customer: payer.customer, starting_after: ids[4] ?? '' })).has_more,
    ).toBe(false);
  });
});
