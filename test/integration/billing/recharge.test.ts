import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  acceptSuggestedAmount,
  advanceOrder,
  applyRecharge,
  type BillingDeps,
  chooseDefaultCard,
  clearDisputes,
  confirmPurchase,
  createStripeGateway,
  decideRecharge,
  followDispute,
  markOfSuggestion,
  openDraft,
  openRechargeDraft,
  raiseCap,
  readCards,
  removeCard,
  reviewPurchase,
  reviewRecharge,
  sweepLowWallets,
  sweepOrders,
  sweepRetries,
} from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { grantCredits, readBalance } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { type CardProcessor, startCardProcessor } from '../../../src/stand-ins/local-processor/index.ts';
import { PATIENCE_MS, SILENCE_MS } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/database.ts';
import { testSecrets } from '../../support/secrets.ts';

const SECRET_KEY = 'sk_test_recharge';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const log = createLogger('silent');

let database: TestDatabase;
let books: Awaited<ReturnType<typeof emptyDatabase>>;
let processor: CardProcessor;
let deps: BillingDeps;
let clock: MovableClock;
let acme: TestCompany;
let walletId: bigint;

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
  // Nothing of another test's is below its threshold any more.
  await database.db.rechargeSetting.updateMany({ data: { isOn: false } });
  acme = await testCompany(database.db);
  await putCardOnFile(deps, acme.companyId);
  const { wallets } = await readBalance(database.db, acme.companyId, clock.now());
  walletId = wallets[0]?.walletId ?? 0n;
});

async function set(choice: { isOn?: boolean; threshold?: string; amount?: string; cap?: string } = {}) {
  const { token } = await openRechargeDraft(deps, acme.ana, walletId);
  const review = await reviewRecharge(deps, acme.ana, token, {
    isOn: choice.isOn ?? true,
    threshold: dollars(choice.threshold ?? '5'),
    amount: dollars(choice.amount ?? '50'),
    cap: dollars(choice.cap ?? '500'),
  });
  await applyRecharge(deps, acme.ana, review);
  return review;
}

async function grant(amount: string): Promise<void> {
  await inTransaction(database.db, (tx) =>
    grantCredits(tx, {
      companyId: acme.companyId,
      officeId: null,
      kind: 'general',
      amount: dollars(amount),
      key: `test:${acme.companyId}:${clock.now().getTime()}:${amount}`,
      source: 'purchase',
      reference: 'test',
      actor: 'test',
      reason: 'test',
      at: clock.now(),
    }),
  );
}

/** Has usage take what was granted, down to a dollar. */
async function drain(): Promise<void> {
  const { reverseGrant } = await import('../../../src/ledger/index.ts');
  const grants = await database.db.creditGrant.findMany({
    where: { companyId: acme.companyId, isOpen: true },
  });
  for (const { id } of grants) {
    await inTransaction(database.db, (tx) =>
      reverseGrant(tx, {
        companyId: acme.companyId,
        grantId: id,
        key: `drain:${acme.companyId}:${id}`,
        actor: 'test',
        reason: 'used up',
        at: clock.now(),
      }),
    );
  }
}

const decide = (): Promise<void> => decideRecharge(deps, { companyId: acme.companyId, walletId });

async function recharges() {
  return await database.db.purchaseOrder.findMany({
    where: { companyId: acme.companyId, kind: 'recharge' },
    orderBy: { id: 'asc' },
  });
}

/** Does what the queue does with every open order of the company. */
async function work(): Promise<void> {
  const orders = await database.db.purchaseOrder.findMany({
    where: { companyId: acme.companyId, state: { in: ['confirmed', 'charging', 'unknown', 'needs_action'] } },
  });
  for (const { id } of orders) await advanceOrder(deps, { companyId: acme.companyId, orderId: id });
}

async function general(): Promise<string> {
  const { wallets } = await readBalance(database.db, acme.companyId, clock.now());
  return wallets[0]?.freeGeneral.toFixed(2) ?? '';
}

async function notices(kind: string) {
  const rows = await database.db.notice.findMany({
    where: { companyId: acme.companyId, kind },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ facts }) => facts as Record<string, unknown>);
}

const attempts = (): Promise<number> =>
  database.db.paymentAttempt.count({ where: { companyId: acme.companyId } });

