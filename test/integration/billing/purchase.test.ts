import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  advanceOrder,
  type BillingDeps,
  confirmPurchase,
  createStripeGateway,
  openDraft,
  type PurchaseReview,
  readOrder,
  retryPurchase,
  reviewPurchase,
  sweepOrders,
} from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import type { Person } from '../../../src/org/index.ts';
import { type CardProcessor, startCardProcessor } from '../../../src/stand-ins/local-processor/index.ts';
import { PATIENCE_MS, SILENCE_MS } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/database.ts';
import { testSecrets } from '../../support/secrets.ts';

const SECRET_KEY = 'sk_test_purchase';
const log = createLogger('silent');
const POOL = { kind: 'company' } as const;
const SURFACE = { viewId: 'V1' };

let database: TestDatabase;
let books: Awaited<ReturnType<typeof emptyDatabase>>;
let processor: CardProcessor;
let deps: BillingDeps;
let clock: MovableClock;
let acme: TestCompany;

beforeAll(async () => {
  [database, books] = await Promise.all([freshDatabase(), emptyDatabase()]);
  clock = new MovableClock();
  processor = await startCardProcessor({
    port: 0,
    database: books.url,
    secretKey: SECRET_KEY,
    clock,
    log,
    silenceMs: SILENCE_MS,
  });
  const gateway = createStripeGateway({
    secretKey: SECRET_KEY,
    webhookSecret: undefined,
    apiUrl: processor.url,
    timeoutMs: PATIENCE_MS,
  });
  deps = { db: database.db, clock, log, gateway, secrets: testSecrets, publicUrl: 'http://127.0.0.1:1' };
});

afterAll(async () => {
  await processor?.close();
  await Promise.all([database?.close(), books?.close()]);
});

beforeEach(async () => {
  processor.controls.setBehaviour('approve');
  acme = await testCompany(database.db);
  await putCardOnFile(deps, acme.companyId);
});

async function reviewed(person: Person, amount = '50'): Promise<PurchaseReview> {
  const { token } = await openDraft(deps, person, {});
  return await reviewPurchase(deps, person, token, [{ scope: POOL, amount: dollars(amount) }]);
}

/** Does what the queue does: runs the order's job. */
async function work(token: string): Promise<void> {
  const { companyId, id } = await database.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
  await advanceOrder(deps, { companyId, orderId: id });
}

async function poolBalance(): Promise<string> {
  const { wallets } = await readBalance(database.db, acme.companyId, clock.now());
  return wallets[0]?.general.toFixed(2) ?? '';
}

async function charges(token: string): Promise<number> {
  const order = await database.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
  const attempts = await database.db.paymentAttempt.findMany({ where: { orderId: order.id } });
  const intents = await Promise.all(
    attempts.flatMap(({ intentId }) => (intentId === null ? [] : [deps.gateway.findIntent(intentId)])),
  );
  return intents.filter(({ state }) => state === 'succeeded').length;
}

describe('a purchase', () => {
  it('charges the card, credits the amount and leaves a receipt in the outbox', async () => {
    const shown = await reviewed(acme.ana);
    const { token } = shown;
    expect(await confirmPurchase(deps, acme.ana, shown, SURFACE)).toMatchObject({ outcome: 'confirmed' });
    await work(token);
    expect(await readOrder(deps, acme.ana, token)).toMatchObject({ state: 'settled', receipt: 'R-000001' });
    expect(await poolBalance()).toBe('50.00');
    const notices = await database.db.notice.findMany({ where: { companyId: acme.companyId } });
    expect(notices).toMatchObject([
      {
        kind: 'receipt',
        facts: { amount: '50.00', lines: [{ amount: '50.00', balance: '50' }], receipt: 'R-000001' },
      },
    ]);
  });

  it('is one charge and one credit however often it is confirmed and its job runs', async () => {
    const shown = await reviewed(acme.ana);
    const { token } = shown;
    const clicks = await Promise.all([1, 2, 3, 4].map(() => confirmPurchase(deps, acme.ana, shown, SURFACE)));
    expect(clicks.map(({ outcome }) => outcome).toSorted()).toEqual([
      'already',
      'already',
      'already',
      'confirmed',
    ]);
    await Promise.all([work(token), work(token), work(token)]);
    await work(token);
    expect([await charges(token), await poolBalance()]).toEqual([1, '50.00']);
  });

  it('that was declined charges nothing, and another card pays it in a new attempt', async () => {
    await putCardOnFile(deps, acme.companyId, 'pm_card_chargeCustomerFail');
    const shown = await reviewed(acme.ana);
    const { token } = shown;
    await confirmPurchase(deps, acme.ana, shown, SURFACE);
    await work(token);
    expect(await readOrder(deps, acme.ana, token)).toMatchObject({
      state: 'declined',
      failure: { code: expect.any(String) },
    });
    expect([await charges(token), await poolBalance()]).toEqual([0, '0.00']);
    await putCardOnFile(deps, acme.companyId);
    expect(
      await retryPurchase(deps, acme.ana, await readOrder(deps, acme.ana, token), SURFACE),
    ).toMatchObject({ outcome: 'confirmed' });
    await work(token);
    expect([await charges(token), await poolBalance()]).toEqual([1, '50.00']);
    expect(await database.db.paymentAttempt.count({ where: { companyId: acme.companyId } })).toBe(2);
  });

  it('whose charge succeeded behind a time-out is looked up, not charged again', async () => {
    processor.controls.setBehaviour('timeout-after-charge');
    const shown = await reviewed(acme.ana);
    const { token } = shown;
    await confirmPurchase(deps, acme.ana, shown, SURFACE);
    await work(token);
    expect(await readOrder(deps, acme.ana, token)).toMatchObject({ state: 'unknown', receipt: null });
    expect(await poolBalance()).toBe('0.00');
    processor.controls.setBehaviour('approve');
    await work(token);
    expect(await readOrder(deps, acme.ana, token)).toMatchObject({ state: 'settled' });
    expect([await charges(token), await poolBalance()]).toEqual([1, '50.00']);
  });

  it('whose charge never reached the bank is charged once the processor answers', async () => {
    processor.controls.setBehaviour('timeout-before-charge');
    const shown = await reviewed(acme.ana);
    const { token } = shown;
    await confirmPurchase(deps, acme.ana, shown, SURFACE);
    await work(token);
    expect((await readOrder(deps, acme.ana, token)).state).toBe('unknown');
    processor.controls.setBehaviour('approve');
    await work(token);
    expect([await charges(token), await poolBalance()]).toEqual([1, '50.00']);
  });

  it('waits for the bank where the bank asks, and names its page', async () => {
    processor.controls.setBehaviour('needs-action');
    const shown = await reviewed(acme.ana);
    const { token } = shown;
    await confirmPurchase(deps, acme.ana, shown, SURFACE);
    await work(token);
    expect(await readOrder(deps, acme.ana, token)).toMatchObject({
      state: 'needs_action',
      actionUrl: expect.stringMatching(/^http/),
    });
    processor.controls.setBehaviour('approve');
    expect(
      await retryPurchase(deps, acme.ana, await readOrder(deps, acme.ana, token), SURFACE),
    ).toMatchObject({ outcome: 'confirmed' });
    await work(token);
    expect([await charges(token), await poolBalance()]).toEqual([1, '50.00']);
  });

  it('is found by the sweeper when its job was lost', async () => {
    const shown = await reviewed(acme.ana);
    const { token } = shown;
    await confirmPurchase(deps, acme.ana, shown, SURFACE);
    const { id } = await database.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
    const jobs = () => database.db.$queryRaw<{ key: string }[]>`
      SELECT key FROM graphile_worker.jobs WHERE key = ${`advance-order:${acme.companyId}:${id}`}`;
    await database.db
      .$executeRaw`SELECT graphile_worker.remove_job(${`advance-order:${acme.companyId}:${id}`})`;
    expect(await jobs()).toEqual([]);
    clock.advance(60_000);
    await sweepOrders(deps);
    expect(await jobs()).toHaveLength(1);
  });
});

