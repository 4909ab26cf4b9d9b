import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  confirmSharing,
  confirmSharingAsOperator,
  decideRecharge,
  openSharing,
  requestCredits,
  reviewSharing,
  reviewSharingAsOperator,
  type SharingChoice,
  type SharingReview,
  suggestChoice,
} from '../../../src/billing/index.ts';
import { changeRecharge } from '../../../src/billing/kinds/recharge/change-recharge.ts';
import { inTransaction } from '../../../src/db/index.ts';
import {
  grantCredits,
  placeHold,
  postUsage,
  readBalance,
  type UsageClass,
  verifyLedger,
} from '../../../src/ledger/index.ts';
import { dollars, type Money } from '../../../src/money.ts';
import { type NoticeKind, postNotice } from '../../../src/notices/index.ts';
import { findPerson, type Person } from '../../../src/org/index.ts';
import { type BillingRoom, callOf, startBillingRoom } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { numberKey } from '../../support/number-key.ts';
import { storeOrder } from '../../support/order-row.ts';

const OFFICES = [
  { name: 'San Francisco', country: 'US' },
  { name: 'New York', country: 'US' },
  { name: 'London', country: 'GB' },
];

let room: BillingRoom;
let acme: TestCompany;
let keys = 0;

beforeAll(async () => {
  room = await startBillingRoom('2026-11-20T18:00:00Z');
});
afterAll(() => room?.close());

const db = () => room.database.db;
const officeAt = (index: number): bigint => acme.officeIds[index] ?? 0n;
const admin = async (userId = 'UANA'): Promise<Person> => {
  const person = await findPerson(db(), { teamId: acme.teamId, userId });
  if (person === null) throw new Error(`${userId} has no access`);
  return person;
};

async function found(pooled: boolean, approvalLimit?: string): Promise<void> {
  acme = await testCompany(db(), { pooled, offices: OFFICES });
  await putCardOnFile(room.deps, acme.companyId);
  if (approvalLimit !== undefined)
    await db().company.update({
      where: { id: acme.companyId },
      data: { approvalLimitMicros: BigInt(approvalLimit) * 1_000_000n },
    });
}

async function grant(
  amount: string,
  { office = null, kind = 'general' }: { office?: number | null; kind?: 'general' | 'calling' | 'ai' } = {},
): Promise<void> {
  keys += 1;
  const at = room.clock.now();
  await grantCredits(db(), {
    companyId: acme.companyId,
    officeId: office === null ? null : officeAt(office),
    kind,
    amount: dollars(amount),
    key: `grant:${keys}`,
    source: 'test',
    reference: `${keys}`,
    actor: 'operator',
    reason: 'Test',
    ...(kind === 'general' ? {} : { expiresAt: new Date(at.getTime() + 20 * 86_400_000) }),
    at,
  });
}

async function use(office: number, amount: string, usageClass: UsageClass = 'calls'): Promise<void> {
  const at = room.clock.now();
  const record = { ...callOf(acme, amount, usageClass), officeId: officeAt(office), usageAt: at };
  await postUsage(db(), { numberKey, companyId: acme.companyId, at, records: [record] });
}

async function recharge(
  office: number | null,
  figures: { threshold: string; amount: string; cap: string; fills?: boolean },
) {
  const person = await admin();
  const { walletId } = await walletOf(office);
  const choice = {
    isOn: true,
    threshold: dollars(figures.threshold),
    amount: dollars(figures.amount),
    cap: dollars(figures.cap),
    fills: figures.fills,
  };
  await inTransaction(db(), (tx) =>
    changeRecharge(tx, person, walletId, () => choice, { now: room.clock.now(), approvedBy: 'T/U' }),
  );
}

async function walletOf(office: number | null) {
  const { wallets } = await readBalance(db(), acme.companyId, room.clock.now());
  const wallet = wallets.find(({ officeId }) => officeId === (office === null ? null : officeAt(office)));
  if (wallet === undefined) throw new Error('no such wallet');
  return wallet;
}

/** General less debt and bundles of pool, San Francisco, New York and London. */
async function figures(): Promise<string[]> {
  const wallets = await Promise.all([null, 0, 1, 2].map(walletOf));
  return wallets.map(
    ({ general, debt, calling, ai }) =>
      `${general.minus(debt.calls).minus(debt.ai).toFixed(2)}${calling.plus(ai).isZero() ? '' : `+${calling.plus(ai).toFixed(2)}`}`,
  );
}

