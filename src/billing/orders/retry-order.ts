import { inTransaction, isUniqueViolation, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { findCompany, lockCompany, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { chargeCard } from './charge-card.ts';
import { listChargeableCards } from './chargeable-cards.ts';
import { assertWithinDay } from './limits.ts';
import { amountOf, amountText, formatReference, keyOf, type OrderRow, toConfirmed } from './order.ts';
import { kindOf } from './order-kind.ts';
import { assertPurchasesNotPaused } from './purchases-paused.ts';

/**
 * Charges an order that ended unpaid again, off session, to the default card or else the backup, as the operator
 * says. Returns the card. Throws RefillError `order-not-retryable` where it did not end unpaid or something took its place,
 * `purchases-paused`, `no-card` and those of `assertWithinDay`.
 */
export async function retryOrder(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  key: Pick<OrderRow, 'companyId' | 'id'>,
  reason: string | null,
): Promise<{ brand: string; last4: string }> {
  try {
    return await inTransaction(deps.db, (tx) => retryLocked(tx, key, reason, deps.clock));
  } catch (error) {
    if (!isUniqueViolation(error, 'purchase_order_one_recharge')) throw error;
    throw new RefillError('order-not-retryable', 'Another recharge of the same credits is open.');
  }
}

async function retryLocked(
  tx: Tx,
  key: Pick<OrderRow, 'companyId' | 'id'>,
  reason: string | null,
  clock: BillingDeps['clock'],
): Promise<{ brand: string; last4: string }> {
  await lockCompany(tx, key.companyId);
  const at = clock.now();
  const company = await findCompany(tx, key.companyId);
  const row = await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(key) });
  const reference = formatReference(row);
  if (company === null || row.state !== 'declined')
    throw new RefillError(
      'order-not-retryable',
      row.state === 'unknown' || row.state === 'stuck'
        ? `It is not known whether ${reference} was paid. End it first: refill order resolve.`
        : `${reference} is ${row.state}: only an order that ended unpaid is charged again.`,
    );
  const order = toConfirmed(row);
  if (await kindOf(order).isReplaced(tx, order, at))
    throw new RefillError('order-not-retryable', `Something took the place of ${reference} since it ended.`);
  await assertPurchasesNotPaused(tx, company.id);
  if (order.countsInDay) await assertWithinDay(tx, company, { amount: amountOf(order), order }, at);
  const [card] = await listChargeableCards(tx, { companyId: company.id, orderId: order.id });
  if (card === undefined)
    throw new RefillError('no-card', `${company.name} has no card that ${reference} may be charged to.`);
  await chargeCard(tx, order, card.id, at, { confirmedAt: at, failureCode: null, refusedSince: null });
  await recordAudit(tx, {
    companyId: company.id,
    at,
    actor: 'operator',
    surface: 'operator',
    action: 'order-retried',
    ...(reason === null ? {} : { reason }),
    details: { order: order.id.toString(), amount: amountText(order), card: `${card.brand} ${card.last4}` },
  });
  return { brand: card.brand, last4: card.last4 };
}
