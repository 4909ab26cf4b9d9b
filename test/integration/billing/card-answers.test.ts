import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayRefusedError } from '../../../src/billing/gateway.ts';
import {
  addBundle,
  advanceCheck,
  advanceOrder,
  claimCard,
  openDraft,
  readCards,
  readOrder,
  readVerification,
  retryPurchase,
  reviewPurchase,
  startCardLink,
  sweepOrders,
  sweepRetries,
  verifyPayment,
} from '../../../src/billing/index.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { dollars } from '../../../src/money.ts';
import { listOperatorNotices, resolveOperatorNotice } from '../../../src/org/index.ts';
import { ADVICE_CODES, type DeclineCode } from '../../../src/stand-ins/local-processor/decline-codes.ts';
import { answerBank } from '../../support/answer-bank.ts';
import { type BillingRoom, buyReviewed, startBillingRoom } from '../../support/billing-room.ts';
import {
  buyTwenty,
  type CardedCompany,
  cardedCompany,
  rechargeEmptyWallet,
} from '../../support/carded-company.ts';
import { putCardOnFile, type TestCompany } from '../../support/company.ts';

/** R14: after these a card is charged by nothing until a person replaces it. Some of all, which `declines.test.ts` sorts. */
const NEVER_AGAIN: DeclineCode[] = ['lost_card', 'expired_card', 'testmode_decline', 'do_not_try_again'];

/** Requests that the processor refuses whatever the card. */
const REFUSALS = [
  'restricted-key',
  'revoked-key',
  'wrong-account',
  'bad-parameter',
  'bad-url',
  'account-closed',
  'unknown-address',
  'key-misused',
  'no-key',
  'platform-key-expired',
  'publishable-key',
  'old-encryption',
  'country-unsupported',
  'parameter-missing',
  'wrong-version',
  'method-not-activated',
  'not-on-this-account',
  'too-precise',
] as const;

/** Some of the others. */
const RETRIED: DeclineCode[] = ['insufficient_funds', 'do_not_honor'];

let room: BillingRoom;
beforeAll(async () => {
  room = await startBillingRoom('2027-03-10T18:00:00Z');
});
afterAll(() => room?.close());
beforeEach(async () => {
  room.processor.controls.setBehaviour('approve');
  room.processor.controls.refuse(null);
  // Nothing of another test's is due any more.
  const { db } = room.deps;
  await db.rechargeSetting.updateMany({ data: { isOn: false } });
  await db.purchaseOrder.updateMany({ data: { nextPollAt: null, retryAt: null } });
  await db.subscription.updateMany({ data: { nextPeriodAt: new Date('2040-01-01') } });
  await db.subscriptionPeriod.updateMany({ data: { retryAt: null } });
  await db.operatorNotice.updateMany({ data: { resolvedAt: room.clock.now() } });
});

const carded = (...tokens: string[]): Promise<CardedCompany> => cardedCompany(room, ...tokens);
const buy = (company: TestCompany): Promise<string> => buyTwenty(room, company);
const setRecharge = (company: TestCompany): Promise<void> => rechargeEmptyWallet(room, company);

/** Does what the sweeps and the queue do, a few times over. */
async function work(rounds = 2): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await sweepRetries(room.deps);
    await sweepOrders(room.deps);
    await room.work();
  }
}

async function pass(hours: number, rounds = 2): Promise<void> {
  room.clock.advance(hours * HOUR_MS);
  await work(rounds);
}

const ordersOf = ({ companyId }: TestCompany) =>
  room.deps.db.purchaseOrder.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
const attemptsOf = ({ companyId }: TestCompany) =>
  room.deps.db.paymentAttempt.findMany({
    where: { companyId },
    orderBy: [{ orderId: 'asc' }, { number: 'asc' }],
  });
const settingOf = ({ companyId }: TestCompany) =>
  room.deps.db.rechargeSetting.findFirstOrThrow({ where: { companyId } });