async function review(change: (choice: SharingChoice) => SharingChoice = (choice) => choice, by?: Person) {
  const person = by ?? (await admin());
  const { token, choice } = await openSharing(room.deps, person);
  const read = await reviewSharing(room.deps, person, token, change(choice));
  if ('faults' in read) throw new Error(`refused: ${JSON.stringify(read.faults)}`);
  return { token, review: read.review };
}

const settings = () =>
  db().rechargeSetting.findMany({
    where: { companyId: acme.companyId, isOn: true },
    orderBy: { walletId: 'asc' },
  });

/** A message about unusual spending of an office, which offers to pause auto-recharge where it is on. */
async function postSurprise(office: number, isRechargeOn: boolean): Promise<void> {
  const { companyId } = acme;
  const at = room.clock.now();
  const found = { hourFrom: at, hourTo: at, foundAt: at, lastAt: at, calls: 2n, costMicros: 60_000_000n };
  const { id } = await db().surprise.create({
    data: { companyId, officeId: officeAt(office), part: 'office', value: '', rule: 'new_office', ...found },
  });
  await postNotice(db(), {
    companyId,
    dedupeKey: `surprise:${id}`,
    at,
    facts: {
      kind: 'surprise',
      token: id.toString(),
      officeName: 'London',
      part: 'office',
      value: '',
      rule: 'new_office',
      amount: '60',
      calls: 2,
      usual: null,
      from: at.toISOString(),
      to: at.toISOString(),
      since: at.toISOString(),
      timeZone: 'UTC',
      spenders: [],
      isRechargeOn,
      expectedByUserId: null,
      mutedUntil: null,
      pausedByUserId: null,
    },
  });
}

const factsOf = async (kind: NoticeKind): Promise<unknown> =>
  (await db().notice.findFirstOrThrow({ where: { companyId: acme.companyId, kind } })).facts;

/** The company's setting and its book agree; the books as a whole are verified once, at the end. */
async function expectAgreement(): Promise<void> {
  const [company, { pooled }] = await Promise.all([
    db().company.findUniqueOrThrow({ where: { id: acme.companyId } }),
    readBalance(db(), acme.companyId, room.clock.now()),
  ]);
  expect(company.pooled).toBe(pooled);
}

