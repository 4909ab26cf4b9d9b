import { type Db, inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import {
  type AuditAction,
  actorOf,
  isCompanyAdmin,
  lockForPerson,
  type Person,
  readActor,
} from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { type CardRow, stateOfCard } from '../orders/card.ts';
import { announce } from '../orders/moments.ts';
import { type CardFacts, type CheckRow, OPEN_CHECK_STATES, toCheckFacts } from './card.ts';
import { keyOf } from './claim-card.ts';
import { auditCard } from './notify-card.ts';

/** The company's cards, the default first, then the newest. */
export async function readCards(db: Queryable, companyId: bigint): Promise<CardFacts[]> {
  const rows = await db.card.findMany({
    where: { companyId, removedAt: null },
    include: { cardChecks: { where: { state: { in: OPEN_CHECK_STATES } } } },
    orderBy: [{ isDefault: 'desc' }, { id: 'desc' }],
  });
  return rows.map((row) => toFacts(row, row.cardChecks[0]));
}

/** One card of a company, or null when there is none of that id any more. */
export async function readCard(db: Db, companyId: bigint, cardId: bigint): Promise<CardFacts | null> {
  const cards = await readCards(db, companyId);
  return cards.find((card) => card.cardId === cardId) ?? null;
}

/** Charges go to this card from now on; again changes nothing. Throws RefillError `not-allowed` or `card-unknown`. */
export async function chooseDefaultCard(deps: BillingDeps, person: Person, cardId: bigint): Promise<void> {
  await changeCard(deps, person, cardId, 'card-made-default', async (tx, card, at) => {
    if (stateOfCard(card) !== 'usable')
      throw new RefillError('card-unknown', 'That card cannot be charged yet.');
    if (card.isDefault && card.exhaustedAt === null) return 'unchanged';
    await tx.card.updateMany({
      where: { companyId: card.companyId, isDefault: true },
      data: { isDefault: false },
    });
    const chosen = { isDefault: true, isFallback: false, exhaustedAt: null };
    await tx.card.update({ where: keyOf(card), data: chosen });
    if (!card.isDefault) await announce('cardUsable', tx, { companyId: card.companyId, at });
    return 'changed';
  });
}

/**
 * The card that a recharge turns to when the default one is declined (R14); the one before is no fallback any more.
 * Again changes nothing. Throws RefillError `not-allowed` or `card-unknown`.
 */
export async function chooseFallbackCard(deps: BillingDeps, person: Person, cardId: bigint): Promise<void> {
  await changeCard(deps, person, cardId, 'card-made-fallback', async (tx, card) => {
    if (stateOfCard(card) !== 'usable' || card.isDefault)
      throw new RefillError('card-unknown', 'That card cannot be the fallback.');
    if (card.isFallback && card.exhaustedAt === null) return 'unchanged';
    await tx.card.updateMany({
      where: { companyId: card.companyId, isFallback: true },
      data: { isFallback: false },
    });
    await tx.card.update({ where: keyOf(card), data: { isFallback: true, exhaustedAt: null } });
    return 'changed';
  });
}

/** Takes a card away; it is never charged again. Throws RefillError `not-allowed` or `card-unknown`. */
export async function removeCard(deps: BillingDeps, person: Person, cardId: bigint): Promise<void> {
  await changeCard(deps, person, cardId, 'card-removed', async (tx, card, at) => {
    await tx.card.update({
      where: keyOf(card),
      data: { removedAt: at, isDefault: false, isFallback: false },
    });
    return 'changed';
  });
}

/** Changes a card of the company's as it is under the lock, and records it where something changed. */
async function changeCard(
  deps: BillingDeps,
  asked: Person,
  cardId: bigint,
  action: AuditAction,
  change: (tx: Tx, card: CardRow, at: Date) => Promise<'changed' | 'unchanged'>,
): Promise<void> {
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins change cards.');
    const card = await tx.card.findFirst({
      where: { companyId: person.company.id, id: cardId, removedAt: null },
    });
    if (card === null) throw new RefillError('card-unknown', 'That card is not known any more.');
    if ((await change(tx, card, at)) === 'unchanged') return;
    await auditCard(tx, card, action, { actor: actorOf(person), surface: 'slack', at });
  });
}

function toFacts(card: CardRow, check: CheckRow | undefined): CardFacts {
  return {
    cardId: card.id,
    brand: card.brand,
    last4: card.last4,
    expMonth: card.expMonth,
    expYear: card.expYear,
    state: stateOfCard(card),
    isDefault: card.isDefault,
    isFallback: card.isFallback,
    addedBy: readActor(card.addedBy),
    check: check === undefined ? null : toCheckFacts(check),
  };
}
