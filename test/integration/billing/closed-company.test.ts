import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayUnknownError } from '../../../src/billing/gateway.ts';
import {
  addBundle,
  addRecurring,
  advanceOrder,
  type BillingDeps,
  type CompanyClosing,
  closeCompany,
  openDraft,
  readStandings,
  requestCredits,
  resumeCompany,
  sweepRefunds,
} from '../../../src/billing/index.ts';
import { MINUTE_MS } from '../../../src/durations.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { addEndpoint, postNotice } from '../../../src/notices/index.ts';
import { findPerson, raiseOperatorNotice, readNumberKey } from '../../../src/org/index.ts';
import { createApiKey, createWebhook, findApiKey, scheduleExport } from '../../../src/usage/index.ts';
import { type BillingRoom, buyReviewed, spend } from '../../support/billing-room.ts';
import {
  buyTwenty,
  type CardedCompany,
  cardedCompany,
  turnRechargeOn,
} from '../../support/carded-company.ts';
import {
  closeSound,
  noticesOf,
  paidTwenty,
  refillIn,
  standing,
  startMoneyBackRoom,
} from '../../support/money-back.ts';

let room: BillingRoom;
let acme: CardedCompany;

beforeAll(async () => {
  room = await startMoneyBackRoom();
});
afterAll(() => closeSound(room));
beforeEach(async () => {
  room.processor.controls.setBehaviour('approve');
  room.processor.controls.setAccount({ refundsBegin: 'succeeded' });
  acme = await cardedCompany(room, 'pm_card_visa');
});

const close = (credits: 'refund' | 'keep', ...more: string[]) =>
  refillIn(
    room,
    'company',
    'close',
    '--company',
    `${acme.companyId}`,
    '--credits',
    credits,
    '--reason',
    'they left',
    ...more,
  );
const companyRow = () => room.deps.db.company.findUniqueOrThrow({ where: { id: acme.companyId } });
const has = () => standing(room, acme);
const reference = (id: bigint): string => `P-${id.toString().padStart(6, '0')}`;
const auditsOf = async (action: string) =>
  await room.deps.db.audit.findMany({ where: { companyId: acme.companyId, action }, orderBy: { id: 'asc' } });
const refunded = async () => {
  const { _sum } = await room.deps.db.refund.aggregate({
    _sum: { amountMicros: true },
    where: { companyId: acme.companyId },
  });
  return _sum.amountMicros ?? 0n;
};
const walletId = async () =>
  (await readBalance(room.deps.db, acme.companyId, room.clock.now())).wallets[0]?.walletId ?? 0n;

