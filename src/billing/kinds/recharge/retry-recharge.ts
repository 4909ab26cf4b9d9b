import { inTransaction, type Tx } from '../../../db/index.ts';
import { HOUR_MS } from '../../../durations.ts';
import { hasCode } from '../../../errors.ts';
import { readBalance, wakeWatch } from '../../../ledger/index.ts';
import { fromMicros } from '../../../money.ts';
import { type Company, findCompany, lockCompany } from '../../../org/index.ts';
import { forEachCompany } from '../../../queue/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { type Attempt, findLiveAttempt } from '../../orders/attempts.ts';
import { chargeCard, chargeFallback } from '../../orders/charge-card.ts';
import { listChargeableCards } from '../../orders/chargeable-cards.ts';
import { type Failure, NOT_VERIFIED, PROCESSOR_REFUSED } from '../../orders/declines.ts';
import { assertWithinDay } from '../../orders/limits.ts';
import { keyOf, type OrderRow, WAITS_FOR_PERSON } from '../../orders/order.ts';
import { arePurchasesPaused } from '../../orders/purchases-paused.ts';
import { RETRY_AFTER_MS } from '../../orders/retry-schedule.ts';
import { askToVerify, findCardToVerify } from '../../orders/verification/ask-to-verify.ts';
import { notifyRecharge } from './notify-recharge.ts';
import { isBelow, type SettingRow } from './settings.ts';
import { wakeRefused } from './wake-refused.ts';

/**
 * What becomes of a recharge whose charge failed (R14): the backup card at once; else, where a bank wanted its card's
 * holder, a person is asked to verify it; else a later try, while any card may be charged; else auto-recharge is paused.
 * Told once, in the recharge's own message. The caller holds the lock on the company.
 */
export async function followDecline(
  tx: Tx,
  order: OrderRow,
  failed: Attempt,
  failure: Failure,
  now: Date,
): Promise<void> {
  const where = { companyId_id: { companyId: order.companyId, id: order.id } };
  const setting = await findSetting(tx, order);
  const isOff = setting === null || !setting.isOn;
  if (!isOff && (await chargeFallback(tx, order, failed, now))) return;
  const cardId = isOff ? null : await findCardToVerify(tx, failed, failure);
  if (cardId !== null) return await askToVerify(tx, order, { cardId, failure, now });
  const { code } = failure;
  const declined = { state: 'declined', failureCode: code, nextLookAt: null, verifyUntil: null };
  const chargeable = await listChargeableCards(tx, { companyId: order.companyId, orderId: order.id });
  const waitMs = chargeable.length === 0 ? undefined : RETRY_AFTER_MS[order.retries];
  if (isOff || waitMs === undefined) {
    await tx.purchaseOrder.update({ where, data: { ...declined, retryAt: null } });
    if (!isOff) await pause(tx, setting, 'declined');
    await notifyRecharge(tx, order, now, { status: 'given_up', failureCode: code, isOff });
    return;
  }
  const retryAt = new Date(Math.max(order.createdAt.getTime() + waitMs, now.getTime() + HOUR_MS));
  await tx.purchaseOrder.update({ where, data: { ...declined, retryAt } });
  await notifyRecharge(tx, order, now, {
    status: 'failed',
    failureCode: code,
    nextTryAt: retryAt.toISOString(),
    triesLeft: RETRY_AFTER_MS.length - order.retries,
  });
}

/**
 * A recharge whose requests the processor refuses waits (R14): it is tried each hour, until `retryAt` is null and it is
 * given up. The caller holds the lock on the company and has ended the try.
 */
export async function waitForProcessor(
  tx: Tx,
  order: OrderRow,
  retryAt: Date | null,
  now: Date,
): Promise<void> {
  const setting = await findSetting(tx, order);
  const isOff = setting === null || !setting.isOn;
  if (!isOff && retryAt !== null) {
    await tx.purchaseOrder.update({ where: keyOf(order), data: { retryAt } });
    const nextTryAt = retryAt.toISOString();
    return await notifyRecharge(tx, order, now, {
      status: 'refused',
      failureCode: PROCESSOR_REFUSED,
      nextTryAt,
    });
  }
  await tx.purchaseOrder.update({ where: keyOf(order), data: { refusedSince: null } });
  if (!isOff) await pause(tx, setting, 'processor');
  await notifyRecharge(tx, order, now, { status: 'given_up', failureCode: PROCESSOR_REFUSED, isOff });
}

/** Nobody verified a recharge in time: auto-recharge pauses, where its credits are still wanted. Under the company's lock. */
export async function endUnverified(tx: Tx, order: OrderRow, now: Date): Promise<void> {
  const setting = await findSetting(tx, order);
  const isOff = setting === null || !setting.isOn;
  const isNeeded = await needsRecharge(tx, order, now);
  if (!isOff && isNeeded) await pause(tx, setting, 'unverified');
  const status = isOff || isNeeded ? 'given_up' : 'needless';
  await notifyRecharge(tx, order, now, { status, failureCode: NOT_VERIFIED, isOff });
}

/** Tries again every recharge whose time has come. */
export async function sweepRetries(deps: Pick<BillingDeps, 'db' | 'clock'>): Promise<void> {
  await wakeRefused(deps);
  const due = await deps.db.purchaseOrder.findMany({
    where: { retryAt: { lte: deps.clock.now() } },
    select: { companyId: true, id: true },
    orderBy: { retryAt: 'asc' },
    take: 200,
  });
  await forEachCompany(due, ({ companyId, id }) =>
    inTransaction(deps.db, async (tx) => {
      await lockCompany(tx, companyId);
      const order = await tx.purchaseOrder.findUniqueOrThrow({ where: { companyId_id: { companyId, id } } });
      const now = deps.clock.now();
      if (order.retryAt === null || order.retryAt > now) return;
      // What the processor refused was no try of a card.
      await tryAgain(tx, order, now, order.retries + (order.refusedSince === null ? 1 : 0));
    }),
  );
}

