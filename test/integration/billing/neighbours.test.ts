import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  advanceOrder,
  chooseDefaultCard,
  confirmPurchase,
  decideRecharge,
  openDraft,
  type PurchaseReview,
  raiseCap,
  readOrder,
  resumeRecharge,
  retryPurchase,
  reviewPurchase,
  sweepRetries,
} from '../../../src/billing/index.ts';
import { DAY_MS, HOUR_MS } from '../../../src/durations.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { listOperatorNotices, resolveOperatorNotice, type Scope } from '../../../src/org/index.ts';
import { type BillingRoom, spend, startBillingRoom } from '../../support/billing-room.ts';
import {
  buyTwenty,
  type CardedCompany,
  cardedCompany,
  rechargeEmptyWallet,
  turnRechargeOn,
} from '../../support/carded-company.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';

/** Of two companies, offices or clicks at once, what one does leaves the other as it was. */
const SURFACE = { viewId: 'V1' };
const POOL: Scope = { kind: 'company' };

let room: BillingRoom;
beforeAll(async () => {
  room = await startBillingRoom('2027-03-10T18:00:00Z');
});
afterAll(() => room?.close());
beforeEach(() => room.processor.controls.refuse(null));

const visa = (): Promise<CardedCompany> => cardedCompany(room, 'pm_card_visa');

async function work({ companyId }: TestCompany): Promise<void> {
  const open = await room.deps.db.purchaseOrder.findMany({
    where: { companyId, state: { in: ['confirmed', 'charging', 'unknown'] } },
  });
  for (const { id: orderId } of open) await advanceOrder(room.deps, { companyId, orderId });
}

const rechargesOf = ({ companyId }: TestCompany) =>
  room.deps.db.purchaseOrder.findMany({ where: { companyId, kind: 'recharge' }, orderBy: { id: 'asc' } });
const settingOf = ({ companyId }: TestCompany) =>
  room.deps.db.rechargeSetting.findFirstOrThrow({ where: { companyId } });

/** A company of two offices with credits and auto-recharge of their own. */
async function twoOffices(choice: { amount?: string; cap?: string } = {}) {
  const company = await testCompany(room.deps.db, { pooled: false });
  await putCardOnFile(room.deps, company.companyId);
  const { wallets } = await readBalance(room.deps.db, company.companyId, room.clock.now());
  const [first = 0n, second = 0n] = company.officeIds.map(
    (officeId) => wallets.find((wallet) => wallet.officeId === officeId)?.walletId,
  );
  for (const walletId of [first, second]) await turnRechargeOn(room, company, walletId, choice);
  return { company, decide: (walletId: bigint) => decide(company, walletId), first, second };
}

const decide = ({ companyId }: TestCompany, walletId: bigint): Promise<void> =>
  decideRecharge(room.deps, { companyId, walletId });

async function review({ ana }: TestCompany, scope: Scope, by = ana): Promise<PurchaseReview> {
  const { token } = await openDraft(room.deps, by, {});
  return await reviewPurchase(room.deps, by, token, [{ scope, amount: dollars('20') }]);
}

it('a card that one company may charge again resumes what its cards had paused, and nothing of another company', async () => {
  const { setBank } = room.processor.controls;
  const [acme, paused, waiting] = [await visa(), await visa(), await visa()];
  for (const [company, decline] of [
    [acme, 'stolen_card'],
    [paused, 'stolen_card'],
    [waiting, 'insufficient_funds'],
  ] as const) {
    await setBank(company.cards[0]?.pm ?? '', { decline });
    await rechargeEmptyWallet(room, company);
    await work(company);
  }
  const [before] = await rechargesOf(waiting);
  expect(before?.retryAt).not.toBeNull();
  await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
  const added = await room.deps.db.card.findFirstOrThrow({
    where: { companyId: acme.companyId, brand: 'mastercard' },
  });
  await room.deps.db.card.update({ where: { processorId: added.processorId }, data: { isDefault: false } });
  await chooseDefaultCard(room.deps, acme.ana, added.id);
  expect(await settingOf(acme)).toMatchObject({ pausedFor: null });
  expect(await settingOf(paused)).toMatchObject({ pausedFor: 'declined' });
  expect((await rechargesOf(waiting))[0]).toEqual(before);
  // To another company's admin its credits are none: neither whether they are paused nor their limit is told.
  const { walletId } = await settingOf(paused);
  expect(await resumeRecharge(room.deps, acme.ana, walletId)).toBe('not-paused');
  await expect(raiseCap(room.deps, acme.ana, walletId, dollars('999'))).rejects.toMatchObject({
    code: 'recharge-unknown',
  });
});

it('two offices are recharged at one moment: neither’s open recharge, ten minutes or month’s cap is the other’s', async () => {
  const { company, first, second } = await twoOffices({ cap: '50' });
  await decide(company, first);
  await decide(company, second);
  await work(company);
  expect(await rechargesOf(company)).toMatchObject(
    [first, second].map((rechargeWalletId) => ({ rechargeWalletId, state: 'settled' })),
  );
});