describe('R5: sharing credits company-wide', () => {
  beforeEach(() => found(false));

  it('moves general credits and debt to the pool, leaves bundles, and keeps auto-recharge and the alert', async () => {
    await grant('80', { office: 0 });
    await grant('20.50', { office: 1 });
    await grant('15', { office: 1, kind: 'calling' });
    await use(2, '12.40');
    await recharge(0, { threshold: '5', amount: '50', cap: '200' });
    await recharge(1, { threshold: '10', amount: '20', cap: '100' });
    await placeHold(db(), {
      companyId: acme.companyId,
      key: 'a call',
      officeId: officeAt(1),
      class: 'calls',
      amount: dollars('16'),
      expiresAt: new Date(room.clock.now().getTime() + 3_600_000),
      at: room.clock.now(),
    });
    const { token, review: shown } = await review();
    const pooled = shown.effects.find(({ officeId }) => officeId === null);
    expect([pooled?.moves.general, pooled?.moves.debt].map(String)).toEqual(['100.5', '12.4']);
    expect(pooled).toMatchObject({ recharge: { isOn: true }, needsApproval: false, chargesNow: null });
    expect(shown.buyers.companyAdmins).toEqual(['UANA', 'ULI']);
    expect(await confirmSharing(room.deps, await admin(), token)).toMatchObject({ outcome: 'changed' });
    expect(await figures()).toEqual(['88.10', '0.00', '0.00+15.00', '0.00']);
    expect(
      (await settings()).map(({ officeId, amountMicros, capMicros }) => [officeId, amountMicros, capMicros]),
    ).toEqual([[null, 50_000_000n, 300_000_000n]]);
    const pool = await walletOf(null);
    expect([pool.watch.calls?.toFixed(2), pool.watch.general?.toFixed(2)]).toEqual(['5.00', '10.00']);
    expect((await walletOf(1)).watch).toMatchObject({ calls: null, general: null });
    await expectAgreement();
    const audit = await db().audit.findFirstOrThrow({
      where: { companyId: acme.companyId, action: 'credit-sharing-changed' },
    });
    expect(audit).toMatchObject({
      actor: `${acme.teamId}/UANA`,
      details: { from: 'per_office', to: 'company' },
    });
    const notice = await db().notice.findFirstOrThrow({
      where: { companyId: acme.companyId, kind: 'credit_sharing' },
    });
    expect(notice.facts).toMatchObject({
      byUserId: 'UANA',
      to: 'company',
      total: { general: '100.5', debt: '12.4' },
    });
    await expect(confirmSharing(room.deps, await admin(), token)).rejects.toMatchObject({
      code: 'sharing-unknown',
    });
  });

  it('carries whether a recharge adds its amount as often as it takes, shows it, and charges what it shows', async () => {
    for (const office of [0, 1])
      await recharge(office, { threshold: '5', amount: '50', cap: '200', fills: true });
    await use(0, '130');
    const { token, review: shown } = await review();
    const pooled = shown.effects.find(({ officeId }) => officeId === null);
    expect([pooled?.recharge?.fills, pooled?.chargesNow?.toFixed()]).toEqual([true, '150']);
    await confirmSharing(room.deps, await admin(), token);
    expect(await settings()).toMatchObject([{ officeId: null, fills: true }]);
    const { walletId } = await walletOf(null);
    await decideRecharge(room.deps, { companyId: acme.companyId, walletId });
    const order = await db().purchaseOrder.findFirstOrThrow({ where: { companyId: acme.companyId } });
    expect(order.amountMicros).toBe(150_000_000n);
  });

  it('adds one amount a time to the pool where an office did, however the pool was set before', async () => {
    await recharge(0, { threshold: '5', amount: '50', cap: '200', fills: true });
    await recharge(1, { threshold: '5', amount: '50', cap: '200', fills: false });
    const row = await db().rechargeSetting.findFirstOrThrow({
      where: { companyId: acme.companyId, fills: true },
    });
    const { walletId } = await walletOf(null);
    await db().rechargeSetting.create({ data: { ...row, walletId, officeId: null, isOn: false } });
    const { token, review: shown } = await review();
    expect(shown.effects.find(({ officeId }) => officeId === null)).toMatchObject({
      recharge: { fills: false },
    });
    await confirmSharing(room.deps, await admin(), token);
    expect(await settings()).toMatchObject([{ officeId: null, fills: false }]);
  });

  it('closes what was asked for the offices’ credits, and drops a recharge that waits for its retry', async () => {
    await db().member.create({
      data: {
        companyId: acme.companyId,
        officeId: officeAt(1),
        kind: 'person',
        name: 'Priya',
        licence: 'talk',
        slackUserId: 'UPRIYA',
      },
    });
    await db().roleAssignment.create({
      data: {
        companyId: acme.companyId,
        teamId: acme.teamId,
        userId: 'UPRIYA',
        role: 'member',
        grantedBy: 'test',
        grantedAt: room.clock.now(),
      },
    });
    await requestCredits(room.deps, await admin('UPRIYA'), { amount: dollars('50'), reason: 'trade fair' });
    await recharge(0, { threshold: '5', amount: '50', cap: '200' });
    const at = room.clock.now();
    const order = await storeOrder(db(), {
      companyId: acme.companyId,
      token: `waits:${acme.companyId}`,
      kind: 'recharge',
      state: 'declined',
      officeId: officeAt(0),
      amountMicros: 50_000_000n,
      method: 'card',
      userId: 'auto-recharge',
      createdAt: at,
      confirmedAt: at,
      failureCode: 'insufficient_funds',
      retryAt: new Date(at.getTime() + 3_600_000),
    });
    const draft = await storeOrder(db(), {
      companyId: acme.companyId,
      token: `draft:${acme.companyId}`,
      kind: 'purchase',
      state: 'draft',
      officeId: officeAt(1),
      amountMicros: 20_000_000n,
      teamId: acme.teamId,
      userId: 'ULI',
      createdAt: at,
      reviewedAt: at,
    });
    const { token, review: shown } = await review();
    expect(shown).toMatchObject({ requests: 1, waiting: 1 });
    await confirmSharing(room.deps, await admin(), token);
    const stateOf = (id: bigint) =>
      db().purchaseOrder.findUniqueOrThrow({ where: { companyId_id: { companyId: acme.companyId, id } } });
    expect(await stateOf(order.id)).toMatchObject({ state: 'declined', retryAt: null });
    expect(await stateOf(draft.id)).toMatchObject({ state: 'abandoned' });
    expect(await db().creditRequest.count({ where: { companyId: acme.companyId, state: 'open' } })).toBe(0);
    const kinds = await db().notice.findMany({
      where: { companyId: acme.companyId },
      select: { kind: true },
    });
    expect(kinds.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['credit_request_answer', 'recharge', 'credit_sharing']),
    );
    await expectAgreement();
  });

  it('R27.8: messages about a pause that it ends, and about unusual spending, follow', async () => {
    for (const office of [0, 1]) await recharge(office, { threshold: '5', amount: '50', cap: '200' });
    const { walletId } = await walletOf(0);
    const { companyId } = acme;
    await db().rechargeSetting.updateMany({
      where: { companyId, walletId },
      data: { pausedFor: 'refunded', pausedMicros: 50_000_000n },
    });
    await postNotice(db(), {
      companyId,
      dedupeKey: 'refund',
      at: room.clock.now(),
      facts: {
        kind: 'refund',
        state: 'refunded',
        amount: '50.00',
        paid: '50.00',
        receipt: 'R-000001',
        ownReceipt: '',
        card: null,
        taken: '50.00',
        scopeLabel: 'San Francisco',
        pausedToken: walletId.toString(),
        at: room.clock.now().toISOString(),
        timeZone: 'UTC',
      },
    });
    await postSurprise(2, false);
    const { token } = await review();
    await confirmSharing(room.deps, await admin(), token);
    expect(await factsOf('refund')).toMatchObject({ pauseEnd: 'off' });
    expect(await factsOf('surprise')).toMatchObject({ isRechargeOn: true });
  });

  it('is refused while a payment is being processed', async () => {
    const { token } = await review();
    const at = room.clock.now();
    const order = await storeOrder(db(), {
      companyId: acme.companyId,
      token: `pays:${acme.companyId}`,
      kind: 'purchase',
      state: 'unknown',
      officeId: officeAt(1),
      amountMicros: 20_000_000n,
      method: 'invoice',
      userId: 'ULI',
      createdAt: at,
      confirmedAt: at,
    });
    await expect(confirmSharing(room.deps, await admin(), token)).rejects.toMatchObject({
      code: 'order-under-way',
    });
    await expect(openSharing(room.deps, await admin())).rejects.toMatchObject({ code: 'order-under-way' });
    await db().purchaseOrder.update({
      where: { companyId_id: { companyId: acme.companyId, id: order.id } },
      data: { state: 'abandoned' },
    });
    expect(await confirmSharing(room.deps, await admin(), token)).toMatchObject({ outcome: 'changed' });
  });

  it('is reviewed again where settings, roles or offices changed meanwhile, and made once by two admins', async () => {
    await grant('40', { office: 1 });
    const { token } = await review();
    await recharge(1, { threshold: '5', amount: '25', cap: '100' });
    const again = await confirmSharing(room.deps, await admin(), token);
    expect(again).toMatchObject({ outcome: 'stale', review: { to: 'company' } });
    await grant('3', { office: 2 });
    const other = await review((choice) => choice, await admin('ULI'));
    const both = await Promise.allSettled([
      confirmSharing(room.deps, await admin(), token),
      confirmSharing(room.deps, await admin('ULI'), other.token),
    ]);
    expect(
      both.map((one) => (one.status === 'fulfilled' ? one.value.outcome : one.reason.code)).toSorted(),
    ).toEqual(['changed', 'sharing-already']);
    expect(await figures()).toEqual(['43.00', '0.00', '0.00', '0.00']);
    await expectAgreement();
  });

  it('R9: at most the approval limit is in force at once; more waits for the second admin', async () => {
    await db().company.update({ where: { id: acme.companyId }, data: { approvalLimitMicros: 100_000_000n } });
    await recharge(0, { threshold: '20', amount: '150', cap: '900' });
    await grant('40', { office: 0 });
    const person = await admin();
    const { token, choice } = await openSharing(room.deps, person);
    expect([choice.wallets[0]?.amount, choice.wallets[0]?.cap].map(String)).toEqual(['100', '100']);
    const wallets = choice.wallets.map((wallet) => ({
      ...wallet,
      amount: dollars('150'),
      cap: dollars('900'),
    }));
    await reviewSharing(room.deps, person, token, { ...choice, wallets });
    const done = await confirmSharing(room.deps, person, token);
    expect(done).toMatchObject({ outcome: 'changed' });
    expect(await settings()).toMatchObject([
      { officeId: null, amountMicros: 100_000_000n, capMicros: 100_000_000n },
    ]);
    expect(
      await db().approval.findMany({ where: { companyId: acme.companyId, state: 'open' } }),
    ).toMatchObject([{ change: { kind: 'recharge', amount: '150.00', cap: '900.00' } }]);
  });

  it('is a company admin’s alone, also with somebody else’s token', async () => {
    const { token } = await review();
    await db().roleAssignment.create({
      data: {
        companyId: acme.companyId,
        teamId: acme.teamId,
        userId: 'UOFFICE',
        role: 'office_admin',
        officeId: officeAt(1),
        grantedBy: 'test',
        grantedAt: room.clock.now(),
      },
    });
    await expect(confirmSharing(room.deps, await admin('UOFFICE'), token)).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(openSharing(room.deps, await admin('UOFFICE'))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(confirmSharing(room.deps, await admin('ULI'), token)).rejects.toMatchObject({
      code: 'sharing-unknown',
    });
  });
});

