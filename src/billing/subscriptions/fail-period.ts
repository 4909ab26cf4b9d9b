import type { Tx } from '../../db/index.ts';
import { type Company, findCompany } from '../../org/index.ts';
import { RETRY_AFTER_MS } from '../retry-pace.ts';
import { endSubscription } from './end-subscription.ts';
import { findSubscription, keyOfPeriod, type PeriodRow, type SubscriptionRow } from './rows.ts';
import { tellPeriod } from './tell-period.ts';

/** How long after each failure the next try comes. */
const WAIT_MS = RETRY_AFTER_MS.map((afterFirst, i) => afterFirst - (RETRY_AFTER_MS[i - 1] ?? 0));

/**
 * A period was not paid: told, tried again after 1, 6 and 24 hours, then paused and said (R14). A bundle that was
 * never paid for is not bought at all, so its buyer decides what is next. Under the company's lock.
 */
export async function failPeriod(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  period: PeriodRow,
  failure: { code: string; at: Date },
): Promise<void> {
  const { code, at } = failure;
  const isFirst = period.number === 0;
  const waitMs = isFirst ? undefined : WAIT_MS[period.failures];
  const retryAt = waitMs === undefined ? null : new Date(at.getTime() + waitMs);
  const failed = await tx.subscriptionPeriod.update({
    where: keyOfPeriod(period),
    data: { failures: { increment: 1 }, retryAt, state: retryAt === null ? 'unpaid' : 'due' },
  });
  if (retryAt === null && isFirst) await endSubscription(tx, subscription, at);
  else if (retryAt === null) {
    await tx.subscription.update({
      where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
      data: { state: 'paused' },
    });
  }
  await tellPeriod(tx, company, subscription, failed, {
    event: retryAt !== null ? 'retry' : isFirst ? 'refused' : 'paused',
    failure: code,
    at,
    triesLeft: RETRY_AFTER_MS.length - period.failures,
  });
}

/** The charge of an order definitely failed: if it was a period's, that period was not paid. */
export async function failPeriodOfOrder(
  tx: Tx,
  order: { companyId: bigint; id: bigint },
  failure: { code: string; at: Date },
): Promise<void> {
  const found = await findPeriodOfOrder(tx, order);
  if (found !== null) await failPeriod(tx, found.company, found.subscription, found.period, failure);
}

/**
 * Whether an order pays a period with nobody before it: recurring funds, or a bundle's renewal. Whoever buys a bundle
 * chooses the card of its first period.
 */
export async function paysItself(tx: Tx, order: { companyId: bigint; id: bigint }): Promise<boolean> {
  const period = await tx.subscriptionPeriod.findUnique({
    where: { companyId_orderId: { companyId: order.companyId, orderId: order.id } },
  });
  return period !== null && (period.number > 0 || period.kind === 'general');
}

/** The bank wants to be asked, and nobody stands before a renewal: told, with the way to its page. */
export async function tellBankOfPeriod(
  tx: Tx,
  order: { companyId: bigint; id: bigint },
  said: { at: Date; actionUrl: string | null },
): Promise<void> {
  const found = await findPeriodOfOrder(tx, order);
  // A first period is bought in a window, where its buyer sees the way to the bank.
  if (found === null || found.period.number === 0) return;
  await tellPeriod(tx, found.company, found.subscription, found.period, { event: 'at_bank', ...said });
}

async function findPeriodOfOrder(
  tx: Tx,
  order: { companyId: bigint; id: bigint },
): Promise<{ company: Company; subscription: SubscriptionRow; period: PeriodRow } | null> {
  const period = await tx.subscriptionPeriod.findUnique({
    where: { companyId_orderId: { companyId: order.companyId, orderId: order.id } },
  });
  if (period === null) return null;
  const company = await findCompany(tx, order.companyId);
  const subscription = await findSubscription(tx, {
    companyId: order.companyId,
    id: period.subscriptionId,
  });
  return company === null || subscription === null ? null : { company, subscription, period };
}
