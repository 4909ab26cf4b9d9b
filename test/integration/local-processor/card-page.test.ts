import pg from 'pg';
import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCustomer, createIntent, errorOf, startProcessor, type TestProcessor } from './start-processor.ts';

let processor: TestProcessor;
beforeAll(async () => {
  processor = await startProcessor();
});
afterAll(async () => processor.close());
beforeEach(() => processor.running.controls.setBehaviour('approve'));

const VISA = { number: '4242 4242 4242 4242', expiry: '12 / 34', cvc: '123' };

async function openSession(
  change: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Promise<Stripe.Checkout.Session> {
  const customer = await processor.stripe.customers.create({ name: 'Harbor <b>& Pine</b>' });
  return processor.stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    customer: customer.id,
    success_url: 'http://127.0.0.1:1/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:1/cancelled',
    metadata: { link: '7' },
    ...change,
  });
}

async function submit(
  url: string | null,
  form: Record<string, string>,
): Promise<{ status: number; location: string; html: string }> {
  const response = await fetch(String(url), {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    html: await response.text(),
  };
}

const cardsOf = async (session: Stripe.Checkout.Session) =>
  (await processor.stripe.paymentMethods.list({ customer: String(session.customer) })).data;

describe('the hosted card page', () => {
  it('names the company, lists the test numbers, and lets no markup in', async () => {
    const session = await openSession();
    const page = await (await fetch(String(session.url))).text();
    expect(page).toContain('Add a card for Harbor &lt;b&gt;&amp; Pine&lt;/b&gt;');
    expect(page).toContain('4000 0000 0000 6603');
    expect(page).toContain('href="http://127.0.0.1:1/cancelled"');
  });

  it('saves a card for the customer and leads back with the session', async () => {
    const session = await openSession();
    const { status, location } = await submit(session.url, VISA);
    expect([status, location]).toEqual([303, `http://127.0.0.1:1/done?session=${session.id}`]);
    const done = await processor.stripe.checkout.sessions.retrieve(session.id, {
      expand: ['setup_intent.payment_method'],
    });
    expect(done).toMatchObject({
      status: 'complete',
      url: null,
      metadata: { link: '7' },
      setup_intent: {
        status: 'succeeded',
        payment_method: {
          customer: session.customer,
          card: { last4: '4242', exp_month: 12, exp_year: 2034 },
        },
      },
    });
    const types = (await processor.stripe.events.list({ limit: 4 })).data.map((event) => event.type);
    expect(types.slice(0, 3)).toEqual([
      'checkout.session.completed',
      'setup_intent.succeeded',
      'payment_method.attached',
    ]);
  });

  it('works once: a second visit is told so, a second click changes nothing', async () => {
    const session = await openSession();
    const clicks = await Promise.all([submit(session.url, VISA), submit(session.url, VISA)]);
    expect(clicks.map((click) => click.status)).toEqual([303, 303]);
    expect(await cardsOf(session)).toHaveLength(1);
    const visit = await fetch(String(session.url));
    expect([visit.status, await visit.text()]).toEqual([
      410,
      expect.stringContaining('This link has been used'),
    ]);
  });

  it('says on the field what is wrong, keeps what was typed, and saves nothing', async () => {
    const session = await openSession();
    const { html } = await submit(session.url, { number: '4242 4242 4242 4241', expiry: '13 / 34', cvc: '' });
    expect(html).toContain('This card number is not valid.');
    expect(html).toContain('The month is 01 to 12.');
    expect(html).toContain('Enter the security code.');
    expect(html).toContain('value="4242 4242 4242 4241"');
    expect(await cardsOf(session)).toEqual([]);
  });

  it('never shows again nor keeps what could be a real card number', async () => {
    const session = await openSession();
    const { html } = await submit(session.url, { ...VISA, number: '4111 1111 1111 1111' });
    expect(html).toContain('not one of the test numbers');
    expect(html).not.toMatch(/4111[ -]?1111/);
    await submit(session.url, VISA);
    const client = new pg.Client({ connectionString: processor.databaseUrl });
    await client.connect();
    const { rows } = await client.query(
      "SELECT 1 FROM card_processor.resource WHERE body::text || hidden::text ~ '4111[ -]?1111|4242[ -]?4242'",
    );
    await client.end();
    expect(rows).toEqual([]);
  });

  it.each([
    ['4000000000000002', 'Your card was declined.', 'card_declined'],
    ['4000000000009995', 'Your card has insufficient funds.', 'card_declined'],
    ['4000000000000069', 'Your card has expired.', 'expired_card'],
    ['4000000000000127', 'security code is incorrect', 'incorrect_cvc'],
  ])('refuses %s with the words "%s" and takes another card after', async (number, words, code) => {
    const session = await openSession();
    expect((await submit(session.url, { ...VISA, number })).html).toContain(words.replace("'", '&#39;'));
    const intent = await processor.stripe.setupIntents.retrieve(String(session.setup_intent));
    expect(intent).toMatchObject({ status: 'requires_payment_method', last_setup_error: { code } });
    expect((await submit(session.url, VISA)).status).toBe(303);
    expect(await cardsOf(session)).toHaveLength(1);
  });

  it('ends when its session is expired by the app, or by time', async () => {
    const session = await openSession();
    await processor.stripe.checkout.sessions.expire(session.id);
    expect((await submit(session.url, VISA)).html).toContain('This link has expired');
    expect((await errorOf(processor.stripe.checkout.sessions.expire(session.id))).statusCode).toBe(400);
    const old = await openSession();
    await letExpire(old.id);
    expect((await fetch(String(old.url))).status).toBe(410);
    expect(await processor.stripe.checkout.sessions.retrieve(old.id)).toMatchObject({
      status: 'expired',
      url: null,
    });
  });

  it('takes 30 minutes to a day as its lifetime, and needs a place to return to', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    expect((await errorOf(openSession({ expires_at: seconds + 29 * 60 }))).message).toContain(
      'at least 30 minutes',
    );
    expect((await errorOf(openSession({ expires_at: seconds + 25 * 3600 }))).message).toContain(
      'less than 24 hours',
    );
    expect((await openSession({ expires_at: seconds + 31 * 60 })).expires_at).toBe(seconds + 31 * 60);
    expect((await errorOf(openSession({ success_url: 'nowhere' }))).param).toBe('success_url');
  });
});