async function told({ companyId }: TestCompany, kind: string): Promise<Record<string, unknown>> {
  const rows = await room.deps.db.notice.findMany({ where: { companyId, kind }, orderBy: { id: 'asc' } });
  return (rows.at(-1)?.facts ?? {}) as Record<string, unknown>;
}

/** How often each saved card was asked for money, by the processor's own books. */
async function charges(company: TestCompany): Promise<number> {
  const customer = await room.deps.db.processorCustomer.findUniqueOrThrow({
    where: { companyId: company.companyId },
  });
  const answer = await fetch(`${room.processor.url}/v1/charges?limit=100&customer=${customer.customerId}`, {
    headers: { authorization: `Bearer ${room.secretKey}` },
  });
  return ((await answer.json()) as { data: unknown[] }).data.length;
}

/** Looks at an order that waits at the bank, as a webhook would have us do. */
async function look(company: TestCompany): Promise<void> {
  const open = await room.deps.db.purchaseOrder.findMany({
    where: { companyId: company.companyId, state: 'needs_action' },
  });
  for (const { companyId, id } of open) await advanceOrder(room.deps, { companyId, orderId: id });
}

describe('a card whose bank declines', () => {
  it('is asked once where the code or the advice says never again, and four times a recharge otherwise', async () => {
    const cases = [
      ...[...NEVER_AGAIN, ...RETRIED].map((decline) => ({ decline })),
      ...ADVICE_CODES.map((advice) => ({ decline: 'do_not_honor' as const, advice })),
    ];
    const tried = [];
    for (const answer of cases) {
      const company = await carded('pm_card_visa');
      await room.processor.controls.setBank(company.cards[0]?.pm ?? '', answer);
      await setRecharge(company);
      tried.push({ answer, company });
    }
    await work(1);
    for (const hours of [1, 6, 24, 24, 100]) await pass(hours, 1);
    for (const { answer, company } of tried) {
      const isNever =
        NEVER_AGAIN.includes(answer.decline) ||
        ('advice' in answer && answer.advice !== undefined && answer.advice !== 'try_again_later');
      expect([answer, await charges(company)]).toEqual([answer, isNever ? 1 : 4]);
      expect(await told(company, 'recharge')).toMatchObject({ status: 'given_up', card: { last4: '4242' } });
      expect(await settingOf(company)).toMatchObject({ pausedFor: 'declined' });
      const [card] = await readCards(room.deps.db, company.companyId);
      expect([answer, card?.state]).toEqual([answer, isNever ? 'needs_replacing' : 'usable']);
    }
  }, 180_000);

  it('and must not be tried again gives way to the backup at once, for every later charge too', async () => {
    const acme = await carded('pm_card_visa', 'pm_card_mastercard');
    await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'stolen_card' });
    await setRecharge(acme);
    await work();
    expect(await told(acme, 'recharge')).toMatchObject({ status: 'added', card: { last4: '4444' } });
    const { token } = await openDraft(room.deps, acme.ana, {});
    const choice = { scope: { kind: 'company' }, amount: dollars('20') } as const;
    await expect(reviewPurchase(room.deps, acme.ana, token, [choice])).rejects.toMatchObject({
      code: 'card-needs-replacing',
    });
    await room.deps.db.creditGrant.findFirstOrThrow({ where: { companyId: acme.companyId } });
    expect((await attemptsOf(acme)).map(({ state, offSession }) => [state, offSession])).toEqual([
      ['failed', true],
      ['succeeded', true],
    ]);
  });

  it('four times for one order is left alone by all that charges itself, until a person uses it', async () => {
    const acme = await carded('pm_card_visa');
    const [card = { id: 0n, pm: '' }] = acme.cards;
    await room.processor.controls.setBank(card.pm, { decline: 'insufficient_funds' });
    await setRecharge(acme);
    await work(1);
    for (const hours of [1, 6, 24]) await pass(hours);
    expect(await charges(acme)).toBe(4);
    const offer = {
      kind: 'calling',
      period: 'monthly',
      credit: dollars('30'),
      price: dollars('25'),
    } as const;
    const { id: bundleId } = await addBundle(room.deps.db, { ...offer, name: 'M', at: room.clock.now() });
    await room.processor.controls.setBank(card.pm, { approves: true });
    await room.deps.db.card.updateMany({ where: { id: card.id }, data: { exhaustedAt: null } });
    await buyReviewed(room.deps, acme.ana, { bundleId, scope: { kind: 'company' }, token: randomUUID() });
    await work();
    await room.deps.db.card.updateMany({ where: { id: card.id }, data: { exhaustedAt: room.clock.now() } });
    const before = await charges(acme);
    const period = await room.deps.db.subscriptionPeriod.findFirstOrThrow({
      where: { companyId: acme.companyId },
    });
    room.clock.advance(period.endsAt.getTime() - room.clock.now().getTime() + 1);
    await work();
    expect(await charges(acme)).toBe(before);
    expect(await told(acme, 'bundle')).toMatchObject({ event: 'retry', failure: 'card_needs_replacing' });
    await buy(acme);
    await work();
    await pass(2);
    expect(await told(acme, 'bundle')).toMatchObject({ event: 'credited' });
  });
});

