import type { Tx } from '../../db/index.ts';
import { SECOND_MS } from '../../durations.ts';
import type { Attempt } from './attempts.ts';
import { listChargeableCards } from './chargeable-cards.ts';
import { type OrderRow, UNDER_WAY } from './order.ts';
import { enqueueAdvance } from './order-jobs.ts';

const FIRST_LOOK_MS = 10 * SECOND_MS;

/**
 * Has an order that makes itself charged to this card; the next try opens only now that the last has failed (R15).
 * Nobody is there, so it is off session. The caller holds the lock on the company.
 */
export async function chargeCard(tx: Tx, order: OrderRow, cardId: bigint, now: Date): Promise<void> {
  await tx.purchaseOrder.updateMany({
    where: {
      companyId: order.companyId,
      id: order.id,
      OR: [{ state: { in: UNDER_WAY } }, { retryAt: { not: null } }],
    },
    data: {
      state: 'confirmed',
      cardId,
      offSession: true,
      verifyUntil: null,
      retryAt: null,
      looks: 0,
      nextLookAt: new Date(now.getTime() + FIRST_LOOK_MS),
    },
  });
  await enqueueAdvance(tx, order);
}

/**
 * Turns to the backup card at once where another card was not charged, before anybody is told (R14). Returns false where
 * there is none that may be charged, or it is the one that failed. The caller holds the lock on the company.
 */
export async function chargeFallback(
  tx: Tx,
  order: OrderRow,
  failed: Pick<Attempt, 'cardId'>,
  now: Date,
): Promise<boolean> {
  const chargeable = await listChargeableCards(tx, { companyId: order.companyId, orderId: order.id });
  const fallback = chargeable.find(({ isFallback }) => isFallback);
  if (fallback === undefined || fallback.id === failed.cardId) return false;
  await chargeCard(tx, order, fallback.id, now);
  return true;
}