/** Another card may be charged from now on: what waits for one is tried at once, and what was paused goes on (R14). */
export async function resumeWithCard(tx: Tx, companyId: bigint, now: Date): Promise<void> {
  const waiting = await tx.purchaseOrder.findMany({
    where: { companyId, kind: 'recharge', OR: [{ retryAt: { not: null } }, WAITS_FOR_PERSON] },
  });
  for (const order of waiting) await tryAgain(tx, order, now, order.retries);
  await tx.rechargeSetting.updateMany({
    // What was refunded is charged again only once a company admin says so (R16).
    where: { companyId, pausedFor: { notIn: ['refunded'] } },
    data: { pausedFor: null },
  });
  await tx.subscriptionPeriod.updateMany({
    where: { companyId, retryAt: { gt: now } },
    data: { retryAt: now },
  });
}

/** A recharge that only waits to be tried again is not made any more. */
export async function dropWaiting(
  tx: Tx,
  order: OrderRow,
  now: Date,
  status: 'given_up' | 'needless' | 'dropped' | 'over_limit',
): Promise<void> {
  const key = { companyId: order.companyId, id: order.id };
  const waits = await tx.purchaseOrder.updateMany({
    where: { ...key, retryAt: { not: null } },
    data: { retryAt: null, refusedSince: null },
  });
  const asks = await tx.purchaseOrder.updateMany({
    where: { ...key, ...WAITS_FOR_PERSON },
    data: { state: 'declined', verifyUntil: null, nextLookAt: null },
  });
  if (waits.count + asks.count > 0)
    await notifyRecharge(tx, order, now, {
      status,
      failureCode: order.failureCode,
      isOff: status === 'given_up',
    });
}

async function tryAgain(tx: Tx, order: OrderRow, now: Date, retries: number): Promise<void> {
  const where = { companyId_id: { companyId: order.companyId, id: order.id } };
  const company = await findCompany(tx, order.companyId);
  const setting = await findSetting(tx, order);
  if (company === null || setting === null || (await findLiveAttempt(tx, order)) !== null) return;
  if (await arePurchasesPaused(tx, company.id)) {
    if (order.retryAt !== null)
      await tx.purchaseOrder.update({
        where,
        data: { retryAt: new Date(now.getTime() + HOUR_MS), refusedSince: null },
      });
    return;
  }
  if (!(await needsRecharge(tx, order, now))) return await dropWaiting(tx, order, now, 'needless');
  if (!(await staysWithinDay(tx, company, order, now))) return;
  const [card] = await listChargeableCards(tx, { companyId: company.id, orderId: order.id });
  if (card === undefined) {
    const ended = {
      state: 'declined',
      retryAt: null,
      verifyUntil: null,
      refusedSince: null,
      nextLookAt: null,
    };
    await tx.purchaseOrder.update({ where, data: ended });
    await pause(tx, setting, 'no_card');
    return await notifyRecharge(tx, order, now, { status: 'given_up', failureCode: 'no_card' });
  }
  // It counts in the 24 hours from this try on (R9).
  await tx.purchaseOrder.update({ where, data: { retries, confirmedAt: now } });
  await chargeCard(tx, order, card.id, now);
}

/**
 * Whether another try of a recharge that waits fits the purchase limit of 24 hours, which others may have used up since
 * the first (R9). One that does not is dropped and told, and its wallet is judged anew. Under the company's lock.
 */
export async function staysWithinDay(tx: Tx, company: Company, order: OrderRow, now: Date): Promise<boolean> {
  try {
    await assertWithinDay(tx, company, { amount: fromMicros(order.amountMicros ?? 0n), order }, now);
    return true;
  } catch (error) {
    if (!hasCode(error, 'daily-limit')) throw error;
  }
  await dropWaiting(tx, order, now, 'over_limit');
  const setting = await findSetting(tx, order);
  if (setting !== null) await judgeAnew(tx, setting);
  return false;
}

/** Has the wallet decided about as it is now: what keeps a recharge from it is told there. */
async function judgeAnew(tx: Tx, { companyId, walletId }: SettingRow): Promise<void> {
  await wakeWatch(tx, { companyId, walletId, class: 'general' });
}

/** Whether the credits of a recharge are still below their threshold. */
export async function needsRecharge(
  tx: Tx,
  order: Pick<OrderRow, 'companyId' | 'officeId'>,
  now: Date,
): Promise<boolean> {
  const setting = await findSetting(tx, order);
  if (setting === null) return false;
  const { wallets } = await readBalance(tx, setting.companyId, now);
  const wallet = wallets.find(({ walletId }) => walletId === setting.walletId);
  return wallet !== undefined && isBelow(wallet, fromMicros(setting.thresholdMicros));
}

async function pause(
  tx: Tx,
  setting: SettingRow,
  pausedFor: 'declined' | 'no_card' | 'unverified' | 'processor',
): Promise<void> {
  await tx.rechargeSetting.updateMany({
    where: {
      companyId: setting.companyId,
      walletId: setting.walletId,
      OR: [{ pausedFor: null }, { pausedFor: { not: 'refunded' } }],
    },
    data: { pausedFor },
  });
}

async function findSetting(
  tx: Tx,
  order: Pick<OrderRow, 'companyId' | 'officeId'>,
): Promise<SettingRow | null> {
  return await tx.rechargeSetting.findFirst({
    where: { companyId: order.companyId, officeId: order.officeId },
  });
}
