import type { Tx } from '../../db/index.ts';
import type { Attempt } from './attempts.ts';
import { listChargeableCards } from './chargeable-cards.ts';
import { confirmOrder } from './confirm.ts';
import type { ConfirmedOrder } from './order.ts';
import type { moveOrder } from './order-state.ts';

/**
 * Charges an order to this card off session, as no person is there; the next attempt opens only now that the last has
 * failed (R15). Under the company's lock. Applies R11.7.
 */
export async function chargeCard(
  tx: Tx,
  order: ConfirmedOrder,
  cardId: bigint,
  now: Date,
  columns: Parameters<typeof moveOrder>[3] = {},
): Promise<void> {
  const offSession = { cardId, offSession: true, verifyUntil: null, retryAt: null };
  await confirmOrder(tx, order, { ...columns, ...offSession }, now);
}

/**
 * Charges the backup card at once where another card was not charged, before any notice is posted (R14). Returns false
 * where there is none that may be charged, or it is the one that failed. Under the company's lock.
 */
export async function chargeFallback(
  tx: Tx,
  order: ConfirmedOrder,
  failed: Pick<Attempt, 'cardId'>,
  now: Date,
): Promise<boolean> {
  const chargeable = await listChargeableCards(tx, { companyId: order.companyId, orderId: order.id });
  const fallback = chargeable.find(({ isFallback }) => isFallback);
  if (fallback === undefined || fallback.id === failed.cardId) return false;
  await chargeCard(tx, order, fallback.id, now);
  return true;
}