describe('a charge that makes itself and whose bank wants its holder', () => {
  it('is not tried again by itself; one click, or several, lead to the bank once, and its yes credits once', async () => {
    const acme = await carded('pm_card_visa');
    await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { asksHolder: true });
    await setRecharge(acme);
    await work();
    const [order] = await ordersOf(acme);
    const token = order?.token ?? '';
    expect(await told(acme, 'recharge')).toMatchObject({
      status: 'to_verify',
      token,
      card: { last4: '4242' },
    });
    for (const hours of [1, 6, 16]) await pass(hours);
    expect(await charges(acme)).toBe(1);
    const outcomes = await Promise.all([1, 2, 3].map(() => verifyPayment(room.deps, acme.ana, token)));
    expect(outcomes).toEqual(['started', 'started', 'started']);
    // Whatever died between the click and its job: the claim is there, and the sweep has it worked.
    room.clock.advance(20_000);
    await work();
    const facts = await readVerification(room.deps, acme.li, token);
    expect(facts).toMatchObject({ state: 'at_bank', card: { last4: '4242' } });
    expect(await told(acme, 'recharge')).toMatchObject({
      status: 'needs_action',
      actionUrl: facts.actionUrl,
    });
    expect((await attemptsOf(acme)).map(({ offSession, failureKind }) => [offSession, failureKind])).toEqual([
      [true, 'challenged'],
      [false, null],
    ]);
    await answerBank(facts.actionUrl, 'refuse');
    await look(acme);
    expect(await told(acme, 'recharge')).toMatchObject({
      status: 'to_verify',
      failureCode: 'payment_intent_authentication_failure',
    });
    expect(await verifyPayment(room.deps, acme.ana, token)).toBe('started');
    await work();
    await answerBank((await readVerification(room.deps, acme.ana, token)).actionUrl, 'approve');
    await look(acme);
    expect(await told(acme, 'recharge')).toMatchObject({ status: 'added' });
    expect((await room.charged(acme.companyId)).toFixed(2)).toBe('50.00');
    expect(await verifyPayment(room.deps, acme.ana, token)).toBe('paid');
    expect(await ordersOf(acme)).toHaveLength(1);
  });

  it('turns to the backup card first, and asks for the card whose bank wanted to be asked when that one fails', async () => {
    const acme = await carded('pm_card_visa', 'pm_card_mastercard');
    await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { asksHolder: true });
    await setRecharge(acme);
    await work();
    expect(await told(acme, 'recharge')).toMatchObject({ status: 'added', card: { last4: '4444' } });
    const other = await carded('pm_card_visa', 'pm_card_mastercard');
    await room.processor.controls.setBank(other.cards[0]?.pm ?? '', { asksHolder: true });
    await room.processor.controls.setBank(other.cards[1]?.pm ?? '', { decline: 'insufficient_funds' });
    await setRecharge(other);
    await work();
    expect(await told(other, 'recharge')).toMatchObject({ status: 'to_verify', card: { last4: '4242' } });
  });

  it.each([false, true])(
    'is cancelled and given up after a day, and auto-recharge pauses (somebody had clicked: %s)',
    async (isClicked) => {
      const acme = await carded('pm_card_visa');
      await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { asksHolder: true });
      await setRecharge(acme);
      await work();
      const [order] = await ordersOf(acme);
      await pass(20);
      if (isClicked) await verifyPayment(room.deps, acme.ana, order?.token ?? '');
      await work();
      room.clock.advance(5 * HOUR_MS);
      await look(acme);
      await work();
      expect(await told(acme, 'recharge')).toMatchObject({ status: 'given_up', failureCode: 'not_verified' });
      expect(await settingOf(acme)).toMatchObject({ pausedFor: 'unverified' });
      const last = (await attemptsOf(acme)).at(-1);
      if (isClicked)
        expect(await room.deps.gateway.findIntent(last?.intentId ?? '')).toMatchObject({ state: 'canceled' });
      expect(await verifyPayment(room.deps, acme.ana, order?.token ?? '')).toBe('over');
      expect((await room.charged(acme.companyId)).toFixed(2)).toBe('0.00');
    },
  );

  it('is verified by admins of its credits alone, not by another company’s, and not when it is no longer needed', async () => {
    const [acme, other] = [await carded('pm_card_visa'), await carded('pm_card_visa')];
    await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { asksHolder: true });
    await setRecharge(acme);
    await work();
    const [order] = await ordersOf(acme);
    const token = order?.token ?? '';
    await expect(verifyPayment(room.deps, other.ana, token)).rejects.toMatchObject({ code: 'order-unknown' });
    // Who opened the notice as an admin may be none by the time of the click.
    await room.deps.db.roleAssignment.deleteMany({ where: { companyId: acme.companyId, userId: 'ULI' } });
    await expect(verifyPayment(room.deps, acme.li, token)).rejects.toMatchObject({ code: 'not-allowed' });
    await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { approves: true });
    await buy(acme);
    await work();
    expect(await verifyPayment(room.deps, acme.ana, token)).toBe('not-needed');
    expect(await told(acme, 'recharge')).toMatchObject({ status: 'needless' });
    expect((await room.charged(acme.companyId)).toFixed(2)).toBe('20.00');
  });

  it('holds for a bundle’s renewal alike: verified, it is credited', async () => {
    const acme = await carded('pm_card_visa');
    const offer = {
      kind: 'calling',
      period: 'monthly',
      credit: dollars('30'),
      price: dollars('25'),
    } as const;
    const { id: bundleId } = await addBundle(room.deps.db, { ...offer, name: 'R', at: room.clock.now() });
    await buyReviewed(room.deps, acme.ana, { bundleId, scope: { kind: 'company' }, token: randomUUID() });
    await work();
    expect((await attemptsOf(acme)).map(({ offSession }) => offSession)).toEqual([false]);
    await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { asksHolder: true });
    const period = await room.deps.db.subscriptionPeriod.findFirstOrThrow({
      where: { companyId: acme.companyId },
    });
    room.clock.advance(period.endsAt.getTime() - room.clock.now().getTime() + 1);
    await work();
    const { token } = await told(acme, 'bundle');
    expect(await told(acme, 'bundle')).toMatchObject({ event: 'to_verify', card: { last4: '4242' } });
    await verifyPayment(room.deps, acme.ana, String(token));
    await work();
    expect(await told(acme, 'bundle')).toMatchObject({ event: 'at_bank' });
    const { actionUrl } = await readVerification(room.deps, acme.ana, String(token));
    await answerBank(actionUrl, 'approve');
    await look(acme);
    expect(await told(acme, 'bundle')).toMatchObject({ event: 'credited', isFirst: false });
  });
});

