import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  addBundle,
  addRecurring,
  decideRecharge,
  openDraft,
  readStandings,
  resumeCompany,
  reviewPurchase,
  suspendCompany,
} from '../../../src/billing/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { type BillingRoom, buyReviewed, spend, startBillingRoom } from '../../support/billing-room.ts';
import { buyTwenty, turnRechargeOn } from '../../support/carded-company.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { findings } from '../../support/ledger.ts';

let room: BillingRoom;
let acme: TestCompany;
let walletId: bigint;

beforeAll(async () => {
  room = await startBillingRoom('2027-11-20T18:00:00Z');
  acme = await testCompany(room.deps.db);
  await putCardOnFile(room.deps, acme.companyId, 'pm_card_visa');
  const { wallets } = await readBalance(room.deps.db, acme.companyId, room.clock.now());
  walletId = wallets[0]?.walletId ?? 0n;
});
afterAll(() => room?.close());

const orders = (kind: string) =>
  room.deps.db.purchaseOrder.count({ where: { companyId: acme.companyId, kind } });
const periods = () =>
  room.deps.db.subscriptionPeriod.findMany({
    where: { companyId: acme.companyId },
    orderBy: [{ subscriptionId: 'asc' }, { number: 'asc' }],
    select: { number: true, state: true },
  });
const standing = async () => (await readStandings(room.deps.db, room.clock.now(), acme.companyId))[0];

it('a suspended company buys nothing and is charged nothing, its usage is posted, and after it what is due is charged', async () => {
  const { db } = room.deps;
  const bundle = await addBundle(db, {
    name: 'Month',
    kind: 'calling',
    period: 'monthly',
    credit: dollars('10'),
    price: dollars('8'),
    at: room.clock.now(),
  });
  const scope = { kind: 'company' } as const;
  await buyReviewed(room.deps, acme.ana, { bundleId: bundle.id, scope, token: 'bundle' });
  await addRecurring(room.deps, {
    companyId: acme.companyId,
    amount: dollars('3'),
    isCharged: true,
  });
  await room.work();
  await turnRechargeOn(room, acme, walletId);
  const charged = await room.charged(acme.companyId);

  // A purchase that was confirmed a moment before is completed.
  await buyTwenty(room, acme);
  expect(await suspendCompany(room.deps, acme.companyId, 'unpaid deposit')).toEqual({ underWay: 1 });
  await room.work();
  expect(await room.charged(acme.companyId)).toEqual(charged.plus(20));
  expect(await standing()).toMatchObject({
    state: 'suspended',
    suspendedReason: 'unpaid deposit',
    paused: 'you (suspended)',
  });

  const { token } = await openDraft(room.deps, acme.ana, {});
  await expect(
    reviewPurchase(room.deps, acme.ana, token, [{ scope, amount: dollars('20') }]),
  ).rejects.toMatchObject({ code: 'company-suspended', details: { state: 'suspended' } });
  await expect(suspendCompany(room.deps, acme.companyId, 'again')).rejects.toMatchObject({
    code: 'company-suspended',
  });

  await spend(room, acme, '40');
  await decideRecharge(room.deps, { companyId: acme.companyId, walletId });
  const before = await periods();
  room.clock.advance(110 * DAY_MS);
  await room.work();
  await decideRecharge(room.deps, { companyId: acme.companyId, walletId });
  expect(await room.charged(acme.companyId)).toEqual(charged.plus(20));
  expect(await orders('recharge')).toBe(0);
  expect(await periods()).toEqual(before);
  expect((await standing())?.overdrawn.isZero()).toBe(false);

  // Those that began and ended meanwhile are missed, also of recurring credits, which would have been charged for each.
  const { missedPeriods } = await resumeCompany(room.deps, acme.companyId, 'paid');
  const missed = (await periods()).filter(({ state }) => state === 'missed');
  expect([missedPeriods, missed.length > 0]).toEqual([missed.length, true]);
  await room.work();
  await room.work();
  expect((await periods()).filter(({ state }) => state === 'credited')).toHaveLength(before.length + 2);
  await decideRecharge(room.deps, { companyId: acme.companyId, walletId });
  expect(await orders('recharge')).toBe(1);
  await room.work();
  // One bundle, one recurring credit, and one recharge of as many amounts as it takes.
  const recharge = await db.purchaseOrder.findFirstOrThrow({
    where: { companyId: acme.companyId, kind: 'recharge' },
  });
  const recharged = dollars(`${recharge.amountMicros ?? 0n}`).dividedBy(1_000_000);
  expect(await room.charged(acme.companyId)).toEqual(charged.plus(20).plus(8).plus(3).plus(recharged));
  expect(await findings(db)).toEqual([]);
  const told = await db.notice.findMany({
    where: { companyId: acme.companyId, kind: 'company_status' },
    orderBy: { id: 'asc' },
  });
  expect(told.map(({ facts }) => facts)).toMatchObject([{ event: 'suspended' }, { event: 'resumed' }]);
});
