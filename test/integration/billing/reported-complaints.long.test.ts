import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  advanceOrder,
  applyRecharge,
  checkRecharge,
  confirmPurchase,
  decideRecharge,
  openDraft,
  openRechargeDraft,
  readRecharges,
  reviewPurchase,
  reviewRecharge,
  sweepLowWallets,
  sweepOrders,
  sweepRetries,
} from '../../../src/billing/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/durations.ts';
import { grantCredits, readBalance } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { deliverNotice, NoticeDeliveryError, watchBalance } from '../../../src/notices/index.ts';
import { type BillingRoom, spend, startBillingRoom } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';

/** What people complain about in comparable apps, each as the promise that it does not happen here. */
const SURFACE = { viewId: 'V1' };
const log = createLogger('silent');

let room: BillingRoom;
let acme: TestCompany;
let walletId: bigint;
let credits = 0;

beforeAll(async () => {
  room = await startBillingRoom('2026-12-01T18:00:00Z');
});
afterAll(() => room?.close());

beforeEach(async () => {
  const { db } = room.deps;
  room.processor.controls.setBehaviour('approve');
  // Nothing of another test's is recharged any more.
  await db.rechargeSetting.updateMany({ data: { isOn: false } });
  acme = await testCompany(db);
  await putCardOnFile(room.deps, acme.companyId);
  walletId = (await readBalance(db, acme.companyId, room.clock.now())).wallets[0]?.walletId ?? 0n;
});

async function setRecharge(cap: string): Promise<void> {
  const { token } = await openRechargeDraft(room.deps, acme.ana, walletId);
  const review = await reviewRecharge(room.deps, acme.ana, token, {
    isOn: true,
    threshold: dollars('5'),
    amount: dollars('50'),
    cap: dollars(cap),
  });
  await applyRecharge(room.deps, acme.ana, review);
}

/** What the queue and the sweepers do: whoever is low is asked about, and every order goes on. */
async function work(): Promise<void> {
  const { deps } = room;
  await sweepRetries(deps);
  await sweepLowWallets(deps);
  await sweepOrders(deps);
  const open = await deps.db.purchaseOrder.findMany({
    where: { companyId: acme.companyId, state: { in: ['confirmed', 'charging', 'unknown'] } },
  });
  for (const { companyId, id } of open) await advanceOrder(deps, { companyId, orderId: id });
}

async function credit(amount: string): Promise<void> {
  credits += 1;
  await grantCredits(room.deps.db, {
    companyId: acme.companyId,
    officeId: null,
    kind: 'general',
    amount: dollars(amount),
    key: `credit-${credits}`,
    source: 'recurring',
    reference: `${credits}`,
    actor: 'test',
    reason: 'test',
    at: room.clock.now(),
  });
}

/** Looks at the balance as the queue does when it was woken. */
const look = () =>
  watchBalance(
    { db: room.deps.db, clock: room.clock, checkRecharge },
    { companyId: acme.companyId, walletId, class: 'calls' },
  );

const noticesOf = async (kind: string) =>
  await room.deps.db.notice.findMany({
    where: { companyId: acme.companyId, kind },
    orderBy: { id: 'asc' },
  });

const rechargesOf = () =>
  room.deps.db.purchaseOrder.findMany({ where: { companyId: acme.companyId, kind: 'recharge' } });

