import { inTransaction, type PaymentMethod, type Tx } from '../../../db/index.ts';
import { MINUTE_MS } from '../../../durations.ts';
import { detailsOf, type ErrorDetails } from '../../../errors.ts';
import { listLowGeneral, readBalance, type WalletBalance } from '../../../ledger/index.ts';
import { dollars, fromMicros, type Money } from '../../../money.ts';
import { logMoneyEvent } from '../../../money-events.ts';
import type { RechargeCheck } from '../../../notices/index.ts';
import { type Company, findCompany, lockCompany, recordAudit } from '../../../org/index.ts';
import { forEachCompany } from '../../../queue/index.ts';
import { newToken } from '../../../token.ts';
import type { BillingDeps } from '../../deps.ts';
import { listChargeableCards } from '../../orders/chargeable-cards.ts';
import { createConfirmedOrder } from '../../orders/confirm.ts';
import { assertWithinExposure, assertWithinLimits } from '../../orders/limits.ts';
import { scopeOf } from '../../orders/order.ts';
import { readPayBy } from '../../orders/pay-by.ts';
import { arePurchasesPaused } from '../../orders/purchases-paused.ts';
import { isRechargeable, type SettingRow } from '../../recharge-choice.ts';
import { chooseAmount } from './choose-amount.ts';
import { findOpenRecharge } from './find-open.ts';
import { type Block, notifyBlocked } from './notify-recharge.ts';
import { isBelow, rollMonth, sumRecharges } from './settings.ts';

/** Two recharges of a wallet are at least so far apart (R11). */
export const RECHARGE_INTERVAL_MS = 10 * MINUTE_MS;

export const AUTO_RECHARGE_ACTOR = 'auto-recharge';

type Deps = Pick<BillingDeps, 'db' | 'clock'>;

/**
 * The one place that decides whether a wallet is recharged (R11): on, strictly below its threshold, none open, ten
 * minutes since the last, and room under the monthly cap and the operator's limits, all read under the lock on the
 * company. One order, of the amount as often as it takes to reach the threshold and as fits the limits; where not one
 * fits, the limit that stops it is reported with its figure and nothing is charged. Safe to call at any time and any number of times.
 * Applies R11.1 and R11.3.
 */
export async function decideRecharge(
  deps: Deps,
  { companyId, walletId: wanted }: { companyId: bigint; walletId: bigint },
): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const found = await tx.rechargeSetting.findUnique({
      where: { companyId_walletId: { companyId, walletId: wanted } },
    });
    const company = await findCompany(tx, companyId);
    if (found === null || company === null || !found.isOn || found.pausedFor !== null) return;
    const balance = await readBalance(tx, company.id, now);
    const wallet = balance.wallets.find(({ walletId }) => walletId === wanted);
    if (wallet === undefined || !isRechargeable(balance, wallet)) return;
    if (!isBelow(wallet, fromMicros(found.thresholdMicros))) return;
    if (await arePurchasesPaused(tx, company.id)) return;
    const setting = await rollMonth(tx, found, company.timeZone, now);
    if ((await findOpenRecharge(tx, setting)) !== null || !(await isRested(tx, setting, now))) return;
    const { payBy } = await readPayBy(tx, company, now);
    const [card] = payBy.method === 'card' ? await listChargeableCards(tx, { companyId }) : [];
    const cardId = card?.id ?? null;
    const block = await findBlock(tx, company, setting, cardId, now);
    const isNews = await notifyBlocked(tx, { company, setting, wallet, now }, block);
    if (block !== null) return logBlocked(tx, setting, block, isNews);
    const amount = await chooseAmount(tx, { company, setting, wallet, now });
    await trigger(tx, setting, { method: payBy.method, cardId, amount }, now);
  });
}

async function isRested(tx: Tx, setting: SettingRow, now: Date): Promise<boolean> {
  const last = await tx.purchaseOrder.findFirst({
    where: {
      companyId: setting.companyId,
      rechargeWalletId: setting.walletId,
      createdAt: { gt: new Date(now.getTime() - RECHARGE_INTERVAL_MS) },
    },
  });
  return last === null;
}