describe('auto-recharge', () => {
  it('adds one amount when credits are below the threshold, and tells it in one message', async () => {
    const review = await set();
    expect(review.chargesNow?.toFixed(2)).toBe('50.00');
    await decide();
    await decide();
    await work();
    expect(await recharges()).toMatchObject([{ state: 'settled', userId: 'auto-recharge' }]);
    expect(await general()).toBe('50.00');
    expect(await notices('recharge')).toMatchObject([{ status: 'added', receipt: 'R-000001' }]);
    expect(await notices('receipt')).toEqual([]);
    expect(await notices('recharge_settings')).toMatchObject([{ byUserId: 'UANA', isOn: true }]);
  });

  it('does nothing at exactly the threshold, and fires a cent below it', async () => {
    await grant('5');
    await set();
    await decide();
    expect(await recharges()).toEqual([]);
    await set({ threshold: '5.01' });
    await decide();
    expect(await recharges()).toHaveLength(1);
  });

  it('waits ten minutes after the last one, and a sweep sees to the rest', async () => {
    await set();
    await decide();
    await work();
    await drain();
    await decide();
    expect(await recharges()).toHaveLength(1);
    clock.advance(10 * MINUTE + 1);
    await sweepLowWallets(deps);
    expect(await recharges()).toHaveLength(2);
  });

  it('is decided once though it is asked for from many sides at once', async () => {
    await set();
    await Promise.all([decide(), decide(), decide(), decide()]);
    expect(await recharges()).toHaveLength(1);
  });

  it('goes with a purchase made by hand at the same moment: each is credited once', async () => {
    await set();
    const { token } = await openDraft(deps, acme.ana, {});
    const choice = { scope: { kind: 'company' }, amount: dollars('20') } as const;
    const shown = await reviewPurchase(deps, acme.ana, token, [choice]);
    await Promise.all([decide(), confirmPurchase(deps, acme.ana, shown, { viewId: 'V1' })]);
    await work();
    expect(await general()).toBe('70.00');
  });

  it('is credited once when the answer to its charge was lost', async () => {
    await set();
    await decide();
    processor.controls.setBehaviour('timeout-after-charge');
    await work();
    expect(await recharges()).toMatchObject([{ state: 'unknown' }]);
    await decide();
    processor.controls.setBehaviour('approve');
    clock.advance(MINUTE);
    await sweepOrders(deps);
    await work();
    expect(await recharges()).toMatchObject([{ state: 'settled' }]);
    expect(await general()).toBe('50.00');
    expect(await attempts()).toBe(1);
  });
});

describe('the monthly cap', () => {
  it('keeps back a recharge that does not fit, asks once, and lets it go when it is raised, however often', async () => {
    await set({ cap: '80' });
    await decide();
    await work();
    await drain();
    clock.advance(11 * MINUTE);
    await decide();
    await decide();
    expect(await recharges()).toHaveLength(1);
    expect(await notices('recharge_blocked')).toMatchObject([
      { reason: 'cap', limit: '80.00', used: '50.00', amount: '50.00', isOver: false },
    ]);
    const raised = await Promise.all([1, 2].map(() => raiseCap(deps, acme.ana, walletId, dollars('130'))));
    expect(raised.toSorted()).toEqual(['already', 'raised']);
    await decide();
    await work();
    expect(await recharges()).toHaveLength(2);
    expect(await notices('recharge_blocked')).toMatchObject([{ isOver: true }]);
    expect(await notices('recharge_settings')).toHaveLength(2);
  });

  it('starts anew with the month', async () => {
    await set({ cap: '50' });
    await decide();
    await work();
    await drain();
    clock.advance(32 * 24 * HOUR);
    await sweepLowWallets(deps);
    expect(await recharges()).toHaveLength(2);
  });
});

describe('an amount that is too small', () => {
  it('is suggested to be larger from the third firing in a week on, and taken once by a click', async () => {
    await set({ amount: '20' });
    for (let turn = 0; turn < 3; turn += 1) {
      await decide();
      await work();
      await drain();
      clock.advance(11 * MINUTE);
    }
    const suggested = (await notices('recharge')).map(({ suggested }) => suggested);
    expect(suggested).toEqual([null, null, '50.00']);
    const token = (await recharges()).at(-1)?.token ?? '';
    const shown = { token, mark: markOfSuggestion(token, '50.00') };
    // Another amount than the one on the button would be set by now: its click sets none.
    const limit = (purchaseMinMicros: bigint) =>
      deps.db.company.update({ where: { id: acme.companyId }, data: { purchaseMinMicros } });
    await limit(75_000_000n);
    expect(await acceptSuggestedAmount(deps, acme.ana, shown)).toBeNull();
    expect(await acceptSuggestedAmount(deps, acme.ana, { token, mark: '' })).toBeNull();
    await limit(5_000_000n);
    const taken = await acceptSuggestedAmount(deps, acme.ana, shown);
    expect([taken?.outcome, taken?.amount.toFixed(2)]).toEqual(['taken', '50.00']);
    expect(await acceptSuggestedAmount(deps, acme.ana, shown)).toBeNull();
  });
});

