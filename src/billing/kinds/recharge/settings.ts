import { z } from 'zod';
import { monthAround } from '../../../calendar.ts';
import type { Queryable, Tx } from '../../../db/index.ts';
import { type WalletBalance, wakeWatch } from '../../../ledger/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import type { Company } from '../../../org/index.ts';
import type { Moments } from '../../orders/moments.ts';
import type { OrderRow } from '../../orders/order.ts';
import { readLines } from '../../orders/order-lines.ts';
import { POLLED_STATES } from '../../orders/order-state.ts';
import type { SettingRow } from '../../recharge-choice.ts';
import { monthAfter } from './month-after.ts';
import { keyOfSetting, updateSetting } from './store-setting.ts';

/** Counts the changes of a setting; 0 where it never was set. */
export function versionOf(setting: Pick<SettingRow, 'version'> | null): number {
  return setting?.version ?? 0;
}

/** Whether free general credits (less debt and holds) are strictly below a threshold, so that a recharge is due (R11.1). */
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
  return await updateSetting(tx, setting, { monthStartsAt: month.from, monthEndsAt: month.to }, now);
}

/**
 * What counts against a wallet's monthly cap: recharges only, those that fired or were paid in the month, and open or stuck
 * ones of any month (R11, R15.11). Applies R11.2.
 */
export async function sumRecharges(
  db: Queryable,
  setting: Pick<SettingRow, 'companyId' | 'walletId' | 'monthStartsAt' | 'monthEndsAt'>,
): Promise<Money> {
  const month = { gte: setting.monthStartsAt, lt: setting.monthEndsAt };
  const { _sum } = await db.purchaseOrder.aggregate({
    _sum: { amountMicros: true },
    where: {
      companyId: setting.companyId,
      rechargeWalletId: setting.walletId,
      OR: [
        { state: { in: POLLED_STATES } },
        { retryAt: { not: null } },
        { state: 'settled', OR: [{ createdAt: month }, { settledAt: month }] },
      ],
    },
  });
  return fromMicros(_sum.amountMicros ?? 0n);
}

/** The month in which a wallet's recharges count now, by the company's zone. */
export function countedMonth(
  { id: companyId, timeZone }: Pick<Company, 'id' | 'timeZone'>,
  { walletId }: Pick<WalletBalance, 'walletId'>,
  setting: SettingRow | null,
  now: Date,
): Pick<SettingRow, 'companyId' | 'walletId' | 'monthStartsAt' | 'monthEndsAt'> {
  if (setting !== null && now < setting.monthEndsAt) return setting;
  const { from, to } =
    setting === null ? monthAround(now, timeZone) : monthAfter(setting.monthEndsAt, timeZone, now);
  return { companyId, walletId, monthStartsAt: from, monthEndsAt: to };
}

/** A recharge, with the wallet that it is of. */
type RechargeOrder = Pick<OrderRow, 'companyId' | 'id' | 'rechargeWalletId'>;

/** The wallet that a recharge is of. Throws RangeError for an order that is none. */
export function walletOf({ id, rechargeWalletId }: Pick<OrderRow, 'id' | 'rechargeWalletId'>): bigint {
  if (rechargeWalletId === null) throw new RangeError(`order ${id} is no recharge`);
  return rechargeWalletId;
}

/** How auto-recharge is set for the credits of a recharge; null where it never was. */
export async function findSettingOf(tx: Tx, order: RechargeOrder): Promise<SettingRow | null> {
  const { companyId } = order;
  return await tx.rechargeSetting.findUnique({
    where: keyOfSetting({ companyId, walletId: walletOf(order) }),
  });
}

/** Whether auto-recharge is on for the credits of a recharge, paused or not. */
export async function isOnFor(tx: Tx, order: RechargeOrder): Promise<boolean> {
  return (await findSettingOf(tx, order))?.isOn === true;
}

/**
 * Auto-recharge of these credits pauses while a payment for them is stuck (R15); one that is paused already stays so.
 * Returns whether it did.
 */
export async function pauseForStuck(tx: Tx, { order, at }: Moments['orderStuck']): Promise<boolean> {
  const offices = (await readLines(tx, order)).map(({ officeId }) => ({ officeId }));
  const active = await tx.rechargeSetting.findMany({
    where: { companyId: order.companyId, OR: offices, isOn: true, pausedFor: null },
  });
  for (const setting of active) await updateSetting(tx, setting, { pausedFor: 'unconfirmed' }, at);
  return active.length > 0;
}

/** Resumes auto-recharge where no payment is stuck any more, and has it decided by the present balance. */
export async function resumeAfterStuck(
  tx: Tx,
  { order: { companyId }, at }: Moments['orderUnstuck'],
): Promise<void> {
  const stuck = await tx.purchaseOrder.findMany({
    where: { companyId, state: 'stuck' },
    include: { orderLines: true },
  });
  const paused = await tx.rechargeSetting.findMany({ where: { companyId, pausedFor: 'unconfirmed' } });
  for (const setting of paused) {
    const isStuck = stuck.some(({ orderLines }) =>
      orderLines.some(({ officeId }) => officeId === setting.officeId),
    );
    if (isStuck) continue;
    await updateSetting(tx, setting, { pausedFor: null }, at);
    await wakeWatch(tx, { companyId, walletId: setting.walletId, class: 'general' });
  }
}

/** Why auto-recharge waits; `refunded`, `unconfirmed` and `surprise` are not a card's. */
export const pauseReason = z.enum([
  'declined',
  'no_card',
  'unverified',
  'processor',
  'refunded',
  'unconfirmed',
  'surprise',
]);

/** Pauses auto-recharge of a recharge's credits until a person, or another card, resumes it (R14). */
export async function pauseRecharge(
  tx: Tx,
  order: RechargeOrder,
  pausedFor: Exclude<z.infer<typeof pauseReason>, 'refunded' | 'unconfirmed' | 'surprise'>,
  at: Date,
): Promise<void> {
  const setting = await findSettingOf(tx, order);
  // What was refunded, or paused by an admin, is charged again only once a company admin says so (R16, R32).
  if (setting === null || setting.pausedFor === 'refunded' || setting.pausedFor === 'surprise') return;
  await updateSetting(tx, setting, { pausedFor }, at);
}
