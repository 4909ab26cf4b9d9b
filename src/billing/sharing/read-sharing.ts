import type { Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { QUARTER_HOUR_MS, readBalance, usageTotals, type WalletBalance } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import { type Company, listBuyers, listOffices } from '../../org/index.ts';
import { listApprovalsOfCredits } from '../approvals/close-for.ts';
import { amountOf, formatReference, toConfirmed } from '../orders/order.ts';
import { UNDER_WAY_STATES, WAITS_FOR_VERIFICATION } from '../orders/order-state.ts';
import { choiceOf, type SettingRow } from '../recharge-choice.ts';
import type { OfficeWallet, SharedWallet, SharingState } from './types.ts';

const USE_DAYS = 30;

/** Reads everything that a change of credit sharing depends on. Exact under the company's lock and the book's. */
export async function readSharing(tx: Tx, company: Company, at: Date): Promise<SharingState> {
  const { id: companyId } = company;
  const balance = await readBalance(tx, companyId, at);
  const settings = await tx.rechargeSetting.findMany({ where: { companyId } });
  const used = await readUse(tx, companyId, at);
  const of = (wallet: WalletBalance): SharedWallet =>
    describeWallet(
      wallet,
      settings.find(({ walletId }) => walletId === wallet.walletId),
    );
  const offices = (await listOffices(tx, companyId)).map((office): OfficeWallet => {
    const wallet = balance.wallets.find(({ officeId }) => officeId === office.id);
    if (wallet === undefined) throw new RangeError(`office ${office.id} has no wallet`);
    return { office, ...of(wallet), used: used(office.id, office.isPrimary) };
  });
  const [primary, ...others] = offices;
  const pool = balance.wallets.find(({ officeId }) => officeId === null);
  if (primary === undefined || pool === undefined)
    throw new RangeError(`company ${companyId} has no primary office or no pool`);
  return {
    company,
    sharing: balance.pooled ? 'company' : 'per_office',
    pool: of(pool),
    offices: [primary, ...others],
    poolSubscriptions: await listPoolSubscriptions(tx, companyId),
    ...(await countOpen(tx, companyId)),
    buyers: await readBuyers(tx, companyId),
  };
}

function describeWallet(wallet: WalletBalance, setting: SettingRow | undefined): SharedWallet {
  return {
    walletId: wallet.walletId,
    general: wallet.general,
    debt: wallet.debt.calls.plus(wallet.debt.ai),
    free: wallet.freeGeneral,
    bundles: wallet.calling.plus(wallet.ai),
    recharge: setting === undefined ? null : choiceOf(setting),
    pausedFor: (setting?.pausedFor ?? null) as SharedWallet['pausedFor'],
    pausedMicros: setting?.pausedMicros ?? null,
    lowBelow: wallet.watch.calls,
  };
}

/** What each office used in the last 30 days, of what its own credits would pay. */
async function readUse(
  tx: Tx,
  companyId: bigint,
  at: Date,
): Promise<(officeId: bigint, isPrimary: boolean) => Money> {
  // The quarter-hour that is under way counts.
  const to = new Date((Math.floor(at.getTime() / QUARTER_HOUR_MS) + 1) * QUARTER_HOUR_MS);
  const from = new Date(to.getTime() - USE_DAYS * DAY_MS);
  const totals = await usageTotals(tx, { companyId, from, to, by: ['office', 'category'] });
  return (id, isPrimary) =>
    totals
      .filter(({ officeId, category }) =>
        category === 'ai_conversation' || officeId === null ? isPrimary : officeId === id,
      )
      .reduce((sum, { cost }) => sum.plus(cost), dollars('0'));
}

async function listPoolSubscriptions(tx: Tx, companyId: bigint): Promise<{ id: bigint; name: string }[]> {
  const rows = await tx.subscription.findMany({
    where: { companyId, officeId: null, state: { not: 'ended' } },
    include: { bundle: true },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ id, bundle }) => ({ id, name: bundle?.name ?? 'Recurring credits' }));
}

async function countOpen(
  tx: Tx,
  companyId: bigint,
): Promise<Pick<SharingState, 'approvals' | 'requests' | 'waiting' | 'underWay'>> {
  const approvals = (await listApprovalsOfCredits(tx, companyId)).length;
  const requests = await tx.creditRequest.count({ where: { companyId, state: 'open' } });
  const waiting = await tx.purchaseOrder.count({
    where: { companyId, kind: 'recharge', OR: [{ retryAt: { not: null } }, WAITS_FOR_VERIFICATION] },
  });
  const paying = await tx.purchaseOrder.findMany({
    where: {
      companyId,
      state: { in: UNDER_WAY_STATES },
      NOT: { kind: 'recharge', ...WAITS_FOR_VERIFICATION },
    },
    orderBy: { id: 'asc' },
  });
  return {
    approvals,
    requests,
    waiting,
    underWay: paying.map((order) => ({
      reference: formatReference(order),
      amount: amountOf(toConfirmed(order)),
    })),
  };
}

async function readBuyers(tx: Tx, companyId: bigint): Promise<SharingState['buyers']> {
  const all = await listBuyers(tx, companyId);
  const admins = all.filter(({ role }) => role === 'company_admin');
  const officeIds = [...new Set(all.flatMap(({ officeId }) => officeId ?? []))];
  return {
    companyAdmins: [...new Set(admins.map(({ userId }) => userId))],
    officeAdmins: officeIds.map((officeId) => ({
      officeId,
      userIds: all.filter((each) => each.officeId === officeId).map(({ userId }) => userId),
    })),
  };
}
