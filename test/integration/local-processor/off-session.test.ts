import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCustomer, createIntent, errorOf, startProcessor, type TestProcessor } from './start-processor.ts';

let processor: TestProcessor;
beforeAll(async () => {
  processor = await startProcessor();
});
afterAll(async () => processor.close());
beforeEach(() => {
  processor.running.controls.setBehaviour('approve');
  processor.running.controls.refuse(null);
});

describe('a charge with nobody there', () => {
  it('is paid without a question on a card that works', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    const paid = await stripe.paymentIntents.confirm(intent.id, { off_session: 'recurring' });
    expect(paid.status).toBe('succeeded');
  });

  it('whose bank wants to ask is declined, waits for another card, and has no page to open', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe, 'pm_card_authenticationRequired');
    const intent = await createIntent(stripe, payer);
    const error = await errorOf(
      stripe.paymentIntents.confirm(intent.id, { off_session: true, return_url: 'https://back.example' }),
    );
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
      decline_code: 'authentication_required',
      payment_intent: { id: intent.id, status: 'requires_payment_method', next_action: null },
    });
    const known = await stripe.paymentIntents.retrieve(intent.id);
    expect(known.last_payment_error).toMatchObject({
      code: 'authentication_required',
      payment_method: { id: payer.card },
    });
    const asked = await stripe.paymentIntents.confirm((await createIntent(stripe, payer)).id, {
      return_url: 'https://back.example',
    });
    expect(asked.next_action?.redirect_to_url?.url).toContain(`/authenticate/${asked.id}`);
  });

  it('knows no other word for it than the API does', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    const error = await errorOf(stripe.paymentIntents.confirm(intent.id, { off_session: 'sometimes' }));
    expect(error).toMatchObject({ statusCode: 400, param: 'off_session' });
  });
});

describe('a card whose bank changes its mind', () => {
  it('is declined with the code and the advice given, on the intent and on the charge', async () => {
    const { stripe, running } = processor;
    const payer = await addCustomer(stripe);
    await running.controls.setBank(payer.card, { decline: 'do_not_honor', advice: 'do_not_try_again' });
    const intent = await createIntent(stripe, payer);
    const error = await errorOf(stripe.paymentIntents.confirm(intent.id, { off_session: true }));
    expect(error).toMatchObject({
      code: 'card_declined',
      decline_code: 'do_not_honor',
      advice_code: 'do_not_try_again',
    });
    const known = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(known).toMatchObject({
      last_payment_error: { advice_code: 'do_not_try_again' },
      latest_charge: { outcome: { advice_code: 'do_not_try_again' } },
    });
    await running.controls.setBank(payer.card, { approves: true });
    const again = await createIntent(stripe, payer);
    expect((await stripe.paymentIntents.confirm(again.id)).status).toBe('succeeded');
  });
});

describe('a refusal that is not the bank’s', () => {
  it.each([
    ['revoked-key', 401, 'StripeAuthenticationError'],
    ['restricted-key', 403, 'StripePermissionError'],
    ['wrong-account', 403, 'StripePermissionError'],
    ['unknown-address', 404, 'StripeInvalidRequestError'],
    ['bad-parameter', 400, 'StripeInvalidRequestError'],
    ['key-misused', 400, 'StripeIdempotencyError'],
  ] as const)('%s is sorted by the SDK as %d %s', async (refusal, statusCode, type) => {
    const { stripe, running } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    running.controls.refuse({ refusal, path: '/v1/payment_intents' });
    expect(await errorOf(stripe.paymentIntents.confirm(intent.id))).toMatchObject({ statusCode, type });
    expect((await stripe.customers.list()).object).toBe('list');
  });

  it('meets requests for a customer that was deleted, whose cards are gone with it', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    await stripe.customers.del(payer.customer);
    expect(await errorOf(createIntent(stripe, payer))).toMatchObject({
      code: 'resource_missing',
      param: 'customer',
    });
    const other = await addCustomer(stripe);
    const error = await errorOf(createIntent(stripe, { ...other, card: payer.card }));
    expect(error.message).toContain('may not be used again');
  });
});