/** Ages a session in the books, as its lifetime is wall time. */
async function letExpire(sessionId: string): Promise<void> {
  const client = new pg.Client({ connectionString: processor.databaseUrl });
  await client.connect();
  await client.query(
    "UPDATE card_processor.resource SET body = jsonb_set(body::jsonb, '{expires_at}', '1')::json WHERE id = $1",
    [sessionId],
  );
  await client.end();
}

describe("the bank's question", () => {
  it('comes before a card is saved, and the card works without questions afterwards', async () => {
    const { stripe } = processor;
    const session = await openSession();
    const { location } = await submit(session.url, { ...VISA, number: '4000002500003155' });
    expect((await stripe.setupIntents.retrieve(String(session.setup_intent))).status).toBe('requires_action');
    expect(await (await fetch(location)).text()).toContain('Confirm this card');
    expect((await submit(location, { decision: 'approve' })).location).toContain('/done?session=');
    const [card] = await cardsOf(session);
    const intent = await createIntent(stripe, { customer: String(session.customer), card: card?.id ?? '' });
    expect((await stripe.paymentIntents.confirm(intent.id, { off_session: true })).status).toBe('succeeded');
  });

  it('answered with no leads back to the card page, where another card can be used', async () => {
    const session = await openSession();
    const { location } = await submit(session.url, { ...VISA, number: '4000002500003155' });
    const back = (await submit(location, { decision: 'refuse' })).location;
    expect(await (await fetch(back)).text()).toContain('Your bank did not confirm the card.');
    expect((await submit(session.url, VISA)).status).toBe(303);
  });

  it('holds a payment until it is answered, then pays it once and leads back', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe, 'pm_card_authenticationRequired'));
    const asked = await stripe.paymentIntents.confirm(intent.id, {
      return_url: 'http://127.0.0.1:1/back?order=7',
    });
    expect(asked).toMatchObject({
      status: 'requires_action',
      amount_received: 0,
      next_action: { type: 'redirect_to_url' },
    });
    const url = asked.next_action?.redirect_to_url?.url ?? '';
    expect(await (await fetch(url)).text()).toContain('$50.00');
    const answers = await Promise.all([
      submit(url, { decision: 'approve' }),
      submit(url, { decision: 'approve' }),
    ]);
    const back = answers.find((answer) => answer.status === 303)?.location ?? '';
    expect(new URL(back).searchParams.get('order')).toBe('7');
    expect(new URL(back).searchParams.get('redirect_status')).toBe('succeeded');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });

  it('answered with no charges nothing and says why', async () => {
    const { stripe, running } = processor;
    running.controls.setBehaviour('needs-action');
    const intent = await createIntent(stripe, await addCustomer(stripe));
    const asked = await stripe.paymentIntents.confirm(intent.id, { return_url: 'http://127.0.0.1:1/back' });
    const { location } = await submit(asked.next_action?.redirect_to_url?.url ?? '', { decision: 'refuse' });
    expect(location).toContain('redirect_status=failed');
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
  });

  it('cannot be asked while nobody is there: such a payment is declined', async () => {
    const { stripe } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe, 'pm_card_authenticationRequired'));
    const error = await errorOf(stripe.paymentIntents.confirm(intent.id, { off_session: true }));
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
      decline_code: 'authentication_required',
    });
  });

  it('is shown to nobody without the secret in its address', async () => {
    const { stripe, running } = processor;
    const intent = await createIntent(stripe, await addCustomer(stripe, 'pm_card_authenticationRequired'));
    await stripe.paymentIntents.confirm(intent.id);
    expect((await fetch(`${running.url}/authenticate/${intent.id}?client_secret=guess`)).status).toBe(404);
  });
});