describe('two admins', () => {
  it('who buy at once become one purchase: the second is shown the first and asked again', async () => {
    const [hers, his] = [await reviewed(acme.ana), await reviewed(acme.li)];
    expect(await confirmPurchase(deps, acme.ana, hers, SURFACE)).toMatchObject({ outcome: 'confirmed' });
    expect(await confirmPurchase(deps, acme.li, his, SURFACE)).toMatchObject({
      outcome: 'review-again',
      review: { meanwhile: [{ userId: 'UANA', amount: dollars('50') }] },
    });
    clock.advance(1_000);
    expect(await confirmPurchase(deps, acme.li, his, SURFACE)).toMatchObject({ outcome: 'confirmed' });
  });

  it('cannot see or confirm each other’s purchase', async () => {
    const shown = await reviewed(acme.ana);
    const { token } = shown;
    await expect(readOrder(deps, acme.li, token)).rejects.toMatchObject({ code: 'order-unknown' });
    await expect(confirmPurchase(deps, acme.li, shown, SURFACE)).rejects.toMatchObject({
      code: 'order-unknown',
    });
  });
});

describe('limits', () => {
  it.each([
    ['4.99', 'amount-below-minimum'],
    ['1000.01', 'amount-above-maximum'],
  ])('refuse %s before anything is charged', async (amount, code) => {
    await expect(reviewed(acme.ana, amount)).rejects.toMatchObject({ code });
  });

  it('over 24 hours are judged under a lock, so that racing purchases cannot pass them together', async () => {
    const reviews = [
      await reviewed(acme.ana, '1000'),
      await reviewed(acme.ana, '1000'),
      await reviewed(acme.ana, '1000'),
    ];
    const outcomes: string[] = [];
    for (const first of reviews) {
      clock.advance(1_000);
      const choice = { scope: POOL, amount: dollars('1000') };
      const shown = await reviewPurchase(deps, acme.ana, first.token, [choice]).catch(() => first);
      outcomes.push(
        await confirmPurchase(deps, acme.ana, shown, SURFACE).then(
          ({ outcome }) => outcome,
          (error) => error.code,
        ),
      );
    }
    expect(outcomes).toEqual(['confirmed', 'confirmed', 'daily-limit']);
  });

  it('of an invoiced company are its exposure, and what is within is credited at once', async () => {
    const invoiced = await testCompany(database.db, { billingMethod: 'invoice' });
    const { token } = await openDraft(deps, invoiced.ana, {});
    const choice = { scope: POOL, amount: dollars('400') };
    const shown = await reviewPurchase(deps, invoiced.ana, token, [choice]);
    await confirmPurchase(deps, invoiced.ana, shown, SURFACE);
    await work(token);
    expect(await readOrder(deps, invoiced.ana, token)).toMatchObject({
      state: 'settled',
      payBy: { method: 'invoice' },
    });
    const second = await openDraft(deps, invoiced.ana, {});
    await expect(
      reviewPurchase(deps, invoiced.ana, second.token, [{ scope: POOL, amount: dollars('101') }]),
    ).rejects.toMatchObject({ code: 'exposure-limit' });
  });
});
