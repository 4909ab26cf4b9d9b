import type { PaymentMethod, Queryable, Tx } from '../../../db/index.ts';
import { hasCode } from '../../../errors.ts';
import { fromMicros } from '../../../money.ts';
import type { Company } from '../../../org/index.ts';
import { newToken } from '../../../token.ts';
import { listChargeableCards } from '../../orders/chargeable-cards.ts';
import { confirmOrder, createConfirmedOrder } from '../../orders/confirm.ts';
import { CARD_NEEDS_REPLACING } from '../../orders/declines.ts';
import { assertWithinExposure } from '../../orders/limits.ts';
import { type ConfirmedOrder, keyOf, scopeOf, toConfirmed } from '../../orders/order.ts';
import { readPayBy } from '../../orders/pay-by.ts';
import { arePurchasesPaused } from '../../orders/purchases-paused.ts';
import { creditFreePeriod } from './credit-period.ts';
import { failPeriod } from './fail-period.ts';
import { keyOfPeriod, type PeriodRow, type SubscriptionRow, sourceOf } from './subscription.ts';

/**
 * Pays a period as the company pays now: free funds are credited at once, everything else goes through an
 * order like any purchase, a retried one through the order it had (R15). What stops it, no card, the
 * exposure limit (R10) or a dispute (R16), is a failed payment. Off session (`offSession`) the backup is charged
 * where the default may not be (R14). Under the company's lock. Applies R14.3 and R17.1.
 */
export async function payPeriod(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  period: PeriodRow,
  at: Date,
  { offSession }: { offSession: boolean },
): Promise<void> {
  if (period.priceMicros === 0n) {
    await creditFreePeriod(tx, company, subscription, period, at);
    return;
  }
  const pay = await readPayBy(tx, company, at);
  const cardId = offSession ? await findChargeable(tx, pay, period) : pay.cardId;
  const against = await findObstacle(tx, company, period, { payBy: pay.payBy, cardId });
  if (against !== null) return await failPeriod(tx, company, subscription, period, { code: against, at });
  const paid = {
    method: pay.payBy.method,
    cardId,
    offSession: offSession && pay.payBy.method === 'card',
  };
  const order = await chargeOrder(tx, subscription, period, paid, at);
  await tx.subscriptionPeriod.update({
    where: keyOfPeriod(period),
    data: { orderId: order.id, retryAt: null },
  });
}

/** The period's order, charged from now on: the one that it had, or a new one. */
async function chargeOrder(
  tx: Tx,
  { officeId, actor }: SubscriptionRow,
  period: PeriodRow,
  paid: { method: PaymentMethod; cardId: bigint | null; offSession: boolean },
  at: Date,
): Promise<ConfirmedOrder> {
  const { companyId, orderId, priceMicros } = period;
  if (orderId === null) {
    const kind = sourceOf(period);
    // The purchase limit of 24 hours counts the first period, which a person buys, and no renewal (R9.6).
    const countsInDay = kind === 'bundle' && period.number === 0;
    const what = { companyId, token: newToken(), kind, countsInDay };
    const line = { scope: scopeOf({ officeId }), amount: fromMicros(priceMicros) };
    return await createConfirmedOrder(tx, { ...what, ...paid, userId: actor }, [line], at);
  }
  const row = await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf({ companyId, id: orderId }) });
  const anew = { ...paid, verifyUntil: null, confirmedAt: at, failureCode: null };
  return await confirmOrder(tx, toConfirmed(row), anew, at);
}

async function findChargeable(
  tx: Queryable,
  { payBy }: Awaited<ReturnType<typeof readPayBy>>,
  { companyId, orderId }: PeriodRow,
): Promise<bigint | null> {
  if (payBy.method === 'invoice') return null;
  const cards = await listChargeableCards(tx, { companyId, ...(orderId === null ? {} : { orderId }) });
  return cards[0]?.id ?? null;
}

async function findObstacle(
  tx: Queryable,
  company: Company,
  period: PeriodRow,
  { payBy, cardId }: Awaited<ReturnType<typeof readPayBy>>,
): Promise<string | null> {
  if (await arePurchasesPaused(tx, company.id)) return 'disputed';
  if (payBy.method === 'card' && cardId === null)
    return payBy.card === null ? 'no_card' : CARD_NEEDS_REPLACING;
  if (payBy.method === 'card') return null;
  try {
    await assertWithinExposure(tx, company.id, { amount: fromMicros(period.priceMicros) });
    return null;
  } catch (error) {
    if (hasCode(error, 'exposure-limit')) return 'exposure_limit';
    throw error;
  }
}
