import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { emptyDatabase } from '../../support/database.ts';
import { receiveWebhooks, WEBHOOK_SECRET, type WebhookReceiver } from './receive-webhooks.ts';
import { addCustomer, connectSdk, createIntent, SECRET_KEY } from './start-processor.ts';

let database: { url: string; close(): Promise<void> };
let receiver: WebhookReceiver;
const children: ChildProcess[] = [];
beforeAll(async () => {
  database = await emptyDatabase();
  receiver = await receiveWebhooks();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await receiver.close();
  await database.close();
});

/** Starts the stand-in as its own process and waits for its line. */
async function startProcess(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['dist/stand-ins/local-processor/main.js'], {
    env: {
      ...process.env,
      CARD_PROCESSOR_DATABASE_URL: database.url,
      CARD_PROCESSOR_SECRET_KEY: SECRET_KEY,
      CARD_PROCESSOR_WEBHOOK_URL: receiver.url,
      CARD_PROCESSOR_WEBHOOK_SECRET: WEBHOOK_SECRET,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url: (JSON.parse(line) as { url: string }).url };
}

const control = (url: string, path: string, body?: unknown, key = SECRET_KEY) =>
  fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });

describe('a processor that runs as its own process', () => {
  it('keeps what it answered when it is killed, charges nothing twice, and delivers every event', async () => {
    const first = await startProcess();
    const stripe = connectSdk(first.url);
    const payer = await addCustomer(stripe);
    const intents = await Promise.all(
      Array.from({ length: 12 }, (_, n) => createIntent(stripe, payer, { idempotencyKey: `create-${n}` })),
    );
    const load = intents.map((intent) =>
      stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: `confirm-${intent.id}` }),
    );
    await Promise.race(load);
    first.child.kill('SIGKILL');
    const answered = (await Promise.allSettled(load)).flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value.id] : [],
    );
    expect(answered.length).toBeGreaterThan(0);
    const again = connectSdk((await startProcess()).url);
    for (const id of answered) expect((await again.paymentIntents.retrieve(id)).status).toBe('succeeded');
    for (const intent of intents)
      await again.paymentIntents.confirm(intent.id, {}, { idempotencyKey: `confirm-${intent.id}` });
    const charges = await again.charges.list({ customer: payer.customer, limit: 100 });
    expect(new Set(charges.data.map((charge) => charge.payment_intent)).size).toBe(12);
    expect(charges.data).toHaveLength(12);
    for (const intent of intents) {
      await expect
        .poll(() => receiver.typesAbout(intent.id), { timeout: 15_000, interval: 50 })
        .toContain('payment_intent.succeeded');
    }
  });

  it('is switched over its control endpoint, by whoever has the key', async () => {
    const { url } = await startProcess();
    const stripe = connectSdk(url);
    expect((await control(url, '/control', undefined, 'wrong')).status).toBe(401);
    expect(await (await control(url, '/control')).json()).toMatchObject({ behaviour: 'approve' });
    expect((await control(url, '/control/behaviour', { behaviour: 'explode' })).status).toBe(400);
    expect(await (await control(url, '/control/behaviour', { behaviour: 'decline' })).json()).toMatchObject({
      behaviour: 'decline',
    });
    const intent = await createIntent(stripe, await addCustomer(stripe));
    await expect(stripe.paymentIntents.confirm(intent.id)).rejects.toMatchObject({
      decline_code: 'insufficient_funds',
    });
    await control(url, '/control/behaviour', { behaviour: 'down' });
    await expect(stripe.customers.list()).rejects.toMatchObject({ type: 'StripeConnectionError' });
    await control(url, '/control/behaviour', { behaviour: 'approve' });
    await control(url, '/control/fail-next', { fault: 'api-error' });
    await expect(stripe.customers.create({})).rejects.toMatchObject({ statusCode: 500 });
    expect(await (await control(url, '/control/webhooks', { duplicates: 2 })).json()).toMatchObject({
      webhooks: { duplicates: 2 },
    });
  });

  it('stops when it is told to', async () => {
    const { child } = await startProcess();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