describe('closing a company', () => {
  it('refunds what is left of card payments, ends the rest and everything that acts on, and the books and the processor agree', async () => {
    const { db } = room.deps;
    const { companyId, ana } = acme;
    const scope = { kind: 'company' } as const;
    const first = await paidTwenty(room, acme);
    const second = await paidTwenty(room, acme);
    const bundle = await addBundle(db, {
      name: `Month of ${companyId}`,
      kind: 'ai',
      period: 'monthly',
      credit: dollars('10'),
      price: dollars('8'),
      at: room.clock.now(),
    });
    await buyReviewed(room.deps, ana, { bundleId: bundle.id, scope, token: `bundle-${companyId}` });
    await addRecurring(room.deps, { companyId, amount: dollars('3'), isCharged: false });
    await room.work();
    await turnRechargeOn(room, acme, await walletId());
    await spend(room, acme, '12.34567');
    await readNumberKey(room.deps, companyId);
    const { key } = await createApiKey(room.deps, { companyId, name: 'PBX' });
    await createWebhook(room.deps, companyId);
    await addEndpoint(room.deps, { companyId, url: 'https://pbx.example.com/events' });
    await scheduleExport(room.deps, ana, {
      every: 'month',
      toUserId: null,
      toChannel: 'CCREDITS',
      officeIds: [],
      categories: [],
    });
    await db.digestSchedule.create({ data: { companyId, every: 'week', nextAt: room.clock.now() } });
    await openDraft(room.deps, ana, {});
    await db.roleAssignment.create({
      data: {
        companyId,
        teamId: acme.teamId,
        userId: 'UPRIYA',
        role: 'member',
        grantedBy: 'test',
        grantedAt: room.clock.now(),
      },
    });
    const priya = await findPerson(db, { teamId: acme.teamId, userId: 'UPRIYA' });
    if (priya === null) throw new Error('Priya has no role');
    await requestCredits(room.deps, priya, { amount: dollars('50'), reason: 'trade fair' });
    const before = await has();

    const dry = await close('refund', '--dry-run');
    expect([dry.status, dry.stdout]).toEqual([
      0,
      expect.stringContaining(`Would refund $7.65 of ${reference(first.orderId)} to its card.\n`),
    ]);
    expect([await has(), (await companyRow()).closingAt]).toEqual([before, null]);

    const { status, stdout, stderr } = await close('refund');
    expect([status, stderr.split('\n').slice(1)]).toEqual([0, ['']]);
    expect(stdout.split('\n').map((line) => line.replace(/^.*?: /, ''))).toEqual(
      expect.arrayContaining([expect.stringMatching(/0 approvals, 1 requests and 1 open purchases/)]),
    );
    expect(stdout).toContain(`Refunded $7.65 of ${reference(first.orderId)} to its card.\n`);
    expect(stdout).toContain(`Refunded $20.00 of ${reference(second.orderId)} to its card.\n`);
    expect(await refunded()).toBe(27_650_000n);
    // What is left: the bundle's own credit, which expires with its period.
    expect(await has()).toEqual({ ai: '10.00' });

    const row = await companyRow();
    expect(row).toMatchObject({ closingAt: room.clock.now(), closedAt: room.clock.now() });
    expect((await readStandings(db, room.clock.now(), companyId))[0]).toMatchObject({
      state: 'closed',
      paused: 'its closing',
      autoRecharge: 'off',
    });
    expect(await db.subscription.count({ where: { companyId, state: { not: 'ended' } } })).toBe(0);
    expect(await db.exportSchedule.count({ where: { companyId } })).toBe(0);
    expect(await db.digestSchedule.count({ where: { companyId } })).toBe(0);
    expect(await db.eventEndpoint.count({ where: { companyId, removedAt: null } })).toBe(0);
    expect(await db.usageWebhook.count({ where: { companyId, revokedAt: null } })).toBe(0);
    await expect(findApiKey(db, key)).rejects.toMatchObject({ code: 'company-closed' });
    expect(await db.creditRequest.findFirst({ where: { companyId } })).toMatchObject({
      state: 'closed',
      closedFor: 'closing',
    });
    expect(await db.purchaseOrder.count({ where: { companyId, state: 'draft' } })).toBe(0);
    expect(await db.numberKey.findUnique({ where: { companyId } })).toMatchObject({
      keyEncrypted: null,
      destroyedAt: room.clock.now(),
    });
    expect(await auditsOf('company-closed')).toMatchObject([
      { actor: 'operator:anna', reason: 'they left', details: { refunded: '27.65', writtenOff: '0' } },
    ]);
    expect(await noticesOf(room, acme, 'company_status')).toMatchObject([{ event: 'closed' }]);
    const reconciled = await refillIn(room, 'reconcile');
    expect([reconciled.status, reconciled.stderr.split('\n').slice(1)]).toEqual([0, ['']]);

    // Months later nothing was charged, credited or told.
    const [notices, charged] = [
      await db.notice.count({ where: { companyId } }),
      await room.charged(companyId),
    ];
    room.clock.advance(70 * 24 * 60 * MINUTE_MS);
    await room.work();
    expect(await has()).toEqual({});
    expect([await db.notice.count({ where: { companyId } }), await room.charged(companyId)]).toEqual([
      notices,
      charged,
    ]);

    const again = await close('refund');
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('It was closed already.\n')]);
    expect([await refunded(), (await companyRow()).closedAt]).toEqual([27_650_000n, row.closedAt]);
    expect(await auditsOf('company-closed')).toHaveLength(1);
  });

  it('keeps credits with a reason and writes debt off, each by an entry, where nothing is refunded', async () => {
    await paidTwenty(room, acme);
    await spend(room, acme, '3');
    const { status, stdout } = await close('keep');
    expect([status, stdout]).toEqual([0, expect.stringContaining('Credits ended by an entry: $17.00.\n')]);
    expect([await has(), await refunded()]).toEqual([{}, 0n]);

    acme = await cardedCompany(room, 'pm_card_visa');
    await spend(room, acme, '4.5');
    await spend(room, acme, '2.25', 'ai');
    const owed = await close('keep');
    expect(owed.stdout).toContain('Debt written off by an entry: $6.75.\n');
    expect(await has()).toEqual({});
    const entries = await room.deps.db.entry.findMany({
      where: { companyId: acme.companyId, source: 'adjustment' },
      orderBy: { seq: 'asc' },
    });
    expect(entries.map(({ amountMicros, reason }) => [amountMicros, reason])).toContainEqual([
      6_750_000n,
      'Debt written off at closing: they left',
    ]);
  });

  it('is refused while a payment may still be charged, a dispute is open or usage waits, and names them', async () => {
    const { db } = room.deps;
    const { companyId } = acme;
    const { orderId, intent } = await paidTwenty(room, acme);
    room.clock.advance(60 * MINUTE_MS);
    const token = await buyTwenty(room, acme);
    const { id } = await db.purchaseOrder.findUniqueOrThrow({ where: { token } });
    const open = await close('refund');
    expect([open.status, open.stderr]).toEqual([
      1,
      expect.stringContaining(
        `It cannot be closed yet: 1 payment may still be charged: ${reference(id)} (confirmed) (refill order list --company ${companyId} --open). Nothing was changed.`,
      ),
    ]);
    await advanceOrder(room.deps, { companyId, orderId: id });

    const dispute = await room.processor.controls.happen('openDispute', { payment_intent: intent });
    await room.deps.db.dispute.create({
      data: {
        companyId,
        processorId: dispute,
        orderId,
        state: 'open',
        amountMicros: 20_000_000n,
        openedAt: room.clock.now(),
      },
    });
    expect((await close('refund')).stderr).toContain(`1 dispute is open: ${dispute} (open)`);
    await db.dispute.deleteMany({ where: { companyId } });

    await db.usageInbox.create({
      data: {
        companyId,
        source: 'api',
        externalId: 'one',
        reason: 'unrated',
        message: 'no rate',
        event: {},
        receivedAt: room.clock.now(),
        nextAttemptAt: room.clock.now(),
      },
    });
    expect((await close('refund')).stderr).toContain('1 usage record waits to be posted');
    expect(await companyRow()).toMatchObject({ closingAt: null, suspendedAt: null });
    await db.usageInbox.deleteMany({ where: { companyId } });
  });

  it('waits for a refund that is pending, and the same again completes it', async () => {
    const { orderId, intent } = await paidTwenty(room, acme);
    room.processor.controls.setAccount({ refundsBegin: 'pending' });
    const first = await close('refund');
    expect([first.status, first.stdout]).toEqual([
      1,
      expect.stringContaining(
        `The refund of $20.00 of ${reference(orderId)} is pending at the card processor.\n`,
      ),
    ]);
    expect(await companyRow()).toMatchObject({ closingAt: expect.any(Date), closedAt: null });
    const shown = await refillIn(room, 'company', 'show', '--company', `${acme.companyId}`);
    expect(shown.stdout).toContain('its closing is not complete: run refill company close again');
    expect((await refillIn(room, 'company', 'list')).stdout).toContain('  closing  ');
    const refund = await room.deps.db.refund.findFirstOrThrow({ where: { companyId: acme.companyId } });
    await room.processor.controls.happen('changeRefund', { refund: refund.processorId, status: 'succeeded' });
    room.clock.advance(20 * MINUTE_MS);
    await sweepRefunds(room.deps);
    const second = await close('refund');
    expect([second.status, await refunded(), intent]).toEqual([0, 20_000_000n, intent]);
    expect(await companyRow()).toMatchObject({ closedAt: room.clock.now() });
  });

  it('says which refund failed, and completes where its credits are kept', async () => {
    await paidTwenty(room, acme);
    room.processor.controls.setAccount({ refundsBegin: 'pending' });
    await close('refund');
    const refund = await room.deps.db.refund.findFirstOrThrow({ where: { companyId: acme.companyId } });
    await room.processor.controls.happen('changeRefund', { refund: refund.processorId, status: 'failed' });
    const failed = await close('refund');
    expect([failed.status, failed.stdout]).toEqual([
      1,
      expect.stringContaining('run it again with --credits keep'),
    ]);
    const kept = await close('keep');
    expect([kept.status, await has()]).toEqual([0, {}]);
  });

  it('killed at any step and run again ends the same, and refunds nothing twice', async () => {
    const orders = [await paidTwenty(room, acme), await paidTwenty(room, acme), await paidTwenty(room, acme)];
    await spend(room, acme, '1.505');
    const run = (change: Partial<BillingDeps['gateway']>): Promise<CompanyClosing> =>
      closeCompany(
        { ...room.deps, gateway: { ...room.deps.gateway, ...change } },
        acme.companyId,
        { credits: 'refund', reason: 'they left' },
        async () => {},
      );
    // Killed before the first is asked, after it was made and before its answer, and between the second and the third.
    let made = 0;
    const dies = (at: number, after: boolean): Partial<BillingDeps['gateway']> => ({
      createRefund: async (request) => {
        made += 1;
        if (made === at && !after) throw new GatewayUnknownError('killed');
        const refund = await room.deps.gateway.createRefund(request);
        if (made === at) throw new GatewayUnknownError('killed');
        return refund;
      },
    });
    for (const gateway of [dies(1, false), dies(2, true), dies(4, false)])
      await expect(run(gateway)).rejects.toMatchObject({ code: 'processor-unanswered' });
    expect(await companyRow()).toMatchObject({ closedAt: null });
    expect(await run({})).toMatchObject({ state: 'closed', wasClosed: false });
    expect([await has(), await refunded(), orders.length]).toEqual([{}, 58_490_000n, 3]);
    expect(await auditsOf('company-closing')).toHaveLength(1);
    expect(await noticesOf(room, acme, 'company_status')).toHaveLength(1);
  });
});

