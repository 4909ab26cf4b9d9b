import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  advanceOrder,
  answerCheck,
  applyRecharge,
  chooseDefaultCard,
  chooseFallbackCard,
  claimCard,
  confirmPurchase,
  decideApproval,
  decideRecharge,
  disownCard,
  listBundles,
  openDraft,
  openRechargeDraft,
  type PurchaseReview,
  readOrder,
  removeCard,
  retryPurchase,
  reviewPurchase,
  reviewRecharge,
  setOperatorApprovalLimit,
  startCardLink,
  sweepRetries,
} from '../../../src/billing/index.ts';
import { addBundle } from '../../../src/billing/kinds/subscription/catalogue.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars, fromMicros, toMicros } from '../../../src/money.ts';
import { type BillingRoom, buyReviewed, startBillingRoom } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';

const POOL = { kind: 'company' } as const;
const SURFACE = { viewId: 'V1' };

let room: BillingRoom;
let acme: TestCompany;

beforeAll(async () => {
  room = await startBillingRoom('2026-12-02T18:00:00Z');
});
afterAll(() => room?.close());
beforeEach(async () => {
  room.processor.controls.setBehaviour('approve');
  acme = await testCompany(room.deps.db);
  await putCardOnFile(room.deps, acme.companyId);
});

const review = (token: string, amount: string): Promise<PurchaseReview> =>
  reviewPurchase(room.deps, acme.ana, token, [{ scope: POOL, amount: dollars(amount) }]);
const confirm = (shown: { token: string; mark: string }) =>
  confirmPurchase(room.deps, acme.ana, shown, SURFACE);

async function reviewed(amount: string): Promise<PurchaseReview> {
  const { token } = await openDraft(room.deps, acme.ana, {});
  return await review(token, amount);
}

async function work(token: string): Promise<void> {
  const order = await room.deps.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
  await advanceOrder(room.deps, { companyId: order.companyId, orderId: order.id });
}

const limitTo = (amount: string) =>
  setOperatorApprovalLimit(room.deps.db, {
    companyId: acme.companyId,
    limit: dollars(amount),
    at: room.clock.now(),
  });

const lastAudit = async (action: string) =>
  (
    await room.deps.db.audit.findFirstOrThrow({
      where: { companyId: acme.companyId, action },
      orderBy: { id: 'desc' },
    })
  ).details;

