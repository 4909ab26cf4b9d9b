import type { Queryable, Tx } from '../../../db/index.ts';
import type { CompanyBalance, WalletBalance } from '../../../ledger/index.ts';
import { dollars, fromMicros, type Money } from '../../../money.ts';
import { UNDER_WAY } from '../../orders/order.ts';
import { monthAfter } from './month-after.ts';

export type SettingRow = NonNullable<Awaited<ReturnType<Queryable['rechargeSetting']['findUnique']>>>;

/** What a window offers where nothing was chosen yet (R11). */
export const DEFAULTS = { threshold: dollars('5'), amount: dollars('50'), cap: dollars('500') };

export function keyOfSetting(setting: Pick<SettingRow, 'companyId' | 'walletId'>): {
  companyId_walletId: { companyId: bigint; walletId: bigint };
} {
  return { companyId_walletId: { companyId: setting.companyId, walletId: setting.walletId } };
}

/** Counts the changes of a setting; 0 where it never was set. */
export function versionOf(setting: Pick<SettingRow, 'version'> | null): number {
  return setting?.version ?? 0;
}

/** Shared credits are recharged in the pool, others in each office: what a wallet was set to before that changed rests. */
export function isRechargeable(balance: CompanyBalance, wallet: WalletBalance): boolean {
  return balance.pooled === (wallet.officeId === null);
}

/** Whether general credits are under a threshold, so that a recharge is due (R11): strictly, by what nobody waits for. */
export const isBelow = (wallet: Pick<WalletBalance, 'freeGeneral'>, threshold: Money): boolean =>
  wallet.freeGeneral.lessThan(threshold);

/** The setting with the month it is now; a month that is over makes way for the next, by the zone of now (R11). */
export async function rollMonth(
  tx: Tx,
  setting: SettingRow,
  timeZone: string,
  now: Date,
): Promise<SettingRow> {
  if (now < setting.monthEndsAt) return setting;
  const month = monthAfter(setting.monthEndsAt, timeZone, now);
  return await tx.rechargeSetting.update({
    where: keyOfSetting(setting),
    data: { monthStartsAt: month.from, monthEndsAt: month.to },
  });
}

/**
 * What counts against a wallet's monthly cap: recharges only, those that fired or were paid in the month, and open
 * ones of any month (R11).
 */
export async function sumRecharges(
  db: Queryable,
  setting: Pick<SettingRow, 'companyId' | 'officeId' | 'monthStartsAt' | 'monthEndsAt'>,
): Promise<Money> {
  const month = { gte: setting.monthStartsAt, lt: setting.monthEndsAt };
  const { _sum } = await db.purchaseOrder.aggregate({
    _sum: { amountMicros: true },
    where: {
      companyId: setting.companyId,
      officeId: setting.officeId,
      kind: 'recharge',
      OR: [
        { state: { in: UNDER_WAY } },
        { retryAt: { not: null } },
        { state: 'settled', OR: [{ createdAt: month }, { settledAt: month }] },
      ],
    },
  });
  return fromMicros(_sum.amountMicros ?? 0n);
}
