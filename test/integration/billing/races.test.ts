import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  advanceOrder,
  applyRecharge,
  chooseDefaultCard,
  confirmPurchase,
  decideRecharge,
  openDraft,
  openRechargeDraft,
  type PurchaseReview,
  raiseCap,
  readCards,
  readOrder,
  retryPurchase,
  reviewPurchase,
  reviewRecharge,
  sweepLowWallets,
  sweepOrders,
  sweepRetries,
} from '../../../src/billing/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/durations.ts';
import { grantCredits, postUsage, readBalance, sweepLedger } from '../../../src/ledger/index.ts';
import { dollars, fromMicros } from '../../../src/money.ts';
import type { Person } from '../../../src/org/index.ts';
import { type BillingRoom, callOf, spend, startBillingRoom } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { findings } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

const SURFACE = { viewId: 'V1' };
const POOL = { kind: 'company' } as const;

let room: BillingRoom;
let acme: TestCompany;
let walletId: bigint;
let credits = 0;

beforeAll(async () => {
  room = await startBillingRoom('2026-12-02T18:00:00Z');
});
afterAll(async () => {
  if (room !== undefined) expect(await findings(room.deps.db)).toEqual([]);
  await room?.close();
});

beforeEach(async () => {
  const { db } = room.deps;
  room.processor.controls.setBehaviour('approve');
  // Nothing of another test's is recharged any more.
  await db.rechargeSetting.updateMany({ data: { isOn: false } });
  acme = await testCompany(db);
  await putCardOnFile(room.deps, acme.companyId);
  walletId = (await readBalance(db, acme.companyId, room.clock.now())).wallets[0]?.walletId ?? 0n;
});

async function reviewed(person: Person, amount: string): Promise<PurchaseReview> {
  const { token } = await openDraft(room.deps, person, {});
  return await reviewPurchase(room.deps, person, token, [{ scope: POOL, amount: dollars(amount) }]);
}

async function setRecharge(choice: { threshold?: string; cap?: string } = {}): Promise<void> {
  const { token } = await openRechargeDraft(room.deps, acme.ana, walletId);
  const review = await reviewRecharge(room.deps, acme.ana, token, {
    isOn: true,
    threshold: dollars(choice.threshold ?? '5'),
    amount: dollars('50'),
    cap: dollars(choice.cap ?? '500'),
  });
  await applyRecharge(room.deps, acme.ana, review);
}

const decide = () => decideRecharge(room.deps, { companyId: acme.companyId, walletId });

async function credit(amount: string, bundleUntil?: Date): Promise<void> {
  credits += 1;
  await grantCredits(room.deps.db, {
    companyId: acme.companyId,
    officeId: null,
    kind: bundleUntil === undefined ? 'general' : 'calling',
    amount: dollars(amount),
    key: `credit-${credits}`,
    source: 'recurring',
    reference: `${credits}`,
    actor: 'test',
    reason: 'test',
    ...(bundleUntil === undefined ? {} : { effectiveAt: room.clock.now(), expiresAt: bundleUntil }),
    at: room.clock.now(),
  });
}

const ordersOf = (kind: 'purchase' | 'recharge') =>
  room.deps.db.purchaseOrder.findMany({ where: { companyId: acme.companyId, kind }, orderBy: { id: 'asc' } });

/** Three workers take every order at once. */
async function workAtOnce(): Promise<void> {
  const open = await room.deps.db.purchaseOrder.findMany({
    where: { companyId: acme.companyId, state: { in: ['confirmed', 'charging', 'unknown'] } },
  });
  const jobs = open.map(({ companyId, id }) => ({ companyId, orderId: id }));
  await Promise.all([...jobs, ...jobs, ...jobs].map((job) => advanceOrder(room.deps, job)));
}

/** What the processor says it charged, and what the ledger says it credited. */
async function chargedAndCredited(): Promise<[string, string]> {
  const { companyId } = acme;
  const grants = await room.deps.db.creditGrant.aggregate({
    _sum: { amountMicros: true },
    where: { companyId, source: 'purchase' },
  });
  return [(await room.charged(companyId)).toFixed(2), fromMicros(grants._sum.amountMicros ?? 0n).toFixed(2)];
}

