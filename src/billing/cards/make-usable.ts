import type { Tx } from '../../db/index.ts';
import { HOUR_MS } from '../../durations.ts';
import type { CardRow } from '../orders/card.ts';
import { announce } from '../orders/moments.ts';
import { showToBuyer } from '../orders/order-jobs.ts';
import { findOrderOfCard } from './added-card.ts';

/** A purchase that was declined this recently may still be on its buyer's screen, waiting for this card. */
const ON_SCREEN_MS = HOUR_MS;

/** A confirmed card becomes the company's default at once: it was added to be used. */
export async function makeUsable(tx: Tx, card: CardRow, at: Date): Promise<void> {
  const { companyId, id, fingerprint } = card;
  await tx.card.updateMany({ where: { companyId, isDefault: true }, data: { isDefault: false } });
  // Added again: the card that needed replacing is replaced.
  await tx.card.updateMany({
    where: { companyId, id: { not: id }, fingerprint, removedAt: null, needsReplacingAt: { not: null } },
    data: { removedAt: at, isDefault: false, isFallback: false },
  });
  await tx.card.update({
    where: { companyId_id: { companyId, id } },
    data: { confirmedAt: at, isDefault: true, isFallback: false },
  });
  await announce('cardUsable', tx, { companyId, at });
  for (const order of await listWaiting(tx, card, at)) await showToBuyer(tx, order);
}

/** The purchases that may be on somebody's screen and wait for a card: each buyer's last declined one, and the one that it was added from. */
async function listWaiting(tx: Tx, { companyId, id }: CardRow, at: Date) {
  const declined = await tx.purchaseOrder.findMany({
    where: { companyId, state: 'declined', confirmedAt: { gt: new Date(at.getTime() - ON_SCREEN_MS) } },
    select: { companyId: true, id: true, kind: true },
    distinct: ['teamId', 'userId'],
    orderBy: { id: 'desc' },
  });
  const addedFrom = await findOrderOfCard(tx, { companyId, cardId: id });
  const isListed = addedFrom === null || declined.some((order) => order.id === addedFrom.id);
  return isListed ? declined : [...declined, addedFrom];
}
