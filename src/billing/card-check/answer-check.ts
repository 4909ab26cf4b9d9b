import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromCents, type Money, toMicros } from '../../money.ts';
import { actorOf, isCompanyAdmin, lockCompany, type Person } from '../../org/index.ts';
import type { BillingDeps } from '../types.ts';
import { enqueueCheck, enqueueShowCheck } from './check-jobs.ts';
import { countTriesLeft, LARGEST_CENTS, SMALLEST_CENTS } from './check-limits.ts';
import { keyOf } from './claim-card.ts';
import { makeUsable } from './make-usable.ts';
import { auditCard, tellCard } from './tell-card.ts';
import type { CardRow, CheckRow } from './types.ts';

export type CheckAnswer =
  | { outcome: 'confirmed'; brand: string; last4: string }
  | { outcome: 'wrong'; triesLeft: number }
  /** No small charge is that small or that large: a slip, which costs no try. */
  | { outcome: 'impossible' }
  | { outcome: 'locked' }
  /** Answered, expired or not charged yet. */
  | { outcome: 'not-waiting' };

/**
 * Judges the amount that an admin read on the card's statement (R13). The right one makes the card the company's; a
 * wrong one that may have been is counted, and too many lock the card until the operator opens it again. Either end
 * refunds the charge.
 * Throws RefillError `card-unknown` for another company's check, or a person who may not answer it.
 */
export async function answerCheck(
  deps: BillingDeps,
  person: Person,
  token: string,
  amount: Money,
): Promise<CheckAnswer> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const check = await tx.cardCheck.findFirst({ where: { token, companyId: person.company.id } });
    if (check === null || !mayAnswer(person, check)) {
      throw new RefillError('card-unknown', 'That card is not known any more.');
    }
    if (check.state !== 'waiting') return { outcome: 'not-waiting' };
    if (amount.lessThan(fromCents(SMALLEST_CENTS)) || amount.greaterThan(fromCents(LARGEST_CENTS)))
      return { outcome: 'impossible' };
    const card = await tx.card.findUniqueOrThrow({
      where: { companyId_id: { companyId: check.companyId, id: check.cardId } },
    });
    const by = { actor: actorOf(person), surface: 'slack' as const, at };
    if (toMicros(amount) === check.amountMicros) {
      await resolve(tx, check, 'confirmed', at);
      await makeUsable(tx, card, at);
      await auditCard(tx, card, 'card-confirmed', by);
      await tellCard(tx, card, check, 'confirmed', at);
      return { outcome: 'confirmed', brand: card.brand, last4: card.last4 };
    }
    await tx.cardCheck.update({ where: { token }, data: { tries: { increment: 1 } } });
    await auditCard(tx, card, 'card-check-failed', by);
    const triesLeft = await countTriesLeft(tx, check, at);
    if (triesLeft > 0) return { outcome: 'wrong', triesLeft };
    await lock(tx, card, check, at);
    return { outcome: 'locked' };
  });
}

function mayAnswer(person: Person, check: CheckRow): boolean {
  return isCompanyAdmin(person) || (check.teamId === person.teamId && check.userId === person.userId);
}

async function lock(tx: Tx, card: CardRow, check: CheckRow, at: Date): Promise<void> {
  await resolve(tx, check, 'locked', at);
  await tx.card.update({ where: keyOf(card), data: { lockedAt: at } });
  await tellCard(tx, card, check, 'locked', at);
}

/** Ends a check; what was charged is to be given back. */
export async function resolve(
  tx: Tx,
  check: CheckRow,
  state: 'confirmed' | 'locked' | 'expired',
  at: Date,
): Promise<void> {
  await tx.cardCheck.update({
    where: { token: check.token },
    data: { state, resolvedAt: at, nextLookAt: at, looks: 0 },
  });
  await enqueueCheck(tx, check);
  await enqueueShowCheck(tx, check);
}
