import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import {
  advanceCheck,
  answerCheck,
  type BillingDeps,
  type CheckReading,
  claimCard,
  decideRecharge,
  readCards,
  removeCard,
} from '../../../src/billing/index.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars, fromCents } from '../../../src/money.ts';
import { type BillingRoom, startBillingRoom } from '../../support/billing-room.ts';
import { type CardedCompany, cardedCompany, turnRechargeOn } from '../../support/carded-company.ts';

const CENT = dollars('0.01');
let room: BillingRoom;

beforeAll(async () => {
  room = await startBillingRoom('2026-12-02T18:00:00Z');
});
afterAll(() => room?.close());
beforeEach(() => room.processor.controls.setAccount({ smallestCharge: 50, takesSuffix: true }));

/** A new company with cards that were added but not claimed yet. */
async function companyWithNewCards(...tokens: string[]): Promise<CardedCompany> {
  const company = await cardedCompany(room, ...tokens);
  await room.deps.db.card.updateMany({
    where: { companyId: company.companyId },
    data: {
      addedBy: `${company.teamId}/UANA`,
      claimedAt: null,
      confirmedAt: null,
      isDefault: false,
      isFallback: false,
    },
  });
  return company;
}

const claim = (company: CardedCompany, at: number) =>
  claimCard(room.deps, company.ana, company.cards[at]?.id ?? 0n);

const checkOf = ({ companyId }: CardedCompany) =>
  room.deps.db.cardCheck.findFirstOrThrow({ where: { companyId }, orderBy: { id: 'desc' } });

/** Claims a card and has its check charged; answers what its bank shows. */
async function check(company: CardedCompany, at = 0, deps: BillingDeps = room.deps) {
  expect(await claim(company, at)).toBe('asked');
  const { id: checkId } = await checkOf(company);
  await advanceCheck(deps, { companyId: company.companyId, checkId });
  const row = await checkOf(company);
  return { ...row, ...(await readStatement(row.intentId ?? '')) };
}

const charges = z.object({
  data: z.array(z.object({ amount: z.number(), calculated_statement_descriptor: z.string() })),
});

/** The line of a charge as the card's bank shows it. */
async function readStatement(intentId: string) {
  const answer = await fetch(`${room.processor.url}/v1/charges?payment_intent=${intentId}`, {
    headers: { authorization: `Bearer ${room.secretKey}` },
  });
  const charge = charges.parse(await answer.json()).data[0];
  const descriptor = charge?.calculated_statement_descriptor ?? '';
  return { descriptor, code: descriptor.slice(-4), amount: fromCents(charge?.amount ?? 0) };
}

const answer = (company: CardedCompany, token: string, reading: CheckReading) =>
  answerCheck(room.deps, company.ana, token, reading);

it('a new company has its first card verified; once one has passed, no other is asked about, also when it was removed since', async () => {
  const acme = await companyWithNewCards('pm_card_visa', 'pm_card_mastercard', 'pm_card_amex');
  const first = await check(acme);
  expect(await answer(acme, first.token, { code: first.code })).toMatchObject({ outcome: 'confirmed' });
  expect(await claim(acme, 1)).toBe('usable');
  await removeCard(room.deps, acme.ana, acme.cards[0]?.id ?? 0n);
  expect(await claim(acme, 2)).toBe('usable');
  expect(await readCards(room.deps.db, acme.companyId)).toMatchObject([
    { isDefault: true, state: 'usable' },
    { isDefault: false, state: 'usable' },
  ]);
});

it('a card that was never checked is no card that has passed', async () => {
  const { db } = room.deps;
  const acme = await companyWithNewCards('pm_card_visa', 'pm_card_mastercard');
  await db.company.update({ where: { id: acme.companyId }, data: { cardCheck: 'never' } });
  expect(await claim(acme, 0)).toBe('usable');
  await db.company.update({ where: { id: acme.companyId }, data: { cardCheck: 'first' } });
  expect(await claim(acme, 1)).toBe('asked');
});

it('people are told the charge’s own descriptor without its code; the code alone verifies the card, however it is stored', async () => {
  const acme = await companyWithNewCards('pm_card_visa');
  const { token, descriptor, code, amount, statementHint, statementEncrypted } = await check(acme);
  expect(descriptor).toMatch(/^REFILL\* CHECK[2-9A-Z]{4}$/);
  expect(statementHint).toBe('REFILL* CHECK····');
  expect(statementEncrypted).not.toContain(code);
  expect(amount.greaterThanOrEqualTo('1.00') && amount.lessThanOrEqualTo('1.99')).toBe(true);
  expect(await answer(acme, token, { code })).toMatchObject({ outcome: 'confirmed' });
  expect(await checkOf(acme)).toMatchObject({ state: 'confirmed', statementEncrypted: null });
});

it('wrong amounts and wrong codes share three tries; what cannot be costs none', async () => {
  const acme = await companyWithNewCards('pm_card_visa');
  const { token, code, amount } = await check(acme);
  const wrongAmount = amount.equals('1.99') ? amount.minus(CENT) : amount.plus(CENT);
  const wrongCode = code === 'AAAA' ? 'BBBB' : 'AAAA';
  for (const impossible of ['0.99', '2.00'])
    expect(await answer(acme, token, { amount: dollars(impossible) })).toEqual({
      outcome: 'impossible',
      takesCode: true,
    });
  expect(await answer(acme, token, { code: wrongCode })).toEqual({ outcome: 'wrong', triesLeft: 2 });
  expect(await answer(acme, token, { amount: wrongAmount })).toEqual({ outcome: 'wrong', triesLeft: 1 });
  expect(await answer(acme, token, { code: wrongCode })).toEqual({ outcome: 'locked' });
  expect(await answer(acme, token, { code })).toEqual({ outcome: 'not-waiting' });
});

