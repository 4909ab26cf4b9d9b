import type { Tx } from '../../../db/index.ts';
import { type Company, findCompany } from '../../../org/index.ts';
import { findCardName, type OrderRow } from '../../orders/order.ts';
import { RETRY_AFTER_MS } from '../../orders/retry-schedule.ts';
import { endSubscription } from './end-subscription.ts';
import { notifyPeriod } from './notify-period.ts';
import { findSubscription, keyOfPeriod, type PeriodRow, type SubscriptionRow } from './subscription.ts';

/** How long after each failure the next try comes. */
const WAIT_MS = RETRY_AFTER_MS.map((afterFirst, i) => afterFirst - (RETRY_AFTER_MS[i - 1] ?? 0));

interface PeriodFailure {
  code: string;
  at: Date;
  waitsUntil?: Date | null;
  isFinal?: boolean;
  /** The card that was not charged, where one was tried. */
  card?: { brand: string; last4: string } | null;
}

/**
 * A period was not paid: told, tried again after 1, 6 and 24 hours, then paused and said (R14). A bundle that was
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

/** The charge of an order definitely failed: if it was a period's, that period was not paid. */
export async function failPeriodOfOrder(
  tx: Tx,
  order: Pick<OrderRow, 'companyId' | 'id' | 'cardId'>,
  failure: PeriodFailure,
): Promise<void> {
  const found = await findPeriodOfOrder(tx, order);
  if (found === null) return;
  const card = await findCardName(tx, order);
  await failPeriod(tx, found.company, found.subscription, found.period, { ...failure, card });
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
export async function notifyBankOfPeriod(
  tx: Tx,
  order: { companyId: bigint; id: bigint },
  said: { at: Date; actionUrl: string | null },
): Promise<void> {
  const found = await findPeriodOfOrder(tx, order);
  // A first period is bought in a window, where its buyer sees the way to the bank.
  if (found === null || found.period.number === 0) return;
  await notifyPeriod(tx, found.company, found.subscription, found.period, { event: 'at_bank', ...said });
}

/** A renewal's bank wants its card's holder, and nobody was there: people are asked to verify the payment. */
export async function notifyPeriodToVerify(
  tx: Tx,
  order: OrderRow,
  said: { at: Date; failure: string },
): Promise<void> {
  const found = await findPeriodOfOrder(tx, order);
  if (found === null) return;
  await notifyPeriod(tx, found.company, found.subscription, found.period, {
    event: 'to_verify',
    ...said,
    card: await findCardName(tx, order),
    verify: { token: order.token, until: order.verifyUntil ?? said.at },
  });
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
