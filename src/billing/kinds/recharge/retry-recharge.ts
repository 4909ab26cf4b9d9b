import { inTransaction, type Tx } from '../../../db/index.ts';
import { HOUR_MS } from '../../../durations.ts';
import { hasCode } from '../../../errors.ts';
import { readBalance, wakeWatch } from '../../../ledger/index.ts';
import { fromMicros } from '../../../money.ts';
import { type Company, findCompany, lockCompany } from '../../../org/index.ts';
import { forEachCompany } from '../../../queue/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { findLiveAttempt } from '../../orders/attempts.ts';
import { chargeCard } from '../../orders/charge-card.ts';
import { listChargeableCards } from '../../orders/chargeable-cards.ts';
import { assertWithinDay } from '../../orders/limits.ts';
import { amountOf, type ConfirmedOrder, keyOf, type OrderRow, toConfirmed } from '../../orders/order.ts';
import { moveOrder, moveOrders, WAITS_FOR_VERIFICATION } from '../../orders/order-state.ts';
import { arePurchasesPaused } from '../../orders/purchases-paused.ts';
import { notifyRecharge } from './notify-recharge.ts';
import { findSettingOf, isBelow, pauseRecharge } from './settings.ts';
import { updateSetting } from './store-setting.ts';
import { wakeRefused } from './wake-refused.ts';

/** Tries again every recharge whose time has come. */
export async function sweepRetries(deps: Pick<BillingDeps, 'db' | 'clock'>): Promise<void> {
  await wakeRefused(deps);
  const due = await deps.db.purchaseOrder.findMany({
    where: { retryAt: { lte: deps.clock.now() } },
    select: { companyId: true, id: true },
    orderBy: { retryAt: 'asc' },
    take: 200,
  });
  await forEachCompany(due, (key) =>
    inTransaction(deps.db, async (tx) => {
      await lockCompany(tx, key.companyId);
      const order = toConfirmed(await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(key) }));
      const now = deps.clock.now();
      if (order.retryAt === null || order.retryAt > now) return;
      // What the processor refused was no try of a card.
      await tryAgain(tx, order, now, order.retries + (order.refusedSince === null ? 1 : 0));
    }),
  );
}

/**
 * Handles a card that may be charged from now on: recharges that wait for one are tried at once, and paused auto-recharge resumes (R14).
 * Applies R14.4.
 */
export async function resumeWithCard(
  tx: Tx,
  { companyId, at }: { companyId: bigint; at: Date },
): Promise<void> {
  for (const order of await listWaiting(tx, companyId)) await tryAgain(tx, order, at, order.retries);
  // What was refunded, or paused by an admin, is charged again only once a company admin says so (R16, R32); a stuck
  // payment ends as the processor says (R15).
  const where = { companyId, pausedFor: { notIn: ['refunded', 'unconfirmed', 'surprise'] } };
  const paused = await tx.rechargeSetting.findMany({ where });
  for (const setting of paused) await updateSetting(tx, setting, { pausedFor: null }, at);
}

/** The recharges of a company that wait for their next try, or for a person to verify them. */
export async function listWaiting(tx: Tx, companyId: bigint): Promise<ConfirmedOrder[]> {
  const rows = await tx.purchaseOrder.findMany({
    where: { companyId, kind: 'recharge', OR: [{ retryAt: { not: null } }, WAITS_FOR_VERIFICATION] },
  });
  return rows.map(toConfirmed);
}

/** Drops a recharge that waits for its next try or for verification. */
export async function dropWaiting(
  tx: Tx,
  order: ConfirmedOrder,
  now: Date,
  status: 'given_up' | 'needless' | 'dropped' | 'over_limit',
): Promise<void> {
  const key = { companyId: order.companyId, id: order.id };
  const waits = await tx.purchaseOrder.updateMany({
    where: { ...key, retryAt: { not: null } },
    data: { retryAt: null, refusedSince: null },
  });
  const { state: _, ...unanswered } = WAITS_FOR_VERIFICATION;
  const columns = { verifyUntil: null, nextPollAt: null };
  const asks = await moveOrders(
    tx,
    { ...key, ...unanswered },
    { from: ['needs_action'], to: 'declined', columns },
  );
  if (waits.count + asks.length > 0)
    await notifyRecharge(tx, order, now, {
      status,
      failureCode: order.failureCode,
      isOff: status === 'given_up',
    });
}

async function tryAgain(tx: Tx, order: ConfirmedOrder, now: Date, retries: number): Promise<void> {
  const company = await findCompany(tx, order.companyId);
  const setting = await findSettingOf(tx, order);
  if (company === null || setting === null || (await findLiveAttempt(tx, order)) !== null) return;
  if (await arePurchasesPaused(tx, company.id)) {
    const later = { retryAt: new Date(now.getTime() + HOUR_MS), refusedSince: null };
    if (order.retryAt !== null) await tx.purchaseOrder.update({ where: keyOf(order), data: later });
    return;
  }
  if (!(await needsRecharge(tx, order, now))) return await dropWaiting(tx, order, now, 'needless');
  if (!(await fitsDay(tx, company, order, now))) return;
  const [card] = await listChargeableCards(tx, { companyId: company.id, orderId: order.id });
  if (card === undefined) return await endWithoutCard(tx, order, now);
  // It counts in the 24 hours from this try on (R9).
  await chargeCard(tx, order, card.id, now, { retries, confirmedAt: now });
}

async function endWithoutCard(tx: Tx, order: ConfirmedOrder, now: Date): Promise<void> {
  const ended = { retryAt: null, verifyUntil: null, refusedSince: null, nextPollAt: null };
  if (order.state === 'declined') await tx.purchaseOrder.update({ where: keyOf(order), data: ended });
  else await moveOrder(tx, order, 'declined', ended);
  await pauseRecharge(tx, order, 'no_card', now);
  await notifyRecharge(tx, order, now, { status: 'given_up', failureCode: 'no_card' });
}

/**
 * Whether another try of a recharge that waits fits the purchase limit of 24 hours, which others may have used up since
 * the first (R9). One that does not is dropped with a notice, and its wallet is judged again. Under the company's lock.
 * Applies R11.5.
 */
export async function fitsDay(tx: Tx, company: Company, order: ConfirmedOrder, now: Date): Promise<boolean> {
  try {
    await assertWithinDay(tx, company, { amount: amountOf(order), order }, now);
    return true;
  } catch (error) {
    if (!hasCode(error, 'daily-limit')) throw error;
  }
  await dropWaiting(tx, order, now, 'over_limit');
  const setting = await findSettingOf(tx, order);
  // Decided about as it is now: what keeps a recharge from it is notified there.
  if (setting !== null)
    await wakeWatch(tx, { companyId: setting.companyId, walletId: setting.walletId, class: 'general' });
  return false;
}

/** Whether the credits of a recharge are still below their threshold. */
export async function needsRecharge(
  tx: Tx,
  order: Pick<OrderRow, 'companyId' | 'id' | 'rechargeWalletId'>,
  now: Date,
): Promise<boolean> {
  const setting = await findSettingOf(tx, order);
  if (setting === null) return false;
  const { wallets } = await readBalance(tx, setting.companyId, now);
  const wallet = wallets.find(({ walletId }) => walletId === setting.walletId);
  return wallet !== undefined && isBelow(wallet, fromMicros(setting.thresholdMicros));
}
