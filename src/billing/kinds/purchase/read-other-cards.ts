import { isCompanyAdmin, type Person } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { stateOfCard } from '../../orders/card.ts';
import { findOwnOrder } from './describe-order.ts';
import { readCharge } from './read-charge.ts';
import type { OtherCard } from './types.ts';

/** The most cards that a modal shows. */
const MAX_CARDS = 4;

/**
 * The cards on file that a declined purchase could be paid with, but the one that was declined: the default first, then the
 * newest. None for a person who is no company admin and may not choose, and none where a second admin is asked first. Throws RefillError `order-unknown`.
 */
export async function readOtherCards(deps: BillingDeps, person: Person, token: string): Promise<OtherCard[]> {
  const { db, clock } = deps;
  const { company } = person;
  const order = await findOwnOrder(db, person, token);
  if (order.state !== 'declined' || company.billingMethod !== 'card' || !isCompanyAdmin(person)) return [];
  const cards = await db.card.findMany({
    where: {
      companyId: company.id,
      removedAt: null,
      ...(order.cardId === null ? {} : { id: { not: order.cardId } }),
    },
    orderBy: [{ isDefault: 'desc' }, { id: 'desc' }],
  });
  const usable = cards.filter((card) => stateOfCard(card) === 'usable').slice(0, MAX_CARDS);
  const others: OtherCard[] = [];
  for (const { id: cardId, brand, last4 } of usable) {
    const { mark, asks } = await readCharge(db, company, order, clock.now(), cardId);
    if (!asks) others.push({ cardId, brand, last4, mark });
  }
  return others;
}