/** Returns what stops the recharge, or null. */
async function findBlock(
  tx: Tx,
  company: Company,
  setting: SettingRow,
  cardId: bigint | null,
  now: Date,
): Promise<Block | null> {
  const amount = fromMicros(setting.amountMicros);
  const cap = fromMicros(setting.capMicros);
  const used = await sumRecharges(tx, setting);
  if (used.plus(amount).greaterThan(cap)) return { reason: 'cap', limit: cap, used };
  if (company.billingMethod === 'card' && cardId === null) return { reason: 'no_card', limit: cap, used };
  try {
    await assertWithinLimits(tx, company, { amount }, now);
    if (company.billingMethod === 'invoice') await assertWithinExposure(tx, company.id, { amount });
  } catch (error) {
    const exposure = detailsOf(error, 'exposure-limit');
    const reached = exposure ?? detailsOf(error, 'daily-limit') ?? readBound(error);
    if (reached === null) throw error;
    const { limit, room } = reached;
    return { reason: exposure === null ? 'daily' : 'exposure', limit, used: limit.minus(room) };
  }
  return null;
}

/** The smallest or largest purchase, where that is the limit that stops the recharge: none of it is left. */
function readBound(error: unknown): ErrorDetails['daily-limit'] | null {
  const bound = detailsOf(error, 'amount-below-minimum') ?? detailsOf(error, 'amount-above-maximum');
  return bound === null ? null : { limit: bound.limit, room: dollars('0') };
}

async function trigger(
  tx: Tx,
  setting: SettingRow,
  pay: { method: PaymentMethod; cardId: bigint | null; amount: Money },
  now: Date,
): Promise<void> {
  const order = await createConfirmedOrder(
    tx,
    {
      companyId: setting.companyId,
      token: newToken(),
      kind: 'recharge',
      rechargeWalletId: setting.walletId,
      method: pay.method,
      cardId: pay.cardId,
      offSession: true,
      userId: AUTO_RECHARGE_ACTOR,
    },
    [{ scope: scopeOf(setting), amount: pay.amount }],
    now,
  );
  await recordAudit(tx, {
    companyId: setting.companyId,
    at: now,
    actor: AUTO_RECHARGE_ACTOR,
    surface: 'operator',
    action: 'recharge-fired',
    reason: `general credits below ${fromMicros(setting.thresholdMicros).toFixed(2)}, as set by ${setting.setBy}`,
    details: { order: order.id.toString(), amount: pay.amount.toFixed(2) },
  });
  logMoneyEvent(tx, 'recharge-decided', {
    ...factsOf(setting),
    decision: 'charged',
    amount: pay.amount,
    limit: fromMicros(setting.capMicros),
    used: null,
    order: order.id,
  });
}

/** The same block is judged every half minute, and is news once. */
function logBlocked(tx: Tx, setting: SettingRow, { reason, limit, used }: Block, isNews: boolean): void {
  const facts = { ...factsOf(setting), decision: reason, limit, used, order: null };
  logMoneyEvent(
    tx,
    'recharge-decided',
    { ...facts, amount: fromMicros(setting.amountMicros) },
    isNews ? 'info' : 'debug',
  );
}

const factsOf = (setting: SettingRow) => ({
  companyId: setting.companyId,
  wallet: setting.walletId,
  threshold: fromMicros(setting.thresholdMicros),
});

/**
 * Asks again for every wallet that may be below its threshold: a wake-up came within ten minutes of the last recharge,
 * a month or a cap changed, or no worker was running to be woken.
 */
export async function sweepLowWallets(deps: Deps): Promise<void> {
  await forEachCompany(listLowGeneral(deps.db), (wallet) => decideRecharge(deps, wallet));
}

/** Whether a recharge is to refill a wallet: then no low-balance notice is needed as well (R27). */
export const checkRecharge: RechargeCheck = async (tx, companyId, wallet: WalletBalance) => {
  const where = { companyId_walletId: { companyId, walletId: wallet.walletId } };
  const setting = await tx.rechargeSetting.findUnique({ where });
  if (setting === null || !setting.isOn)
    return { isOn: await isPoolRecharged(tx, companyId, wallet), isUnderWay: false };
  const isStill =
    setting.pausedFor !== null || setting.blockedKey !== null || (await arePurchasesPaused(tx, companyId));
  const isLow = isBelow(wallet, fromMicros(setting.thresholdMicros));
  return { isOn: true, isUnderWay: isLow && !isStill };
};

/** Where credits are shared, an office's are added to by the pool's recharge. */
async function isPoolRecharged(tx: Tx, companyId: bigint, { officeId }: WalletBalance): Promise<boolean> {
  if (officeId === null || (await findCompany(tx, companyId))?.pooled !== true) return false;
  return (await tx.rechargeSetting.count({ where: { companyId, officeId: null, isOn: true } })) > 0;
}