describe('two top-ups at once', () => {
  it('by two admins are one purchase, until the other has seen the first and confirms all the same', async () => {
    const [hers, his] = [await reviewed(acme.ana, '50'), await reviewed(acme.li, '50')];
    const clicks = await Promise.all([
      confirmPurchase(room.deps, acme.ana, hers, SURFACE),
      confirmPurchase(room.deps, acme.li, his, SURFACE),
    ]);
    expect(clicks.map(({ outcome }) => outcome).toSorted()).toEqual(['confirmed', 'review-again']);
    await workAtOnce();
    expect(await chargedAndCredited()).toEqual(['50.00', '50.00']);
    room.clock.advance(1_000);
    const [other, token] =
      clicks[0].outcome === 'review-again' ? [acme.ana, hers.token] : [acme.li, his.token];
    const again = await reviewPurchase(room.deps, other, token, [{ scope: POOL, amount: dollars('50') }]);
    await confirmPurchase(room.deps, other, again, SURFACE);
    await workAtOnce();
    expect(await chargedAndCredited()).toEqual(['100.00', '100.00']);
  });

  it('by two clicks of one admin in one window are one charge', async () => {
    const shown = await reviewed(acme.ana, '50');
    await Promise.all([1, 2, 3].map(() => confirmPurchase(room.deps, acme.ana, shown, SURFACE)));
    await Promise.all([workAtOnce(), workAtOnce()]);
    expect(await chargedAndCredited()).toEqual(['50.00', '50.00']);
  });
});

describe('manual and automatic at once', () => {
  it('are each charged and credited once, and the automatic one does not fire again for it', async () => {
    await setRecharge();
    const shown = await reviewed(acme.ana, '20');
    await Promise.all([
      decide(),
      confirmPurchase(room.deps, acme.ana, shown, SURFACE),
      decide(),
      sweepLowWallets(room.deps),
    ]);
    await Promise.all([workAtOnce(), decide(), workAtOnce()]);
    expect(await ordersOf('recharge')).toHaveLength(1);
    expect(await chargedAndCredited()).toEqual(['70.00', '70.00']);
  });
});

describe('response lost after the charge', () => {
  it('leaves a purchase and a recharge unknown, and each is found charged, not charged again', async () => {
    room.processor.controls.setBehaviour('timeout-after-charge');
    await setRecharge();
    const shown = await reviewed(acme.ana, '20');
    await confirmPurchase(room.deps, acme.ana, shown, SURFACE);
    await decide();
    await workAtOnce();
    // The buyer loses patience, the wallet is still low, and nothing of it charges anew.
    await retryPurchase(room.deps, acme.ana, await readOrder(room.deps, acme.ana, shown.token), SURFACE);
    await decide();
    room.processor.controls.setBehaviour('approve');
    room.clock.advance(11 * MINUTE_MS);
    await Promise.all([sweepOrders(room.deps), sweepLowWallets(room.deps)]);
    await workAtOnce();
    expect(await chargedAndCredited()).toEqual(['70.00', '70.00']);
    expect(await room.deps.db.paymentAttempt.count({ where: { companyId: acme.companyId } })).toBe(2);
  });
});

describe('balance hovering at exactly $5.00', () => {
  it('recharges nothing while it comes back to $5.00 before anybody looks', async () => {
    await credit('5');
    await setRecharge();
    for (let turn = 0; turn < 5; turn += 1) {
      await spend(room, acme, '0.01');
      await credit('0.01');
      await Promise.all([decide(), sweepLowWallets(room.deps), decide()]);
    }
    expect(await ordersOf('recharge')).toEqual([]);
  });

  it('recharges once when it is seen below, whoever adds and takes a cent at that moment', async () => {
    await credit('5');
    await setRecharge();
    await spend(room, acme, '0.01');
    await Promise.all([decide(), spend(room, acme, '0.01'), decide(), sweepLowWallets(room.deps), decide()]);
    await Promise.all([workAtOnce(), decide()]);
    // Back to exactly $5.00, where it hovers on.
    await spend(room, acme, '49.98');
    room.clock.advance(11 * MINUTE_MS);
    await Promise.all([decide(), sweepLowWallets(room.deps)]);
    expect(await ordersOf('recharge')).toMatchObject([{ state: 'settled' }]);
    expect(await chargedAndCredited()).toEqual(['50.00', '50.00']);
  });
});

