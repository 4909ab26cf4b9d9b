import { inTransaction, type Tx } from '../../db/index.ts';
import { readBalance } from '../../ledger/index.ts';
import { fromMicros } from '../../money.ts';
import { findCompany, lockCompany } from '../../org/index.ts';
import { forEachCompany } from '../../queue/index.ts';
import { chargeCard, chargeFallback } from '../charge-card.ts';
import { isStandingStill } from '../dispute/standing.ts';
import type { OrderRow } from '../order-rows.ts';
import { readPayBy } from '../pay-by.ts';
import type { Attempt } from '../payment-attempt.ts';
import { RETRY_AFTER_MS } from '../retry-pace.ts';
import type { BillingDeps } from '../types.ts';
import type { SettingRow } from './settings.ts';
import { tellRecharge } from './tell-recharge.ts';

const HOUR_MS = 3_600_000;

/**
 * What becomes of a recharge whose charge failed (R14): the fallback card at once, else a later try, else auto-recharge
 * is paused. Told once, in the recharge's own message. The caller holds the lock on the company.
 */
export async function followDecline(
  tx: Tx,
  order: OrderRow,
  failed: Attempt,
  code: string,
  now: Date,
): Promise<void> {
  const where = { companyId_id: { companyId: order.companyId, id: order.id } };
  const setting = await findSetting(tx, order);
  const isOff = setting === null || !setting.isOn;
  if (!isOff && (await chargeFallback(tx, order, failed, now))) return;
  const waitMs = RETRY_AFTER_MS[order.retries];
  if (isOff || waitMs === undefined) {
    await tx.purchaseOrder.update({
      where,
      data: { state: 'declined', failureCode: code, nextLookAt: null, retryAt: null },
    });
    if (!isOff) await pause(tx, setting);
    await tellRecharge(tx, order, now, { status: 'given_up', failureCode: code, isOff });
    return;
  }
  const retryAt = new Date(Math.max(order.createdAt.getTime() + waitMs, now.getTime() + HOUR_MS));
  await tx.purchaseOrder.update({
    where,
    data: { state: 'declined', failureCode: code, nextLookAt: null, retryAt },
  });
  await tellRecharge(tx, order, now, {
    status: 'failed',
    failureCode: code,
    nextTryAt: retryAt.toISOString(),
    triesLeft: RETRY_AFTER_MS.length - order.retries,
  });
}

/** Tries again every recharge whose time has come. */
export async function sweepRetries(deps: Pick<BillingDeps, 'db' | 'clock'>): Promise<void> {
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
      if (order.retryAt !== null && order.retryAt <= now) await tryAgain(tx, order, now, order.retries + 1);
    }),
  );
}

/** Another card may be charged from now on: what waits for one is tried at once, and what was paused goes on (R14). */
export async function resumeWithCard(tx: Tx, companyId: bigint, now: Date): Promise<void> {
  const waiting = await tx.purchaseOrder.findMany({ where: { companyId, retryAt: { not: null } } });
  for (const order of waiting) await tryAgain(tx, order, now, order.retries);
  await tx.rechargeSetting.updateMany({
    where: { companyId, pausedFor: { not: null } },
    data: { pausedFor: null },
  });
}

/** A recharge that only waits to be tried again is not made any more. */
export async function dropWaiting(
  tx: Tx,
  order: OrderRow,
  now: Date,
  status: 'given_up' | 'needless' | 'dropped',
): Promise<void> {
  const { count } = await tx.purchaseOrder.updateMany({
    where: { companyId: order.companyId, id: order.id, retryAt: { not: null } },
    data: { retryAt: null },
  });
  if (count > 0)
    await tellRecharge(tx, order, now, {
      status,
      failureCode: order.failureCode,
      isOff: status === 'given_up',
    });
}

async function tryAgain(tx: Tx, order: OrderRow, now: Date, retries: number): Promise<void> {
  const where = { companyId_id: { companyId: order.companyId, id: order.id } };
  const company = await findCompany(tx, order.companyId);
  const setting = await findSetting(tx, order);
  if (company === null || setting === null) return;
  if (await isStandingStill(tx, company.id)) {
    await tx.purchaseOrder.update({ where, data: { retryAt: new Date(now.getTime() + HOUR_MS) } });
    return;
  }
  if (!(await isStillLow(tx, setting, now))) return await dropWaiting(tx, order, now, 'needless');
  const { cardId } = await readPayBy(tx, company, now);
  if (cardId === null) {
    await tx.purchaseOrder.update({ where, data: { retryAt: null } });
    await pause(tx, setting);
    return await tellRecharge(tx, order, now, { status: 'given_up', failureCode: 'no_card' });
  }
  await tx.purchaseOrder.update({ where, data: { retries } });
  await chargeCard(tx, order, cardId, now);
}

async function isStillLow(tx: Tx, setting: SettingRow, now: Date): Promise<boolean> {
  const { wallets } = await readBalance(tx, setting.companyId, now);
  const wallet = wallets.find(({ walletId }) => walletId === setting.walletId);
  return wallet?.freeGeneral.lessThan(fromMicros(setting.thresholdMicros)) === true;
}

async function pause(tx: Tx, setting: SettingRow): Promise<void> {
  await tx.rechargeSetting.updateMany({
    where: { companyId: setting.companyId, walletId: setting.walletId },
    data: { pausedFor: 'declined' },
  });
}

async function findSetting(tx: Tx, order: OrderRow): Promise<SettingRow | null> {
  return await tx.rechargeSetting.findFirst({
    where: { companyId: order.companyId, officeId: order.officeId },
  });
}