describe('a closed company', () => {
  it('is notified of nothing more, raises no notice it could not act on, is not resumed and begins nothing new', async () => {
    const { db } = room.deps;
    const { companyId } = acme;
    const at = room.clock.now();
    await close('keep');
    const count = () => db.notice.count({ where: { companyId } });
    const before = await count();
    await postNotice(db, {
      companyId,
      dedupeKey: 'more',
      at,
      facts: { kind: 'settings', byUserId: null, changes: [] },
    });
    expect(await count()).toBe(before);
    await raiseOperatorNotice(db, { kind: 'usage-feed-silent', companyId, at });
    await raiseOperatorNotice(db, { kind: 'payment-disputed', companyId, at });
    const raised = await db.operatorNotice.findMany({ where: { companyId, resolvedAt: null } });
    expect(raised.map(({ kind }) => kind)).toEqual(['payment-disputed']);
    await expect(resumeCompany(room.deps, companyId, 'back')).rejects.toMatchObject({
      code: 'company-suspended',
      details: { state: 'closed' },
    });
    const key = await refillIn(room, 'api-key', 'create', '--company', `${companyId}`, '--name', 'PBX');
    expect([key.status, key.stderr]).toEqual([
      1,
      expect.stringContaining('Acme Corp is closed, which cannot be undone. Nothing was changed.'),
    ]);
    await expect(buyTwenty(room, acme)).rejects.toMatchObject({ code: 'company-suspended' });
  });
});