describe('R5: credits per office again', () => {
  beforeEach(() => found(true));

  const shareOf = (shown: SharingReview, office: number): Money | undefined =>
    shown.effects.find(({ officeId }) => officeId === officeAt(office))?.moves.general;

  it('deals the pool out by 30 days’ use, what remains to the primary office, also after usage came in', async () => {
    await grant('130');
    await grant('25', { kind: 'calling' });
    await use(1, '20');
    await use(2, '10');
    await use(0, '10', 'ai');
    await recharge(null, { threshold: '8', amount: '40', cap: '100' });
    const { token, review: shown } = await review();
    // $25.00 of the calls drew the bundle.
    expect([1, 2].map((office) => shareOf(shown, office)?.toFixed(2))).toEqual(['57.50', '28.75']);
    await use(2, '1.234567');
    await confirmSharing(room.deps, await admin(), token);
    expect(await figures()).toEqual(['0.00', '27.52', '57.50', '28.75']);
    expect((await settings()).map(({ officeId, capMicros }) => [officeId, capMicros])).toEqual(
      [0, 1, 2].map((office) => [officeAt(office), 40_000_000n]),
    );
    await expectAgreement();
  });

  it('gives debt, bundles and recurring credits of the pool to the primary office', async () => {
    await grant('25', { kind: 'calling' });
    const at = room.clock.now();
    const { id } = await db().subscription.create({
      data: {
        companyId: acme.companyId,
        token: `funds:${acme.companyId}`,
        officeId: null,
        creditMicros: 10_000_000n,
        priceMicros: 0n,
        state: 'active',
        actor: 'operator',
        createdAt: at,
        nextPeriodAt: new Date(at.getTime() + 86_400_000),
      },
    });
    await use(1, '30');
    const { token, review: shown } = await review();
    expect(shown.movedSubscriptions).toEqual(['Recurring credits']);
    await confirmSharing(room.deps, await admin(), token);
    expect(await figures()).toEqual(['0.00', '-5.00', '0.00', '0.00']);
    expect(
      await db().subscription.findUniqueOrThrow({
        where: { companyId_id: { companyId: acme.companyId, id } },
      }),
    ).toMatchObject({ officeId: officeAt(0) });
    await expectAgreement();
  });

  it('R27.8: a message about unusual spending of an office without auto-recharge offers no pause of it', async () => {
    await recharge(null, { threshold: '5', amount: '50', cap: '200' });
    await postSurprise(2, true);
    const { token } = await review((choice) => ({
      ...choice,
      wallets: choice.wallets.map((each) => ({ ...each, isOn: false })),
    }));
    await confirmSharing(room.deps, await admin(), token);
    expect(await factsOf('surprise')).toMatchObject({ isRechargeOn: false });
  });

  it('is reviewed again where the credits do not suffice for the shares any more', async () => {
    await grant('100');
    const { token } = await review((choice) => ({
      ...choice,
      shares: [
        { officeId: officeAt(1), amount: dollars('60') },
        { officeId: officeAt(2), amount: dollars('39.99') },
      ],
    }));
    await use(1, '0.05');
    const again = await confirmSharing(room.deps, await admin(), token);
    expect(again).toMatchObject({ outcome: 'stale' });
    expect(await figures()).toEqual(['99.95', '0.00', '0.00', '0.00']);
    expect(await confirmSharing(room.deps, await admin(), token)).toMatchObject({ outcome: 'changed' });
    expect((await figures())[0]).toBe('0.00');
    await expectAgreement();
  });

  it('the operator changes it with the mark of the review, and above the approval limit not at all', async () => {
    await grant('90');
    const to = 'per_office' as const;
    const read = await reviewSharingAsOperator(room.deps, acme.companyId, (state) =>
      suggestChoice(state, to),
    );
    if ('faults' in read) throw new Error('refused');
    const { token } = read.review;
    await expect(confirmSharing(room.deps, await admin(), token)).rejects.toMatchObject({
      code: 'sharing-unknown',
    });
    expect(await confirmSharingAsOperator(room.deps, acme.companyId, token)).toMatchObject({
      outcome: 'changed',
    });
    expect(await figures()).toEqual(['0.00', '30.00', '30.00', '30.00']);
    await db().company.update({ where: { id: acme.companyId }, data: { approvalLimitMicros: 30_000_000n } });
    const refused = reviewSharingAsOperator(room.deps, acme.companyId, (state) => {
      const choice = suggestChoice(state, 'company');
      return {
        ...choice,
        wallets: choice.wallets.map((wallet) => ({ ...wallet, isOn: true, amount: dollars('50') })),
      };
    });
    await expect(refused).rejects.toMatchObject({ code: 'above-approval-limit' });
  });
});