describe('a confirmation charges what its form showed', () => {
  it('not what another window made of the purchase: that is reviewed first', async () => {
    const shown = await reviewed('20');
    await review(shown.token, '400');
    const again = await confirm(shown);
    expect(again).toMatchObject({
      outcome: 'review-again',
      review: { amount: dollars('400'), isChanged: true },
    });
    expect(await room.deps.db.paymentAttempt.count({ where: { companyId: acme.companyId } })).toBe(0);
    if (again.outcome === 'review-again')
      expect(await confirm(again.review)).toMatchObject({ outcome: 'confirmed' });
  });

  it('not to a card that became the default since', async () => {
    const shown = await reviewed('20');
    await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
    const again = await confirm(shown);
    expect(again).toMatchObject({
      outcome: 'review-again',
      review: { isChanged: true, payBy: { card: { brand: 'mastercard' } } },
    });
  });

  it('not on an invoice where it showed a card', async () => {
    const shown = await reviewed('20');
    await room.deps.db.company.update({
      where: { id: acme.companyId },
      data: { billingMethod: 'invoice' },
    });
    expect(await confirm(shown)).toMatchObject({
      outcome: 'review-again',
      review: { isChanged: true, payBy: { method: 'invoice' } },
    });
  });

  it('not at once where it said that a second admin is asked', async () => {
    await limitTo('10');
    const shown = await reviewed('20');
    await limitTo('50');
    expect(await confirm(shown)).toMatchObject({
      outcome: 'review-again',
      review: { isChanged: true, approvalAbove: null, chargedNow: dollars('20') },
    });
  });

  it('by the limits and roles of this moment, not of the click', async () => {
    const [limited, revoked] = [await reviewed('20'), await reviewed('20')];
    await room.deps.db.company.update({
      where: { id: acme.companyId },
      data: { purchaseMaxMicros: toMicros(dollars('10')) },
    });
    await expect(confirm(limited)).rejects.toMatchObject({ code: 'amount-above-maximum' });
    await room.deps.db.roleAssignment.deleteMany({ where: { companyId: acme.companyId, userId: 'UANA' } });
    await expect(confirm(revoked)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(await room.deps.db.paymentAttempt.count({ where: { companyId: acme.companyId } })).toBe(0);
  });

  it('and the audit names the amount and the card that were claimed', async () => {
    const shown = await reviewed('20');
    await confirm(await review(shown.token, '35'));
    await work(shown.token);
    const charged = { amount: '35.00', card: 'visa 4242' };
    expect(await lastAudit('purchase-confirmed')).toMatchObject({ ...charged, method: 'card', version: 2 });
    expect(await lastAudit('credits-added')).toMatchObject(charged);
  });
});

describe('a try again charges what its button showed', () => {
  it('the card that is the default by then only once it was shown', async () => {
    await putCardOnFile(room.deps, acme.companyId, 'pm_card_chargeCustomerFail');
    const { token, mark } = await reviewed('20');
    await confirm({ token, mark });
    await work(token);
    const declined = await readOrder(room.deps, acme.ana, token);
    await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
    const again = await retryPurchase(room.deps, acme.ana, declined, SURFACE);
    expect(again).toMatchObject({
      outcome: 'review-again',
      order: { state: 'declined', retryWith: { card: { brand: 'mastercard' } } },
    });
    expect(await retryPurchase(room.deps, acme.ana, again.order, SURFACE)).toMatchObject({
      outcome: 'confirmed',
    });
  });

  it('and is counted in the 24 hours again, though it waited at the bank before', async () => {
    room.processor.controls.setBehaviour('needs-action');
    const { token, mark } = await reviewed('1000');
    await confirm({ token, mark });
    await work(token);
    room.processor.controls.setBehaviour('approve');
    room.clock.advance(25 * 3_600_000);
    for (const amount of ['1000', '1000']) {
      await confirm(await reviewed(amount));
      room.clock.advance(1_000);
    }
    const waiting = await readOrder(room.deps, acme.ana, token);
    await expect(retryPurchase(room.deps, acme.ana, waiting, SURFACE)).rejects.toMatchObject({
      code: 'daily-limit',
    });
  });
});

describe('a yes charges what the question said', () => {
  const open = () =>
    room.deps.db.approval.findFirstOrThrow({ where: { companyId: acme.companyId, state: 'open' } });

  it('and is asked anew where another card would be charged by then', async () => {
    await limitTo('10');
    const { token, mark } = await reviewed('20');
    await confirm({ token, mark });
    await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
    const yes = async () => decideApproval(room.deps, acme.li, (await open()).token, 'approved');
    expect(await yes()).toMatchObject({ outcome: 'review-again', approval: { state: 'open' } });
    const { facts } = await room.deps.db.notice.findFirstOrThrow({
      where: { companyId: acme.companyId, kind: 'approval' },
    });
    expect(facts).toMatchObject({ payBy: { brand: 'mastercard', last4: '4444' } });
    expect(await yes()).toMatchObject({ outcome: 'decided' });
    expect(await lastAudit('purchase-approved')).toMatchObject({ amount: '20.00', card: 'mastercard 4444' });
  });

  it('and is no yes of somebody who may not give it any more', async () => {
    await limitTo('10');
    await confirm(await reviewed('20'));
    await room.deps.db.roleAssignment.deleteMany({ where: { companyId: acme.companyId, userId: 'ULI' } });
    await expect(decideApproval(room.deps, acme.li, (await open()).token, 'approved')).rejects.toMatchObject({
      code: 'not-allowed',
    });
  });
});

describe('a saved auto-recharge is what its review showed', () => {
  const choice = (amount: string) => ({
    isOn: true,
    threshold: dollars('5'),
    amount: dollars(amount),
    cap: dollars('500'),
  });
  const setting = () =>
    room.deps.db.rechargeSetting.findFirst({ where: { companyId: acme.companyId, officeId: null } });
  async function open(): Promise<string> {
    const { wallets } = await readBalance(room.deps.db, acme.companyId, room.clock.now());
    const walletId = wallets[0]?.walletId ?? 0n;
    return (await openRechargeDraft(room.deps, acme.ana, walletId)).token;
  }

  it('not what another window made of it, nor one that charges another card than it said', async () => {
    const token = await open();
    const shown = await reviewRecharge(room.deps, acme.ana, token, choice('50'));
    const other = await reviewRecharge(room.deps, acme.ana, token, choice('400'));
    expect(await applyRecharge(room.deps, acme.ana, shown)).toMatchObject({
      outcome: 'review-again',
      review: { amount: dollars('400') },
    });
    await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
    const again = await applyRecharge(room.deps, acme.ana, other);
    expect(again).toMatchObject({ outcome: 'review-again', review: { payBy: { card: { last4: '4444' } } } });
    expect(await setting()).toBeNull();
  });

  it('and a form that was opened before somebody else’s save undoes nothing of it', async () => {
    const [hers, his] = [await open(), await open()];
    await applyRecharge(room.deps, acme.ana, await reviewRecharge(room.deps, acme.ana, hers, choice('100')));
    await expect(reviewRecharge(room.deps, acme.ana, his, choice('20'))).rejects.toMatchObject({
      code: 'recharge-changed',
    });
    expect((await setting())?.amountMicros).toBe(toMicros(dollars('100')));
  });

  it('and its retry is dropped, and said, where the day has no room for it any more', async () => {
    await room.deps.db.company.update({
      where: { id: acme.companyId },
      data: {
        purchaseMaxMicros: toMicros(dollars('120')),
        purchaseDailyMaxMicros: toMicros(dollars('120')),
      },
    });
    const shown = await reviewRecharge(room.deps, acme.ana, await open(), choice('50'));
    await applyRecharge(room.deps, acme.ana, shown);
    const walletId = (await setting())?.walletId ?? 0n;
    room.processor.controls.setBehaviour('decline');
    await decideRecharge(room.deps, { companyId: acme.companyId, walletId });
    await room.work();
    room.processor.controls.setBehaviour('approve');
    await confirm(await reviewed('100'));
    room.clock.advance(3_600_000);
    await sweepRetries(room.deps);
    const recharge = await room.deps.db.purchaseOrder.findFirstOrThrow({
      where: { companyId: acme.companyId, kind: 'recharge' },
    });
    expect(recharge).toMatchObject({ state: 'declined', retryAt: null, retries: 0 });
    const { facts } = await room.deps.db.notice.findFirstOrThrow({
      where: { companyId: acme.companyId, kind: 'recharge' },
    });
    expect(facts).toMatchObject({ status: 'over_limit' });
    // Judged anew, the wallet says which limit it is.
    await decideRecharge(room.deps, { companyId: acme.companyId, walletId });
    const blocked = await room.deps.db.notice.findFirstOrThrow({
      where: { companyId: acme.companyId, kind: 'recharge_blocked' },
    });
    expect(blocked.facts).toMatchObject({ reason: 'daily' });
  });
});

describe('a card is the company’s only by a company admin', () => {
  async function addCard(): Promise<bigint> {
    await room.deps.db.company.update({ where: { id: acme.companyId }, data: { cardCheck: 'never' } });
    await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
    const card = await room.deps.db.card.findFirstOrThrow({
      where: { companyId: acme.companyId },
      orderBy: { id: 'desc' },
    });
    await room.deps.db.card.updateMany({
      where: { companyId: acme.companyId, id: card.id },
      data: { isDefault: false, claimedAt: null, confirmedAt: null, addedBy: `${acme.teamId}/UANA` },
    });
    return card.id;
  }
  const lower = () =>
    room.deps.db.roleAssignment.updateMany({
      where: { companyId: acme.companyId, userId: 'UANA' },
      data: { role: 'member' },
    });

  it('not by somebody who added it as one and is none any more', async () => {
    const cardId = await addCard();
    await lower();
    for (const act of [claimCard, disownCard, chooseDefaultCard, chooseFallbackCard, removeCard])
      await expect(act(room.deps, acme.ana, cardId)).rejects.toMatchObject({ code: 'not-allowed' });
    const card = await room.deps.db.card.findFirstOrThrow({ where: { id: cardId } });
    expect(card).toMatchObject({ isDefault: false, claimedAt: null, removedAt: null });
  });

  it('and by who added it, once: a second click changes nothing, and what was disowned or claimed stays so', async () => {
    const { deps } = room;
    const actions = async () => {
      const where = { companyId: acme.companyId, action: { in: ['card-claimed', 'card-disowned'] } };
      const audits = await deps.db.audit.findMany({ where, orderBy: { id: 'asc' } });
      return audits.map(({ action, actor }) => [action, actor]);
    };
    const disowned = await addCard();
    for (const act of [claimCard, disownCard])
      await expect(act(deps, acme.li, disowned)).rejects.toMatchObject({ code: 'card-unknown' });
    await disownCard(deps, acme.ana, disowned);
    for (const act of [claimCard, disownCard])
      await expect(act(deps, acme.ana, disowned)).rejects.toMatchObject({ code: 'card-unknown' });
    const claimed = await addCard();
    expect(await claimCard(deps, acme.ana, claimed)).toBe('usable');
    expect(await claimCard(deps, acme.ana, claimed)).toBe('already');
    await expect(disownCard(deps, acme.ana, claimed)).rejects.toMatchObject({ code: 'card-unknown' });
    expect(await actions()).toEqual([
      ['card-disowned', `${acme.teamId}/UANA`],
      ['card-claimed', `${acme.teamId}/UANA`],
    ]);
    const at = deps.clock.now();
    expect(await deps.db.card.findFirst({ where: { id: disowned } })).toMatchObject({ removedAt: at });
    const standing = { claimedAt: at, removedAt: null, isDefault: true };
    expect(await deps.db.card.findFirst({ where: { id: claimed } })).toMatchObject(standing);
  });

  it('nor by the amount of its charge', async () => {
    const cardId = await addCard();
    await room.deps.db.company.update({ where: { id: acme.companyId }, data: { cardCheck: 'every' } });
    expect(await claimCard(room.deps, acme.ana, cardId)).toBe('asked');
    const { token, amountMicros } = await room.deps.db.cardCheck.findFirstOrThrow({ where: { cardId } });
    await room.deps.db.cardCheck.update({ where: { token }, data: { state: 'waiting' } });
    await lower();
    await expect(
      answerCheck(room.deps, acme.ana, token, { amount: fromMicros(amountMicros) }),
    ).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(startCardLink(room.deps, acme.ana, {})).rejects.toMatchObject({ code: 'not-allowed' });
  });
});

describe('the 24-hour limit', () => {
  it('binds first periods of bundles, which no largest purchase binds, and counts no renewal', async () => {
    const { db } = room.deps;
    const { companyId } = acme;
    await db.company.update({
      where: { id: companyId },
      data: {
        purchaseMaxMicros: toMicros(dollars('100')),
        purchaseDailyMaxMicros: toMicros(dollars('1000')),
      },
    });
    if ((await listBundles(db)).length === 0)
      await addBundle(db, {
        name: 'Calling 450',
        kind: 'calling',
        period: 'monthly',
        credit: dollars('500'),
        price: dollars('450'),
        at: room.clock.now(),
      });
    const [{ id: bundleId } = { id: 0n }] = await listBundles(db);
    const buy = (token: string) => buyReviewed(room.deps, acme.ana, { bundleId, scope: POOL, token });
    const outcomes = [1, 2, 3, 4, 5].map((n) =>
      buy(`bundle-${companyId}-${n}`).then(
        ({ outcome }) => outcome,
        ({ code }) => code,
      ),
    );
    expect((await Promise.all(outcomes)).toSorted()).toEqual([
      'bought',
      'bought',
      'daily-limit',
      'daily-limit',
      'daily-limit',
    ]);
    await room.work();
    await expect(review((await openDraft(room.deps, acme.ana, {})).token, '100.01')).rejects.toMatchObject({
      code: 'amount-above-maximum',
    });
    expect(await confirm(await reviewed('100'))).toMatchObject({ outcome: 'confirmed' });
    // The renewals of a month later take $900 and leave the day as it was.
    room.clock.advance(31 * 24 * 3_600_000);
    await room.work();
    expect(await db.subscriptionPeriod.count({ where: { companyId, number: 1 } })).toBe(2);
    await buy(`bundle-${companyId}-6`);
  });
});
