import pg from 'pg';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addCustomer,
  connectSdk,
  createIntent,
  errorOf,
  SECRET_KEY,
  startProcessor,
  type TestProcessor,
} from './start-processor.ts';

let processor: TestProcessor;
beforeAll(async () => {
  processor = await startProcessor();
});
afterAll(async () => processor.close());
beforeEach(() => processor.running.controls.setBehaviour('approve'));

/** Whether an answer says that it was given before. */
const replayed = (object: object) =>
  (object as Stripe.Response<object>).lastResponse.headers['idempotent-replayed'];

describe('an idempotency key', () => {
  it('replays the saved answer for the same parameters and says so', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const first = await createIntent(stripe, payer, { idempotencyKey: 'same' });
    const second = await createIntent(stripe, payer, { idempotencyKey: 'same' });
    expect(replayed(first)).toBeUndefined();
    expect(replayed(second)).toBe('true');
    expect({ ...second }).toEqual({ ...first });
    expect((await stripe.paymentIntents.list({ customer: payer.customer })).data).toHaveLength(1);
  });

  it('replays the answer of then, not the state of now', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const intent = await createIntent(stripe, payer, { idempotencyKey: 'then' });
    await stripe.paymentIntents.confirm(intent.id);
    expect((await createIntent(stripe, payer, { idempotencyKey: 'then' })).status).toBe(
      'requires_confirmation',
    );
  });

  it('conflicts with other parameters, and with another endpoint', async () => {
    const { stripe } = processor;
    await stripe.customers.create({ name: 'One' }, { idempotencyKey: 'taken' });
    const other = await errorOf(stripe.customers.create({ name: 'Two' }, { idempotencyKey: 'taken' }));
    expect(other).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
    expect(other.message).toContain('same parameters');
    const elsewhere = await errorOf(
      stripe.paymentIntents.create({ amount: 5000, currency: 'usd' }, { idempotencyKey: 'taken' }),
    );
    expect(elsewhere.message).toContain('same endpoint');
  });

  it('replays a saved decline, even after the card has recovered', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    processor.running.controls.setBehaviour('decline');
    const first = await errorOf(stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: 'declined' }));
    processor.running.controls.setBehaviour('approve');
    const second = await errorOf(
      stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: 'declined' }),
    );
    expect(second).toMatchObject({
      statusCode: 402,
      decline_code: 'insufficient_funds',
      charge: first.charge,
    });
    expect(second.headers?.['idempotent-replayed']).toBe('true');
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });

  it('replays a saved 500, whose effect was undone', async () => {
    const { stripe, running } = processor;
    const payer = await addCustomer(stripe);
    running.controls.failNext('api-error');
    const first = await errorOf(createIntent(stripe, payer, { idempotencyKey: 'broken' }));
    expect(first).toMatchObject({ type: 'StripeAPIError', statusCode: 500 });
    expect((await errorOf(createIntent(stripe, payer, { idempotencyKey: 'broken' }))).statusCode).toBe(500);
    expect((await stripe.paymentIntents.list({ customer: payer.customer })).data).toEqual([]);
    expect((await createIntent(stripe, payer, { idempotencyKey: 'broken-2' })).status).toBe(
      'requires_confirmation',
    );
  });

  it('is not used up by a request that was refused before it began', async () => {
    const { stripe } = processor;
    const create = (amount: number) =>
      stripe.paymentIntents.create({ amount, currency: 'usd' }, { idempotencyKey: 'refused-first' });
    expect((await errorOf(create(1))).code).toBe('amount_too_small');
    expect((await create(100)).amount).toBe(100);
  });

  it('answers 409 while its first request is still being executed, then replays', async () => {
    const { stripe, databaseUrl } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe));
    const blocker = new pg.Client({ connectionString: databaseUrl });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM card_processor.resource WHERE id = $1 FOR UPDATE', [intent.id]);
    const confirm = () => stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: 'in-flight' });
    const first = confirm();
    await expect.poll(async () => waitingFor(blocker), { interval: 10 }).toBe(1);
    const second = await errorOf(confirm());
    expect(second).toMatchObject({
      statusCode: 409,
      rawType: 'idempotency_error',
      code: 'idempotency_key_in_use',
    });
    await blocker.query('COMMIT');
    await blocker.end();
    expect((await first).status).toBe('succeeded');
    expect(replayed(await confirm())).toBe('true');
  });

  it('has one effect under a burst of equal requests', async () => {
    const { stripe } = processor;
    const payer = await addCustomer(stripe);
    const burst = await Promise.allSettled(
      Array.from({ length: 12 }, () => createIntent(stripe, payer, { idempotencyKey: 'burst' })),
    );
    const ids = burst.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.id] : []));
    const refused = burst.flatMap((outcome) =>
      outcome.status === 'rejected' && outcome.reason instanceof Stripe.errors.StripeError
        ? [outcome.reason.statusCode]
        : [],
    );
    expect(new Set(ids).size).toBe(1);
    expect(ids.length + refused.length).toBe(12);
    expect(new Set([...refused, 409])).toEqual(new Set([409]));
    expect((await stripe.paymentIntents.list({ customer: payer.customer })).data).toHaveLength(1);
  });

  it('survives a restart of the processor', async () => {
    const payer = await addCustomer(processor.stripe);
    const first = await createIntent(processor.stripe, payer, { idempotencyKey: 'restart' });
    await processor.restart();
    const second = await createIntent(processor.stripe, payer, { idempotencyKey: 'restart' });
    expect(second.id).toBe(first.id);
    expect(replayed(second)).toBe('true');
  });

  it('belongs to the API key that used it', async () => {
    const first = await processor.stripe.customers.create({ name: 'Ours' }, { idempotencyKey: 'scoped' });
    await processor.restart({ secretKey: 'sk_test_other' });
    const other = await connectSdk(processor.running.url, 'sk_test_other').customers.create(
      { name: 'Theirs' },
      { idempotencyKey: 'scoped' },
    );
    expect(other.id).not.toBe(first.id);
    await processor.restart({ secretKey: SECRET_KEY });
  });

  it('is forgotten after a day of the one clock', async () => {
    const { stripe, clock } = processor;
    const create = () => stripe.customers.create({ name: 'Daily' }, { idempotencyKey: 'daily' });
    const first = await create();
    clock.advance(24 * 3_600_000 - 60_000);
    expect((await create()).id).toBe(first.id);
    clock.advance(61_000);
    expect((await create()).id).not.toBe(first.id);
  });
});

async function waitingFor(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ waiting: number }>(
    "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows[0]?.waiting ?? 0;
}