describe('a refusal that is not the bank’s', () => {
  const restricted = { refusal: 'restricted-key', path: '/v1/payment_intents' } as const;
  const openNotices = async () =>
    (await listOperatorNotices(room.deps.db)).filter(({ kind }) => kind === 'processor-refuses-requests');

  it.each(REFUSALS)('%s is none of the card’s', async (refusal) => {
    const request = { customerId: 'cus_1', cardId: 'pm_1', amount: dollars('20'), description: 'Credits' };
    room.processor.controls.refuse({ refusal, method: 'POST', path: '/v1/payment_intents' });
    const keys = { reference: refusal, key: refusal, receiptEmail: null, requestId: null };
    await expect(room.deps.gateway.createIntent({ ...request, ...keys })).rejects.toBeInstanceOf(
      GatewayRefusedError,
    );
  });

  it.each(['restricted-key', 'revoked-key', 'bad-parameter', 'account-closed', 'unknown-address'] as const)(
    '%s fails a purchase by us, told to the operator and never as a decline; mended, it can be tried again',
    async (refusal) => {
      const acme = await carded('pm_card_visa');
      const token = await buy(acme);
      room.processor.controls.refuse({ refusal, method: 'POST', path: '/v1/payment_intents' });
      await work(1);
      expect(await ordersOf(acme)).toMatchObject([{ state: 'declined', failureCode: 'processor_refused' }]);
      expect(await attemptsOf(acme)).toMatchObject([{ failureKind: 'refused' }]);
      expect(await openNotices()).toMatchObject([{ subject: 'createIntent' }]);
      expect(await readCards(room.deps.db, acme.companyId)).toMatchObject([{ state: 'usable' }]);
      room.processor.controls.refuse(null);
      const { mark } = await readOrder(room.deps, acme.ana, token);
      await retryPurchase(room.deps, acme.ana, { token, mark }, { viewId: 'V' });
      await work(1);
      expect(await ordersOf(acme)).toMatchObject([{ state: 'settled' }]);
      expect(await openNotices()).toEqual([]);
      expect((await room.charged(acme.companyId)).toFixed(2)).toBe('20.00');
    },
  );

  it('lets a recharge wait: each hour, at once when the notice is resolved, and given up after 72 hours', async () => {
    const [acme, other] = [await carded('pm_card_visa'), await carded('pm_card_visa')];
    room.processor.controls.refuse(restricted);
    for (const company of [acme, other]) await setRecharge(company);
    await work();
    expect(await told(acme, 'recharge')).toMatchObject({ status: 'refused' });
    expect(await openNotices()).toMatchObject([{ company: null, subject: 'createIntent' }]);
    await pass(1.1);
    expect((await attemptsOf(acme)).map(({ failureKind }) => failureKind)).toEqual(['refused', 'refused']);
    room.processor.controls.refuse(null);
    await work();
    expect((await ordersOf(acme)).map(({ state }) => state)).toEqual(['declined']);
    const notice = { kind: 'processor-refuses-requests', companyId: null, subject: 'createIntent' } as const;
    await resolveOperatorNotice(room.deps.db, { ...notice, at: room.clock.now() });
    await room.deps.db.rechargeSetting.updateMany({
      where: { companyId: other.companyId },
      data: { isOn: true },
    });
    await work();
    expect((await ordersOf(acme)).map(({ state }) => state)).toEqual(['settled']);
    const late = await carded('pm_card_visa');
    room.processor.controls.refuse(restricted);
    await setRecharge(late);
    await work(1);
    for (const hours of [1.1, 23, 24, 23]) await pass(hours, 1);
    expect(await told(late, 'recharge')).toMatchObject({ status: 'refused' });
    await pass(1.1, 1);
    expect(await told(late, 'recharge')).toMatchObject({
      status: 'given_up',
      failureCode: 'processor_refused',
    });
    expect(await settingOf(late)).toMatchObject({ pausedFor: 'processor' });
    const [card] = await room.deps.db.card.findMany({ where: { companyId: late.companyId } });
    expect(card).toMatchObject({ needsReplacingAt: null, exhaustedAt: null });
  });

  it('lets a renewal wait without using up its tries', async () => {
    const acme = await carded('pm_card_visa');
    const offer = {
      kind: 'calling',
      period: 'monthly',
      credit: dollars('30'),
      price: dollars('25'),
    } as const;
    const { id: bundleId } = await addBundle(room.deps.db, { ...offer, name: 'W', at: room.clock.now() });
    await buyReviewed(room.deps, acme.ana, { bundleId, scope: { kind: 'company' }, token: randomUUID() });
    await work();
    const period = await room.deps.db.subscriptionPeriod.findFirstOrThrow({
      where: { companyId: acme.companyId },
    });
    room.clock.advance(period.endsAt.getTime() - room.clock.now().getTime() + 1);
    room.processor.controls.refuse(restricted);
    for (let hour = 0; hour < 6; hour += 1) await pass(1.1);
    const [, second] = await room.deps.db.subscriptionPeriod.findMany({
      where: { companyId: acme.companyId },
      orderBy: { number: 'asc' },
    });
    expect(second).toMatchObject({ state: 'due', failures: 0 });
    expect(await told(acme, 'bundle')).toMatchObject({ event: 'retry', failure: 'processor_refused' });
    room.processor.controls.refuse(null);
    await pass(1.1);
    expect(await told(acme, 'bundle')).toMatchObject({ event: 'credited' });
  });

  it('says nothing of a charge that an unanswered request may have made, until it is known', async () => {
    const acme = await carded('pm_card_visa');
    await buy(acme);
    room.processor.controls.setBehaviour('timeout-after-charge');
    await work(1);
    room.processor.controls.setBehaviour('approve');
    room.processor.controls.refuse({ refusal: 'revoked-key' });
    await pass(1);
    expect(await ordersOf(acme)).toMatchObject([{ state: 'unknown' }]);
    expect(await openNotices()).not.toEqual([]);
    room.processor.controls.refuse(null);
    await pass(1);
    expect(await ordersOf(acme)).toMatchObject([{ state: 'settled' }]);
  });

  it('removes no card: its check waits and is made when requests work again', async () => {
    const acme = await carded('pm_card_visa');
    const { db } = room.deps;
    await db.company.update({ where: { id: acme.companyId }, data: { cardCheck: 'every' } });
    const [card = { id: 0n, pm: '' }] = acme.cards;
    await db.card.updateMany({
      where: { id: card.id },
      data: { addedBy: `${acme.teamId}/UANA`, claimedAt: null, confirmedAt: null, isDefault: false },
    });
    await claimCard(room.deps, acme.ana, card.id);
    const { id: checkId } = await db.cardCheck.findFirstOrThrow({ where: { companyId: acme.companyId } });
    const key = { companyId: acme.companyId, checkId };
    room.processor.controls.refuse({ refusal: 'restricted-key' });
    await advanceCheck(room.deps, key);
    expect(await db.cardCheck.findFirst({ where: { id: checkId } })).toMatchObject({ state: 'charging' });
    expect(await readCards(db, acme.companyId)).toMatchObject([{ state: 'unconfirmed' }]);
    expect(await openNotices()).toHaveLength(1);
    room.processor.controls.refuse(null);
    await advanceCheck(room.deps, key);
    expect(await db.cardCheck.findFirst({ where: { id: checkId } })).toMatchObject({ state: 'waiting' });
    expect(await openNotices()).toEqual([]);
  });

  it('is not for ever where the customer was deleted: cards are added to a new one', async () => {
    const acme = await carded('pm_card_visa');
    const where = { companyId: acme.companyId };
    const { customerId } = await room.deps.db.processorCustomer.findUniqueOrThrow({ where });
    await fetch(`${room.processor.url}/v1/customers/${customerId}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${room.secretKey}` },
    });
    await setRecharge(acme);
    await work();
    expect(await told(acme, 'recharge')).toMatchObject({ status: 'refused' });
    expect(await readCards(room.deps.db, acme.companyId)).toMatchObject([{ state: 'needs_replacing' }]);
    await startCardLink(room.deps, acme.ana, {});
    expect((await room.deps.db.processorCustomer.findUniqueOrThrow({ where })).customerId).not.toBe(
      customerId,
    );
    await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
    await pass(1.1);
    expect(await told(acme, 'recharge')).toMatchObject({ status: 'added', card: { last4: '4444' } });
  });
});