it('a larger amount is suggested for the office that is recharged a third time within seven days, and no other’s count', async () => {
  const { company, first, second } = await twoOffices({ amount: '20' });
  const startedAt = room.clock.now().getTime();
  const drain = async (officeId: bigint): Promise<void> => {
    await spend(room, { ...company, officeIds: [officeId] }, '20');
  };
  const [home, branch = 0n] = company.officeIds;
  const recharge = async (walletId: bigint, officeId: bigint): Promise<unknown> => {
    await decide(company, walletId);
    await work(company);
    await drain(officeId);
    const { facts } = await room.deps.db.notice.findFirstOrThrow({
      where: { companyId: company.companyId, kind: 'recharge' },
      orderBy: { id: 'desc' },
    });
    return (facts as { suggested: string | null }).suggested;
  };
  expect(await recharge(first, home)).toBeNull();
  room.clock.advance(HOUR_MS);
  expect([await recharge(first, home), await recharge(second, branch)]).toEqual([null, null]);
  // At exactly seven days the first counts no more.
  room.clock.advance(startedAt + 7 * DAY_MS - room.clock.now().getTime());
  expect(await recharge(first, home)).toBeNull();
  // Of the last three, the first is an hour short of its seven days then.
  room.clock.advance(HOUR_MS - 1);
  expect(await recharge(first, home)).toBe('50.00');
});

it('a purchase is reviewed again for another admin’s of the same credits, not for another office’s or company’s', async () => {
  const company = await testCompany(room.deps.db, { pooled: false });
  await putCardOnFile(room.deps, company.companyId);
  const [home, branch] = company.officeIds.map((officeId): Scope => ({ kind: 'office', officeId }));
  if (home === undefined || branch === undefined) throw new Error('there are two offices');
  const [shown, ofBranch, ofHome] = [
    await review(company, home),
    await review(company, branch, company.li),
    await review(company, home, company.li),
  ];
  await confirmPurchase(room.deps, company.li, ofBranch, SURFACE);
  expect(await confirmPurchase(room.deps, company.ana, shown, SURFACE)).toMatchObject({
    outcome: 'confirmed',
  });
  expect(await confirmPurchase(room.deps, company.li, ofHome, SURFACE)).toMatchObject({
    outcome: 'review-again',
  });
  const [acme, other] = [await visa(), await visa()];
  const pooled = await review(acme, POOL);
  await confirmPurchase(room.deps, other.ana, await review(other, POOL), SURFACE);
  expect(await confirmPurchase(room.deps, acme.ana, pooled, SURFACE)).toMatchObject({ outcome: 'confirmed' });
});

it('the purchase limit counts no other company’s purchases, and each of its own for 24 hours to the millisecond', async () => {
  const [acme, other] = [await visa(), await visa()];
  for (const { companyId: id } of [acme, other])
    await room.deps.db.company.update({
      where: { id },
      data: { purchaseMaxMicros: 20_000_000n, purchaseDailyMaxMicros: 20_000_000n },
    });
  await buyTwenty(room, other);
  await buyTwenty(room, acme);
  await work(acme);
  room.clock.advance(DAY_MS - 1);
  await expect(review(acme, POOL)).rejects.toMatchObject({ code: 'daily-limit' });
  room.clock.advance(1);
  await buyTwenty(room, acme);
});

it('charges that a processor’s refusal keeps waiting go on for the company whose notice is resolved, alone', async () => {
  const [acme, other] = [await visa(), await visa()];
  room.processor.controls.refuse({
    refusal: 'bad-parameter',
    method: 'POST',
    path: '/v1/payment_intents',
  });
  for (const company of [acme, other]) {
    await rechargeEmptyWallet(room, company);
    await work(company);
  }
  expect(await listOperatorNotices(room.deps.db)).toHaveLength(2);
  room.processor.controls.refuse(null);
  const at = room.clock.now();
  await resolveOperatorNotice(room.deps.db, {
    kind: 'processor-refuses-requests',
    companyId: acme.companyId,
    subject: 'createIntent',
    at,
  });
  await sweepRetries(room.deps);
  for (const company of [acme, other]) await work(company);
  expect(await rechargesOf(acme)).toMatchObject([{ state: 'settled' }]);
  expect(await rechargesOf(other)).toMatchObject([{ state: 'declined', retryAt: expect.any(Date) }]);
});

it('of two clicks that try a declined purchase again one charges, and the other finds it on its way', async () => {
  const acme = await visa();
  const [card = { id: 0n, pm: '' }] = acme.cards;
  await room.processor.controls.setBank(card.pm, { decline: 'insufficient_funds' });
  const token = await buyTwenty(room, acme);
  await work(acme);
  const declined = await readOrder(room.deps, acme.ana, token);
  await room.processor.controls.setBank(card.pm, { approves: true });
  const clicks = await Promise.all(
    [1, 2].map(() => retryPurchase(room.deps, acme.ana, declined, SURFACE).then(({ outcome }) => outcome)),
  );
  expect(clicks.toSorted()).toEqual(['already', 'confirmed']);
  await Promise.all([work(acme), work(acme)]);
  expect(await retryPurchase(room.deps, acme.ana, declined, SURFACE)).toMatchObject({ outcome: 'already' });
  await work(acme);
  expect((await room.charged(acme.companyId)).toFixed(2)).toBe('20.00');
});