describe('expiry racing a debit', () => {
  it('lets each dollar of the bundle be used or lapse, never both, and what came too late draws general credits', async () => {
    const { db } = room.deps;
    const endsAt = new Date(room.clock.now().getTime() + HOUR_MS);
    await credit('10', endsAt);
    await credit('100');
    room.clock.advance(7 * HOUR_MS);
    const call = (usageAt: Date) =>
      postUsage(db, {
        numberKey,
        companyId: acme.companyId,
        at: room.clock.now(),
        records: [{ ...callOf(acme, '1'), usageAt }],
      });
    const before = new Date(endsAt.getTime() - 1);
    await Promise.all([
      ...[1, 2, 3, 4].map(() => call(before)),
      sweepLedger(room.deps),
      ...[1, 2, 3, 4].map(() => call(before)),
      sweepLedger(room.deps),
      call(endsAt),
    ]);
    const entries = await db.$queryRaw<{ type: string; calling: bigint; general: bigint }[]>`
      SELECT type, calling_after_micros AS calling, general_after_micros AS general FROM entry
      WHERE company_id = ${acme.companyId} AND wallet_id = ${walletId} ORDER BY seq`;
    const lapse = entries.findIndex(({ type }) => type === 'lapse');
    const lapsed = (entries[lapse - 1]?.calling ?? 0n) - (entries[lapse]?.calling ?? 0n);
    expect(entries.filter(({ type }) => type === 'lapse')).toHaveLength(1);
    expect(entries.slice(lapse).every(({ calling }) => calling === 0n)).toBe(true);
    const used = 10_000_000n - lapsed;
    const general = 100_000_000n - (entries.at(-1)?.general ?? 0n);
    expect(used + general).toBe(9_000_000n);
    // What was used at the very end of the period was not the bundle's to pay.
    expect(general).toBeGreaterThanOrEqual(1_000_000n);
  });
});

describe('cap raised while capped', () => {
  it('by two admins, while sweeps and wake-ups ask, lets one recharge go and none beyond the new cap', async () => {
    await setRecharge({ cap: '80' });
    await decide();
    await workAtOnce();
    await spend(room, acme, '50');
    room.clock.advance(11 * MINUTE_MS);
    await Promise.all([decide(), sweepLowWallets(room.deps)]);
    expect(await ordersOf('recharge')).toHaveLength(1);
    await Promise.all([
      decide(),
      raiseCap(room.deps, acme.ana, walletId, dollars('100')),
      sweepLowWallets(room.deps),
      raiseCap(room.deps, acme.li, walletId, dollars('100')),
      decide(),
    ]);
    await Promise.all([workAtOnce(), decide()]);
    await decide();
    await workAtOnce();
    expect(await ordersOf('recharge')).toMatchObject([{ state: 'settled' }, { state: 'settled' }]);
    await spend(room, acme, '50');
    room.clock.advance(11 * MINUTE_MS);
    await Promise.all([decide(), sweepLowWallets(room.deps)]);
    expect(await chargedAndCredited()).toEqual(['100.00', '100.00']);
  });
});

describe('card replaced mid-retry', () => {
  async function spareCard(): Promise<bigint> {
    const [first] = await readCards(room.deps.db, acme.companyId);
    await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
    await room.deps.db.card.updateMany({ where: { companyId: acme.companyId }, data: { isDefault: false } });
    await room.deps.db.card.updateMany({
      where: { companyId: acme.companyId, id: first?.cardId ?? 0n },
      data: { isDefault: true },
    });
    const spare = (await readCards(room.deps.db, acme.companyId)).find(({ isDefault }) => !isDefault);
    return spare?.cardId ?? expect.fail('there is no other card');
  }

  it('at the moment the retry is due is charged once, the new card or the old, and not both', async () => {
    const spare = await spareCard();
    await setRecharge();
    room.processor.controls.setBehaviour('decline');
    await decide();
    await workAtOnce();
    room.processor.controls.setBehaviour('approve');
    room.clock.advance(HOUR_MS);
    await Promise.all([
      sweepRetries(room.deps),
      chooseDefaultCard(room.deps, acme.ana, spare),
      sweepRetries(room.deps),
      chooseDefaultCard(room.deps, acme.li, spare),
    ]);
    await workAtOnce();
    room.clock.advance(24 * HOUR_MS);
    await sweepRetries(room.deps);
    await workAtOnce();
    expect(await chargedAndCredited()).toEqual(['50.00', '50.00']);
    expect(await room.deps.db.paymentAttempt.count({ where: { companyId: acme.companyId } })).toBe(2);
  });

  it('while the old card’s answer is lost waits for that answer and does not charge the new card', async () => {
    const spare = await spareCard();
    await setRecharge();
    room.processor.controls.setBehaviour('decline');
    await decide();
    await workAtOnce();
    room.clock.advance(HOUR_MS);
    room.processor.controls.setBehaviour('timeout-after-charge');
    await sweepRetries(room.deps);
    await workAtOnce();
    await chooseDefaultCard(room.deps, acme.ana, spare);
    room.processor.controls.setBehaviour('approve');
    room.clock.advance(11 * MINUTE_MS);
    await Promise.all([sweepRetries(room.deps), sweepLowWallets(room.deps), sweepOrders(room.deps)]);
    await workAtOnce();
    expect(await chargedAndCredited()).toEqual(['50.00', '50.00']);
    const charged = await room.deps.db.paymentAttempt.findMany({
      where: { companyId: acme.companyId, cardId: spare },
    });
    expect(charged).toEqual([]);
  });
});
