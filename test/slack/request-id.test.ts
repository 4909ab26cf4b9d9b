import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStripeGateway } from '../../src/billing/index.ts';
import { DEMO_API_KEY } from '../../src/demo/cast.ts';
import { createLogger } from '../../src/log.ts';
import type { Driver } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';

interface Line {
  requestId?: string;
  event?: string;
  job?: string;
  route?: string;
  level: number;
  msg: string;
  amount?: string;
}

const raw: string[] = [];
const lines = (): Line[] => raw.map((line) => JSON.parse(line) as Line);

let tryOut: TryOut;
let driver: Driver;

beforeAll(async () => {
  tryOut = await startTestTryOut({ log: createLogger('debug', { write: (line) => raw.push(line) }) });
  driver = tryOut.sandbox.workspace.driver;
});
afterAll(() => tryOut?.close());

/** Buys $20.00 for Li's office, and returns the order. */
async function buy() {
  await driver.command('li', CHANNEL, '/credits add 20');
  await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Pay $20.00');
  await driver.submit('li');
  const { db } = tryOut.app;
  return await driver.eventually(async () => {
    const order = await db.purchaseOrder.findFirst({ where: { state: 'settled' }, orderBy: { id: 'desc' } });
    return order ?? false;
  });
}

describe('one request id', () => {
  it('leads from the click in Slack through its jobs to the charge, the credit and the receipt', async () => {
    const order = await buy();
    const { db } = tryOut.app;
    const confirmed = lines().find(({ event }) => event === 'order-confirmed');
    const requestId = confirmed?.requestId ?? '';
    expect(requestId).toMatch(/^r[\w-]{16}$/);
    await driver.eventually(async () =>
      lines().some((line) => line.requestId === requestId && line.job === 'deliver-notice'),
    );
    const own = lines().filter((line) => line.requestId === requestId);
    expect(own.find(({ msg }) => msg === 'a request was answered')).toMatchObject({ route: '/slack/*' });
    const events = own.flatMap(({ event, job }) =>
      event === undefined ? [] : [`${job ?? 'click'}: ${event}`],
    );
    expect(events).toEqual(
      expect.arrayContaining([
        'click: order-confirmed',
        'click: change-recorded',
        'advance-order: order-charging',
        'advance-order: charge-succeeded',
        'advance-order: credited',
        'advance-order: order-settled',
      ]),
    );
    expect(own.find(({ event }) => event === 'charge-succeeded')).toMatchObject({ amount: '20' });
    const where = { companyId: order.companyId, orderId: order.id };
    const attempt = await db.paymentAttempt.findFirstOrThrow({ where });
    expect(attempt.requestId).toBe(requestId);
    const audit = await db.audit.findFirstOrThrow({ where: { action: 'purchase-confirmed' } });
    expect(audit.requestId).toBe(requestId);
    const { secretKey, apiUrl = '' } = tryOut.sandbox.stripe;
    const shown = await fetch(`${apiUrl}/v1/payment_intents/${attempt.intentId}`, {
      headers: { authorization: `Bearer ${secretKey}` },
    });
    expect(await shown.json()).toMatchObject({ metadata: { request_id: requestId } });
  });

  it('leads from a usage record to the jobs that the database enqueues for it', async () => {
    const { billing } = tryOut.app;
    const seconds = 86_000;
    const sent = await fetch(`${tryOut.appUrl}/v1/usage`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${DEMO_API_KEY}`,
        'content-type': 'application/json',
        'x-request-id': 'from-the-phone-system-1',
      },
      body: JSON.stringify({
        ...{ id: 'traced-1', kind: 'call', direction: 'outbound' },
        // A day to a satellite costs more than the office has.
        ...{ external_number: '+8816123456789', internal_number: '+14155550101' },
        answered_at: new Date(billing.clock.now().getTime() - seconds * 1_000).toISOString(),
        duration_seconds: seconds,
      }),
    });
    expect(await sent.json()).toMatchObject({ records: [{ outcome: 'posted' }] });
    await driver.eventually(async () =>
      lines().some((line) => line.requestId === 'from-the-phone-system-1' && line.job === 'watch-balance'),
    );
  });

  it('is the sender’s own where that is a safe one, and is answered', async () => {
    const ask = async (id: string): Promise<string | null> =>
      (await fetch(`${tryOut.appUrl}/live`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await ask('from-the-proxy-1')).toBe('from-the-proxy-1');
    expect(await ask('{"level":60}')).toMatch(/^r[\w-]{16}$/);
  });
});

describe('what is secret or personal', () => {
  it('is in no line, at the most talkative level, and of an error one still sees which it was', async () => {
    const { db, secrets, billing } = tryOut.app;
    const { slack, stripe, botToken } = tryOut.sandbox;
    const company = await db.company.findFirstOrThrow();
    // A check of a card, declined payments, refusals of Slack and of the processor, and a database that says no.
    await billing.gateway.findIntent('pi_sk_live_planted0secret').catch(() => undefined);
    await createStripeGateway({ ...stripe, secretKey: 'sk_live_planted0secret' })
      .findCard('pm_x')
      .catch((error: unknown) => billing.log.error({ err: error }, 'the key is refused'));
    tryOut.sandbox.card.setBehaviour('decline');
    await driver.command('li', CHANNEL, '/credits add 20');
    await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Pay $20.00');
    await driver.submit('li');
    await driver.eventually(async () => lines().some(({ event }) => event === 'charge-declined'));
    tryOut.sandbox.workspace.faults.set({
      kind: 'error',
      method: 'views.publish',
      error: 'invalid_auth',
      times: 3,
    });
    await driver.command('li', CHANNEL, '/credits');
    await db.$queryRaw`SELECT ${'+14155550177x'}::bigint`.catch((error: unknown) =>
      billing.log.error({ err: error }, 'the database says no'),
    );
    await fetch(`${tryOut.appUrl}/v1/usage`, {
      method: 'POST',
      headers: { authorization: 'Bearer rk_planted0usage0key', 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'x', to: '+14155550178' }),
    });
    await fetch(`${tryOut.appUrl}/billing/card/planted-link-token`);
    const sealed = secrets.seal('planted-sealed-value', 'card_check/statement_encrypted/x');
    billing.log.warn({ statementEncrypted: sealed, why: 'suffix CHECK7F3K refused' }, 'a check');

    const members = await db.member.findMany({ where: { companyId: company.id } });
    const numbers = await db.phoneNumber.findMany({ where: { companyId: company.id } });
    const planted = [
      botToken,
      stripe.secretKey,
      ...(slack.delivery.kind === 'http' ? [slack.delivery.signingSecret] : []),
      'the tests guard no secrets',
      'planted0secret',
      'planted0usage0key',
      'planted-link-token',
      'planted-sealed-value',
      sealed,
      'CHECK7F3K',
      '+14155550177',
      '+14155550178',
      ...numbers.map(({ number }) => number),
      ...members.flatMap(({ email }) => email ?? []),
    ];
    expect(planted.length).toBeGreaterThan(20);
    const all = raw.join('');
    expect(planted.filter((secret) => all.includes(secret))).toEqual([]);
    const errors = raw.map((line) => JSON.parse(line) as { msg: string; err?: Record<string, unknown> });
    expect(errors.find(({ msg }) => msg === 'the key is refused')?.err).toMatchObject({
      cause: { statusCode: 401 },
    });
    expect(errors.find(({ msg }) => msg === 'the database says no')?.err).toMatchObject({
      sqlState: '22P02',
    });
  });
});
