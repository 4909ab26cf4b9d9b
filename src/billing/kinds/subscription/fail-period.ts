import type { Tx } from '../../../db/index.ts';
import type { Company } from '../../../org/index.ts';
import { RETRY_AFTER_MS } from '../../orders/retry-schedule.ts';
import { endSubscription } from './end-subscription.ts';
import { notifyPeriod } from './notify-period.ts';
import { keyOfPeriod, type PeriodRow, type SubscriptionRow } from './subscription.ts';

/** How long after each failure the next try comes. */
const WAIT_MS = RETRY_AFTER_MS.map((afterFirst, i) => afterFirst - (RETRY_AFTER_MS[i - 1] ?? 0));

export interface PeriodFailure {
  code: string;
  at: Date;
  waitsUntil?: Date | null;
  isFinal?: boolean;
  /** The card that was not charged, where one was tried. */
  card?: { brand: string; last4: string } | null;
}

/**
 * Handles a period that was not paid: a notice, tries after 1, 6 and 24 hours, then a pause with a notice (R14). A bundle that was
 * never paid for is not bought at all, so its buyer decides what is next. `waitsUntil`: the processor takes no requests,
 * which counts as no failure; `isFinal`: it is not tried again. Under the company's lock.
 */
export async function failPeriod(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  period: PeriodRow,
  failure: PeriodFailure,
): Promise<void> {
  const { code, at, waitsUntil, isFinal = waitsUntil === null } = failure;
  const isFirst = period.number === 0;
  const waitMs = isFirst || isFinal ? undefined : WAIT_MS[period.failures];
  const scheduled = waitMs === undefined ? null : new Date(at.getTime() + waitMs);
  const retryAt = waitsUntil ?? scheduled;
  const failed = await tx.subscriptionPeriod.update({
    where: keyOfPeriod(period),
    data: {
      failures: { increment: waitsUntil == null ? 1 : 0 },
      retryAt,
      state: retryAt === null ? 'unpaid' : 'due',
    },
  });
  // What stands against it now is not the processor any more.
  if (waitsUntil == null && period.orderId !== null)
    await tx.purchaseOrder.update({
      where: { companyId_id: { companyId: period.companyId, id: period.orderId } },
      data: { refusedSince: null },
    });
  if (retryAt === null && isFirst) await endSubscription(tx, subscription, at);
  else if (retryAt === null) {
    await tx.subscription.update({
      where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
      data: { state: 'paused' },
    });
  }
  await notifyPeriod(tx, company, subscription, failed, {
    event: retryAt !== null ? 'retry' : isFirst ? 'refused' : 'paused',
    failure: code,
    at,
    triesLeft: RETRY_AFTER_MS.length - period.failures,
    card: failure.card ?? null,
  });
}
