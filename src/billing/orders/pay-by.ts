import { dayOf, nextTurn, noonOf } from '../../calendar.ts';
import type { Queryable } from '../../db/index.ts';
import { hasCode, RefillError } from '../../errors.ts';
import type { Company } from '../../org/index.ts';
import { stateOfCard } from './card.ts';

/** A card as people know it. One that needs replacing is charged by nothing (R14). */
export interface PayingCard {
  brand: string;
  last4: string;
  needsReplacing: boolean;
}

/** How a purchase is paid: the default card (null: none on file yet), or the next invoice. */
export type PayBy = { method: 'card'; card: PayingCard | null } | { method: 'invoice'; nextInvoiceOn: Date };

/**
 * How the company pays now: its default card, or its next invoice. `cardId` is null where no card may be charged (R14).
 */
export async function readPayBy(
  db: Queryable,
  company: Company,
  at: Date,
): Promise<{ payBy: PayBy; cardId: bigint | null }> {
  if (company.billingMethod === 'invoice') {
    return {
      payBy: { method: 'invoice', nextInvoiceOn: noonOf(dayOf(nextTurn(company, at), company.timeZone)) },
      cardId: null,
    };
  }
  const card = await db.card.findFirst({ where: { companyId: company.id, isDefault: true } });
  if (card === null) return { payBy: { method: 'card', card: null }, cardId: null };
  const { brand, last4 } = card;
  const needsReplacing = card.needsReplacingAt !== null;
  return {
    payBy: { method: 'card', card: { brand, last4, needsReplacing } },
    cardId: needsReplacing ? null : card.id,
  };
}

/**
 * One purchase paid with another card of the company. Throws RefillError `card-unknown` where it cannot be charged.
 * Applies R9.25.
 */
export async function readChosenCard(
  db: Queryable,
  { id: companyId, billingMethod }: Company,
  cardId: bigint,
): Promise<{ payBy: PayBy; cardId: bigint }> {
  const card = await db.card.findFirst({ where: { companyId, id: cardId, removedAt: null } });
  if (card === null || stateOfCard(card) !== 'usable' || billingMethod !== 'card')
    throw new RefillError('card-unknown', 'That card cannot be charged.');
  const { brand, last4 } = card;
  return { payBy: { method: 'card', card: { brand, last4, needsReplacing: false } }, cardId };
}

/** The card that a buyer chose for a purchase while it can be charged, else as the company pays. */
export async function readWantedPayBy(
  db: Queryable,
  company: Company,
  cardId: bigint | null,
  at: Date,
): Promise<{ payBy: PayBy; cardId: bigint | null }> {
  if (cardId === null) return await readPayBy(db, company, at);
  try {
    return await readChosenCard(db, company, cardId);
  } catch (error) {
    if (hasCode(error, 'card-unknown')) return await readPayBy(db, company, at);
    throw error;
  }
}

/** Throws RefillError `no-card` where there is none on file, `card-needs-replacing` where the default may not be charged. */
export function assertHasCard({ payBy, cardId }: Awaited<ReturnType<typeof readPayBy>>): void {
  if (cardId !== null || payBy.method === 'invoice') return;
  if (payBy.card === null) throw new RefillError('no-card', 'There is no card on file yet.');
  throw new RefillError('card-needs-replacing', 'The default card needs replacing.', { card: payBy.card });
}