it('R5: no micro-dollar is lost or made, whatever a company has when its sharing changes', async () => {
  const cents = fc.integer({ min: 1, max: 20_000_000 }).map((micros) => (micros / 1_000_000).toFixed(6));
  const office = fc.integer({ min: 0, max: 2 });
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        op: fc.constant('grant' as const),
        office,
        amount: cents,
        kind: fc.constantFrom('general', 'general', 'calling', 'ai'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        op: fc.constant('use' as const),
        office,
        amount: cents,
        class: fc.constantFrom('calls', 'calls', 'ai'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constant('change' as const),
        isLate: fc.boolean(),
        part: fc.double({ min: 0, max: 0.6, noNaN: true }),
      }),
    },
  );
  const netOf = async (): Promise<string> => {
    const { wallets } = await readBalance(db(), acme.companyId, room.clock.now());
    return wallets
      .reduce(
        (sum, { general, calling, ai, debt }) =>
          sum.plus(general).plus(calling).plus(ai).minus(debt.calls).minus(debt.ai),
        dollars('0'),
      )
      .toFixed(6);
  };
  const change = async ({ isLate, part }: { isLate: boolean; part: number }): Promise<void> => {
    const before = await netOf();
    const { token } = await review((choice) => ({
      ...choice,
      shares: choice.shares.map((share) => ({
        ...share,
        amount: share.amount.times(part).toDecimalPlaces(2, 1),
      })),
    }));
    const late = '0.123457';
    if (isLate) await use(1, late);
    const done = await confirmSharing(room.deps, await admin(), token);
    const after = dollars(await netOf());
    expect(after.toFixed(6)).toBe(
      dollars(before)
        .minus(isLate ? late : '0')
        .toFixed(6),
    );
    if (done.outcome === 'stale') await confirmSharing(room.deps, await admin(), token);
    expect(dollars(await netOf()).toFixed(6)).toBe(after.toFixed(6));
  };
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { minLength: 4, maxLength: 12 }), async (pooled, steps) => {
      await found(pooled);
      for (const one of steps) {
        if (one.op === 'grant') await grant(one.amount, { office: one.office, kind: one.kind as 'general' });
        else if (one.op === 'use') await use(one.office, one.amount, one.class as UsageClass);
        else await change(one);
      }
      await change({ isLate: false, part: 1 });
    }),
    { numRuns: 8, seed: 20261129, endOnFailure: true },
  );
  const findings: unknown[] = [];
  await verifyLedger(db(), { onFinding: (finding) => findings.push(finding) });
  expect(findings).toEqual([]);
});
