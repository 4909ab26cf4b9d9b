import type { Queryable } from '../../db/index.ts';
import type { Person } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { type CardRow, stateOfCard } from '../orders/card.ts';
import { type CheckFacts, type CheckRow, isOpenCheck, toCheckFacts } from './card.ts';
import { addressOfLink } from './card-link.ts';

interface NamedCard {
  cardId: bigint;
  brand: string;
  last4: string;
}

/** How far a card is that is added from a purchase's modal. */
export type AddedCardStage =
  /** Its page is open at `url`. */
  | { stage: 'page'; url: string }
  /** Whether it is theirs is still to be answered by who opened the page. */
  | { stage: 'unclaimed'; card: NamedCard }
  /** `check`: null while it is about to begin. */
  | { stage: 'checking'; card: NamedCard; check: CheckFacts | null }
  | { stage: 'failed'; card: NamedCard; failureCode: string }
  | { stage: 'locked'; card: NamedCard }
  /** There is nothing to wait for any more: it is usable, removed, or the page has expired. */
  | { stage: 'over' };

/** `viewId`: the modal from which its page was opened. */
export type AddedCard = { viewId: string | null } & AddedCardStage;

/**
 * The card that a person is adding from a purchase's modal, since that purchase was last tried; null where they are not.
 * Only the last page that they opened counts. Applies R13.8.
 */
export async function findAddedCard(
  deps: BillingDeps,
  { company, teamId, userId }: Pick<Person, 'company' | 'teamId' | 'userId'>,
  orderToken: string,
): Promise<AddedCard | null> {
  const companyId = company.id;
  const order = await deps.db.purchaseOrder.findFirst({ where: { companyId, token: orderToken } });
  const link = await deps.db.cardLink.findFirst({
    where: { companyId, orderToken, teamId, userId, createdAt: { gte: order?.confirmedAt ?? new Date(0) } },
    include: { card: { include: { cardChecks: { orderBy: { id: 'desc' }, take: 1 } } } },
    orderBy: { createdAt: 'desc' },
  });
  if (link === null) return null;
  const { viewId, card } = link;
  if (card !== null) return { viewId, ...stageOf(card, card.cardChecks[0] ?? null) };
  if (link.completedAt !== null || link.expiresAt <= deps.clock.now()) return { viewId, stage: 'over' };
  return { viewId, stage: 'page', url: addressOfLink(deps, link) };
}

function stageOf(row: CardRow, check: CheckRow | null): AddedCardStage {
  const card = { cardId: row.id, brand: row.brand, last4: row.last4 };
  if (row.removedAt !== null) {
    const hasFailed = check?.state === 'failed';
    return hasFailed ? { stage: 'failed', card, failureCode: check.failureCode ?? '' } : { stage: 'over' };
  }
  switch (stateOfCard(row)) {
    case 'unclaimed':
      return { stage: 'unclaimed', card };
    case 'unconfirmed':
      return { stage: 'checking', card, check: isOpenCheck(check) ? toCheckFacts(check) : null };
    case 'locked':
      return { stage: 'locked', card };
    default:
      return { stage: 'over' };
  }
}

/** The purchase that waits for a card, where it is added from that purchase's modal; null: none. */
export async function findOrderOfCard(
  db: Queryable,
  { companyId, cardId }: { companyId: bigint; cardId: bigint },
): Promise<{ companyId: bigint; id: bigint; kind: string } | null> {
  const link = await db.cardLink.findFirst({ where: { companyId, cardId }, select: { orderToken: true } });
  if (link === null || link.orderToken === null) return null;
  const where = { companyId, token: link.orderToken };
  return await db.purchaseOrder.findFirst({ where, select: { companyId: true, id: true, kind: true } });
}
