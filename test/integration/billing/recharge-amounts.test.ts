import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  applyRecharge,
  decideRecharge,
  openRechargeDraft,
  reviewRecharge,
} from '../../../src/billing/index.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { type BillingRoom, spend, startBillingRoom } from '../../support/billing-room.ts';
import { buyTwenty, type CardedCompany, cardedCompany } from '../../support/carded-company.ts';

let room: BillingRoom;

beforeAll(async () => {
  room = await startBillingRoom('2026-11-20T18:00:00Z');
});
afterAll(async () => await room?.close());

interface Case {
  fills?: boolean | undefined;
  /** How much was used that no credit covered. */
  used: string;
  amount?: string;
  threshold?: string;
  cap?: string;
  limits?: { purchaseMaxMicros?: bigint; purchaseDailyMaxMicros?: bigint };
  /** $20 were bought just before. */
  bought?: boolean;
  /** On invoice, up to this. */
  exposure?: bigint;
}

/** A company that owes what it used, with auto-recharge set; answers what its review foretold and what was ordered. */
async function recharged(
  of: Case,
): Promise<{ foreseen: string | null; ordered: string | null; company: CardedCompany }> {
  const company = await cardedCompany(room, 'pm_card_visa');
  const { db, clock } = room.deps;
  const { companyId } = company;
  await db.company.update({
    where: { id: companyId },
    data: {
      ...of.limits,
      ...(of.exposure === undefined ? {} : { billingMethod: 'invoice', exposureLimitMicros: of.exposure }),
    },
  });
  if (of.bought === true) {
    await buyTwenty(room, company);
    await room.work();
  }
  await spend(room, company, of.used);
  const { wallets } = await readBalance(db, companyId, clock.now());
  const walletId = wallets.find(({ officeId }) => officeId === null)?.walletId ?? 0n;
  const { ana } = company;
  const { token } = await openRechargeDraft(room.deps, ana, walletId);
  const review = await reviewRecharge(room.deps, ana, token, {
    isOn: true,
    threshold: dollars(of.threshold ?? '5'),
    amount: dollars(of.amount ?? '50'),
    cap: dollars(of.cap ?? '500'),
    fills: of.fills,
  });
  await applyRecharge(room.deps, ana, review);
  await decideRecharge(room.deps, { companyId, walletId });
  const [order] = await db.purchaseOrder.findMany({ where: { companyId, kind: 'recharge' } });
  return {
    foreseen: review.chargesNow?.toFixed(2) ?? null,
    ordered: order === undefined ? null : dollars(`${order.amountMicros}`).dividedBy(1e6).toFixed(2),
    company,
  };
}

it.each([
  ['once where one amount reaches the threshold', { fills: true, used: '20' }, '50.00'],
  ['once where exactly one amount is missing', { fills: true, used: '45' }, '50.00'],
  ['twice from the first cent above that', { fills: true, used: '45.01' }, '100.00'],
  ['as often as it takes', { fills: true, used: '230' }, '250.00'],
  ['once, whatever is missing, where it is not to fill', { fills: false, used: '230' }, '50.00'],
  ['once where the setting is of before', { used: '230' }, '50.00'],
  ['whole amounts only, up to the month’s limit', { fills: true, used: '230', cap: '149' }, '100.00'],
  [
    'up to the largest purchase',
    { fills: true, used: '230', limits: { purchaseMaxMicros: 120_000_000n } },
    '100.00',
  ],
  [
    'up to the 24-hour limit',
    {
      fills: true,
      used: '230',
      limits: { purchaseMaxMicros: 210_000_000n, purchaseDailyMaxMicros: 210_000_000n },
      bought: true,
    },
    '150.00',
  ],
  ['on invoice up to what invoices may owe', { fills: true, used: '230', exposure: 60_000_000n }, '50.00'],
] as const)('a recharge adds its amount %s, as its review said', async (_how, of, expected) => {
  const { foreseen, ordered } = await recharged(of);
  expect({ foreseen, ordered }).toEqual({ foreseen: expected, ordered: expected });
});

it('where not one amount fits nothing is charged, and the limit that held is named', async () => {
  const { ordered, company } = await recharged({
    fills: true,
    used: '30',
    limits: { purchaseMaxMicros: 60_000_000n, purchaseDailyMaxMicros: 60_000_000n },
    bought: true,
  });
  expect(ordered).toBeNull();
  const { facts } = await room.deps.db.notice.findFirstOrThrow({
    where: { companyId: company.companyId, dedupeKey: { startsWith: 'recharge-blocked' } },
  });
  expect(facts).toMatchObject({ kind: 'recharge_blocked', reason: 'daily' });
});

it('a recharge that leaves its credits overdrawn says so, and not that all is well', async () => {
  const { company } = await recharged({ fills: false, used: '120' });
  await room.work();
  const { facts } = await room.deps.db.notice.findFirstOrThrow({
    where: { companyId: company.companyId, dedupeKey: { startsWith: 'recharge:' } },
  });
  expect(facts).toMatchObject({ status: 'added', balance: '-70' });
});
