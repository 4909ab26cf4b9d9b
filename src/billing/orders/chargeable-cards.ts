import type { Queryable, Tx } from '../../db/index.ts';
import type { Attempt } from './attempts.ts';
import type { CardRow } from './card.ts';
import { type Failure, isNeverTriedAgain, MAX_TRIES_PER_CARD } from './declines.ts';

/**
 * The cards that an automatic charge may use, in the order in which they are tried: the default, then the
 * backup. Without those that need replacing, those whose tries were used up for an order (R14), and, where an order is
 * given, those that it has tried four times. Applies R14.2 and R14.6.
 */
export async function listChargeableCards(
  db: Queryable,
  { companyId, orderId }: { companyId: bigint; orderId?: bigint },
): Promise<CardRow[]> {
  const cards = await db.card.findMany({
    where: {
      companyId,
      removedAt: null,
      needsReplacingAt: null,
      exhaustedAt: null,
      OR: [{ isDefault: true }, { isFallback: true }],
    },
    orderBy: { isDefault: 'desc' },
  });
  if (orderId === undefined || cards.length === 0) return cards;
  const left = [];
  for (const card of cards)
    if ((await countTries(db, { companyId, orderId, cardId: card.id })) < MAX_TRIES_PER_CARD) left.push(card);
  return left;
}

/** Stores what a bank's refusal says about its card: it needs replacing, or its tries for this order are used up (R14). */
export async function markDeclinedCard(
  tx: Tx,
  attempt: Pick<Attempt, 'companyId' | 'orderId' | 'cardId'>,
  failure: Failure,
  now: Date,
): Promise<void> {
  const { companyId, cardId: id } = attempt;
  if (isNeverTriedAgain(failure)) {
    await tx.card.updateMany({
      where: { companyId, id, needsReplacingAt: null },
      data: { needsReplacingAt: now, needsReplacingFor: failure.code },
    });
  } else if ((await countTries(tx, attempt)) >= MAX_TRIES_PER_CARD) {
    await tx.card.updateMany({ where: { companyId, id, exhaustedAt: null }, data: { exhaustedAt: now } });
  }
}

/** Whether a try's card may not be charged any more. */
export async function needsReplacing(
  db: Queryable,
  { companyId, cardId: id }: Pick<Attempt, 'companyId' | 'cardId'>,
): Promise<boolean> {
  return (await db.card.count({ where: { companyId, id, needsReplacingAt: { not: null } } })) > 0;
}

async function countTries(
  db: Queryable,
  { companyId, orderId, cardId }: Pick<Attempt, 'companyId' | 'orderId' | 'cardId'>,
): Promise<number> {
  return await db.paymentAttempt.count({
    where: { companyId, orderId, cardId, failureKind: 'declined' },
  });
}