it('another company’s wrong answers about the same card cost none of these', async () => {
  const wrong = { code: 'AAAA' };
  const [acme, globex] = [
    await companyWithNewCards('pm_card_mastercard'),
    await companyWithNewCards('pm_card_mastercard'),
  ];
  const ours = await check(acme);
  expect(await answer(acme, ours.token, wrong)).toEqual({ outcome: 'wrong', triesLeft: 2 });
  const theirs = await check(globex);
  expect(theirs.fingerprint).toBe(ours.fingerprint);
  expect(await answer(globex, theirs.token, wrong)).toEqual({ outcome: 'wrong', triesLeft: 2 });
});

it.each([65, 99, 101, 120, 140, 160, 175, 190, 198, 199])(
  'an amount below an account’s %i cents is drawn again, at no cost',
  async (smallestCharge) => {
    room.processor.controls.setAccount({ smallestCharge });
    const acme = await companyWithNewCards('pm_card_visa');
    const { token, state, amount } = await check(acme);
    expect(state).toBe('waiting');
    expect(amount.greaterThanOrEqualTo(Math.max(smallestCharge, 100) / 100)).toBe(true);
    expect(await answer(acme, token, { code: 'AAAA' })).toEqual({ outcome: 'wrong', triesLeft: 2 });
    expect(await answer(acme, token, { amount })).toMatchObject({ outcome: 'confirmed' });
  },
);

it.each([200, 250, 500])(
  'an account that charges nothing below %i cents is the operator’s: the card stays, and is checked once it can be',
  async (smallestCharge) => {
    room.processor.controls.setAccount({ smallestCharge });
    const acme = await companyWithNewCards('pm_card_visa');
    await claim(acme, 0);
    const { id: checkId } = await checkOf(acme);
    await advanceCheck(room.deps, { companyId: acme.companyId, checkId });
    expect(await checkOf(acme)).toMatchObject({ state: 'charging', intentId: null });
    expect(await readCards(room.deps.db, acme.companyId)).toMatchObject([{ state: 'unconfirmed' }]);
    expect(
      await room.deps.db.operatorNotice.findMany({ where: { companyId: acme.companyId, resolvedAt: null } }),
    ).toMatchObject([{ kind: 'processor-refuses-requests', details: { code: 'amount_too_small' } }]);
    room.processor.controls.setAccount({ smallestCharge: 50 });
    await advanceCheck(room.deps, { companyId: acme.companyId, checkId });
    expect(await checkOf(acme)).toMatchObject({ state: 'waiting' });
  },
);

it('where the account shows no suffix, the amount alone verifies the card, and a code costs no try', async () => {
  room.processor.controls.setAccount({ takesSuffix: false });
  const acme = await companyWithNewCards('pm_card_visa');
  const { token, amount, statementHint } = await check(acme);
  expect(statementHint).toBe('REFILL');
  expect(await answer(acme, token, { code: 'AAAA' })).toEqual({ outcome: 'impossible', takesCode: false });
  expect(await checkOf(acme)).toMatchObject({ tries: 0 });
  expect(await answer(acme, token, { amount })).toMatchObject({ outcome: 'confirmed' });
});

it('where the charge’s own descriptor does not end in the code, it is told as it is and only the amount verifies', async () => {
  const acme = await companyWithNewCards('pm_card_visa');
  const findStatementDescriptor = async () => 'REFILL* CHE';
  const deps = { ...room.deps, gateway: { ...room.deps.gateway, findStatementDescriptor } };
  const { token, code, amount, statementHint } = await check(acme, 0, deps);
  expect(statementHint).toBe('REFILL* CHE');
  expect(await answer(acme, token, { code })).toEqual({ outcome: 'impossible', takesCode: false });
  expect(await answer(acme, token, { amount })).toMatchObject({ outcome: 'confirmed' });
});

it('a declined check is told with whose auto-recharge still waits for a card', async () => {
  const { db } = room.deps;
  const acme = await cardedCompany(room, 'pm_card_visa', 'pm_card_chargeCustomerFail');
  const { companyId, cards } = acme;
  const noticeOf = async () =>
    (await db.notice.findFirstOrThrow({ where: { companyId: acme.companyId, kind: 'card' } })).facts;
  const walletId = (await readBalance(db, companyId, room.clock.now())).wallets[0]?.walletId ?? 0n;
  await turnRechargeOn(room, acme, walletId);
  await removeCard(room.deps, acme.ana, cards[0]?.id ?? 0n);
  await db.card.update({
    where: { companyId_id: { companyId, id: cards[1]?.id ?? 0n } },
    data: { addedBy: `${acme.teamId}/UANA`, claimedAt: null, confirmedAt: null, isFallback: false },
  });
  await decideRecharge(room.deps, { companyId, walletId });
  expect(await db.rechargeSetting.findFirst({ where: { companyId: acme.companyId } })).toMatchObject({
    pausedFor: 'no_card',
  });
  await check(acme, 1);
  expect(await noticeOf()).toMatchObject({
    event: 'failed',
    failureCode: 'generic_decline',
    waiting: [expect.stringMatching(/\w/)],
  });
});