describe('a declined recharge', () => {
  it('is tried four times in all on a dead card, told in one message, then paused for good', async () => {
    await set();
    processor.controls.setBehaviour('decline');
    await decide();
    await work();
    expect(await notices('recharge')).toMatchObject([
      { status: 'failed', failureCode: 'insufficient_funds', triesLeft: 3 },
    ]);
    for (let hour = 0; hour < 30 * 24; hour += 12) {
      clock.advance(12 * HOUR);
      await sweepRetries(deps);
      await sweepLowWallets(deps);
      await work();
    }
    expect(await attempts()).toBe(4);
    expect(await recharges()).toHaveLength(1);
    expect(await notices('recharge')).toMatchObject([{ status: 'given_up', isOff: false }]);
    expect(await general()).toBe('0.00');
  });

  it('turns to the fallback card before anybody is told', async () => {
    const [dead] = await readCards(database.db, acme.companyId);
    await set();
    await putCardOnFile(deps, acme.companyId, 'pm_card_chargeCustomerFail');
    await database.db.card.updateMany({
      where: { companyId: acme.companyId, id: dead?.cardId ?? 0n },
      data: { isFallback: true },
    });
    await decide();
    await work();
    expect(await recharges()).toMatchObject([{ state: 'confirmed' }]);
    await work();
    expect(await recharges()).toMatchObject([{ state: 'settled' }]);
    expect(await notices('recharge')).toMatchObject([{ status: 'added' }]);
  });

  it('is tried at once, and once, when the card is replaced meanwhile', async () => {
    await putCardOnFile(deps, acme.companyId, 'pm_card_mastercard');
    const spare = (await readCards(database.db, acme.companyId)).find(({ isDefault }) => !isDefault);
    await set();
    processor.controls.setBehaviour('decline');
    await decide();
    await work();
    processor.controls.setBehaviour('approve');
    await Promise.all([1, 2].map(() => chooseDefaultCard(deps, acme.ana, spare?.cardId ?? 0n)));
    await work();
    clock.advance(2 * HOUR);
    await sweepRetries(deps);
    await work();
    expect(await recharges()).toMatchObject([{ state: 'settled' }]);
    expect(await general()).toBe('50.00');
    expect(await attempts()).toBe(2);
  });

  it('ends once no card is left to try, in the message that told of it, and auto-recharge pauses', async () => {
    await set();
    processor.controls.setBehaviour('decline');
    await decide();
    await work();
    const [card] = await readCards(database.db, acme.companyId);
    await removeCard(deps, acme.ana, card?.cardId ?? 0n);
    processor.controls.setBehaviour('approve');
    clock.advance(2 * HOUR);
    await sweepRetries(deps);
    await work();
    expect(await recharges()).toMatchObject([
      { state: 'declined', retryAt: null, verifyUntil: null, refusedSince: null, nextPollAt: null },
    ]);
    expect(await attempts()).toBe(1);
    expect(await notices('recharge')).toMatchObject([{ status: 'given_up', failureCode: 'no_card' }]);
    expect(
      await database.db.rechargeSetting.findFirst({ where: { companyId: acme.companyId } }),
    ).toMatchObject({
      isOn: true,
      pausedFor: 'no_card',
    });
    clock.advance(48 * HOUR);
    await sweepRetries(deps);
    await work();
    expect(await attempts()).toBe(1);
  });

  it('is not tried again once auto-recharge is switched off, but a charge under way is credited', async () => {
    await set();
    processor.controls.setBehaviour('decline');
    await decide();
    await work();
    await set({ isOn: false });
    clock.advance(48 * HOUR);
    await sweepRetries(deps);
    await work();
    expect(await attempts()).toBe(1);
    expect(await notices('recharge')).toMatchObject([{ status: 'given_up', isOff: true }]);
    processor.controls.setBehaviour('approve');
    await set();
    await decide();
    await set({ isOn: false });
    await work();
    expect(await general()).toBe('50.00');
  });
});

describe('a disputed payment', () => {
  async function disputed(): Promise<string> {
    await set();
    await decide();
    await work();
    const attempt = await database.db.paymentAttempt.findFirstOrThrow({
      where: { companyId: acme.companyId, state: 'succeeded' },
    });
    const id = await processor.controls.happen('openDispute', {
      payment_intent: attempt.intentId ?? '',
    });
    await followDispute(deps, id);
    await followDispute(deps, id);
    return id;
  }

  it('pauses purchases and recharges, told once; won, they go on', async () => {
    const id = await disputed();
    expect(await notices('dispute')).toMatchObject([{ state: 'open', amount: '50.00', receipt: 'R-000001' }]);
    const { token } = await openDraft(deps, acme.ana, {});
    const choice = { scope: { kind: 'company' }, amount: dollars('20') } as const;
    await expect(reviewPurchase(deps, acme.ana, token, [choice])).rejects.toMatchObject({
      code: 'purchases-paused',
    });
    await drain();
    clock.advance(HOUR);
    await decide();
    expect(await recharges()).toHaveLength(1);
    await processor.controls.happen('changeDispute', { dispute: id, status: 'won' });
    await followDispute(deps, id);
    await reviewPurchase(deps, acme.ana, token, [choice]);
    await decide();
    expect(await recharges()).toHaveLength(2);
    expect(await notices('dispute')).toMatchObject([{ state: 'won' }]);
  });

  it('lost, takes its credit back once and stays paused until the operator lifts the pause', async () => {
    const id = await disputed();
    await processor.controls.happen('changeDispute', { dispute: id, status: 'lost' });
    await Promise.all([followDispute(deps, id), followDispute(deps, id)]);
    expect(await general()).toBe('0.00');
    clock.advance(HOUR);
    await decide();
    expect(await recharges()).toHaveLength(1);
    expect(await clearDisputes(deps, acme.companyId, 'talked to them')).toBe(1);
    await decide();
    expect(await recharges()).toHaveLength(2);
    expect(await notices('dispute')).toMatchObject([{ state: 'cleared' }]);
  });
});