describe('what people complain about elsewhere', () => {
  it('duplicate top-ups from double clicks or retries: one charge for one purchase', async () => {
    const { deps } = room;
    const { token } = await openDraft(deps, acme.ana, {});
    const choice = { scope: { kind: 'company' }, amount: dollars('20') } as const;
    const shown = await reviewPurchase(deps, acme.ana, token, [choice]);
    room.processor.controls.setBehaviour('timeout-after-charge');
    await Promise.all([1, 2, 3].map(() => confirmPurchase(deps, acme.ana, shown, SURFACE)));
    await work();
    room.processor.controls.setBehaviour('approve');
    for (let turn = 0; turn < 3; turn += 1) {
      await confirmPurchase(deps, acme.ana, shown, SURFACE);
      room.clock.advance(MINUTE_MS);
      await work();
    }
    expect((await room.charged(acme.companyId)).toFixed(2)).toBe('20.00');
    const { wallets } = await readBalance(deps.db, acme.companyId, room.clock.now());
    expect(wallets[0]?.general.toFixed(2)).toBe('20.00');
    expect(await noticesOf('receipt')).toHaveLength(1);
  });

  it.each([
    ['its card is declined for good', 'recharge', { status: 'given_up' }],
    ['its cap is reached', 'recharge_blocked', { reason: 'cap' }],
    ['its card is gone', 'recharge_blocked', { reason: 'no_card' }],
  ])('auto-recharge that stops silently: when %s, the channel is told', async (why, kind, facts) => {
    if (why === 'its card is declined for good') room.processor.controls.setBehaviour('decline');
    await setRecharge('50');
    if (why === 'its card is gone')
      await room.deps.db.card.updateMany({
        where: { companyId: acme.companyId },
        data: { removedAt: room.clock.now(), isDefault: false },
      });
    if (why === 'its cap is reached') {
      await work();
      await spend(room, acme, '50');
    }
    for (let hour = 0; hour < 26; hour += 1) {
      await work();
      room.clock.advance(HOUR_MS);
    }
    const told = (await noticesOf(kind)).at(-1);
    expect(told).toMatchObject({ facts, channelId: 'CCREDITS' });
    const [shown] = await readRecharges(room.deps, acme.ana);
    expect(shown?.isOn).toBe(true);
    // And it is not told again while nothing changes.
    const revision = told?.revision;
    await work();
    expect((await noticesOf(kind)).at(-1)?.revision).toBe(revision);
  });

  it('auto-recharge that runs away: once in ten minutes at most, and the month’s cap is the end of it', async () => {
    await setRecharge('200');
    for (let minute = 0; minute < 120; minute += 4) {
      await spend(room, acme, '90');
      await Promise.all([
        decideRecharge(room.deps, { companyId: acme.companyId, walletId }),
        sweepLowWallets(room.deps),
      ]);
      await work();
      room.clock.advance(4 * MINUTE_MS);
    }
    const fired = (await rechargesOf()).map(({ createdAt }) => createdAt.getTime()).toSorted((a, b) => a - b);
    expect(fired).toHaveLength(4);
    for (const [index, at] of fired.entries())
      expect(at - (fired[index - 1] ?? 0)).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect((await room.charged(acme.companyId)).toFixed(2)).toBe('200.00');
  });

  it('hundreds of retries on a dead card: four in a month, told in one message', async () => {
    await setRecharge('500');
    room.processor.controls.setBehaviour('decline');
    for (let hour = 0; hour < 30 * 24; hour += hour < 30 ? 1 : 23) {
      await spend(room, acme, '1');
      await work();
      room.clock.advance((hour < 30 ? 1 : 23) * HOUR_MS);
    }
    expect(await room.deps.db.paymentAttempt.count({ where: { companyId: acme.companyId } })).toBe(4);
    expect(await noticesOf('recharge')).toHaveLength(1);
    expect((await room.charged(acme.companyId)).isZero()).toBe(true);
  });

  it('ten “low balance” messages in a week: one a day at most while it hovers, and one while it stays low', async () => {
    await credit('5');
    for (let hour = 0; hour < 7 * 24; hour += 6) {
      await spend(room, acme, '0.50');
      await look();
      await credit('0.50');
      await look();
      room.clock.advance(6 * HOUR_MS);
    }
    const hovering = (await noticesOf('low_balance')).map(({ createdAt }) => createdAt.getTime());
    const days = hovering.map((at) => (at - (hovering[0] ?? 0)) / (24 * HOUR_MS));
    expect(days).toEqual([0, 1, 2, 3, 4, 5, 6]);
    room.clock.advance(25 * HOUR_MS);
    for (let day = 0; day < 7; day += 1) {
      await spend(room, acme, '0.10');
      await look();
      room.clock.advance(24 * HOUR_MS);
    }
    expect((await noticesOf('low_balance')).length).toBe(hovering.length + 1);
  });

  it('billing alerts that cannot go to a shared channel: each goes to the team’s channel of its topic', async () => {
    const { db } = room.deps;
    const { companyId, teamId } = acme;
    await db.noticeChannel.create({ data: { companyId, kind: 'purchases', teamId, channelId: 'CFINANCE' } });
    await credit('6');
    await spend(room, acme, '2');
    await look();
    room.processor.controls.setBehaviour('decline');
    await setRecharge('500');
    await work();
    const posted: string[] = [];
    const notices = await db.notice.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
    for (const { id } of notices) {
      const send = async ({ channelId, facts }: { channelId: string; facts: { kind: string } }) => {
        posted.push(`${facts.kind} in ${channelId}`);
        // The first try finds Slack away; nothing is lost by it.
        if (posted.length === 1) throw new NoticeDeliveryError('away', { permanent: false });
        return { ts: `${posted.length}`, channelId };
      };
      const deliver = () => deliverNotice({ db, clock: room.clock, log, send }, { companyId, noticeId: id });
      await deliver();
      room.clock.advance(MINUTE_MS);
      await deliver();
    }
    expect(new Set(posted)).toEqual(
      new Set(['low_balance in CCREDITS', 'recharge_settings in CFINANCE', 'recharge in CFINANCE']),
    );
    expect(await db.notice.count({ where: { companyId, state: 'sent' } })).toBe(notices.length);
  });
});
