import { inTransaction, type Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { fromCents, type Money, toMicros } from '../../../money.ts';
import { actorOf, isCompanyAdmin, lockForPerson, type Person } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import type { CardRow } from '../../orders/card.ts';
import { changedMeanwhile } from '../../orders/judge-again.ts';
import type { CheckRow } from '../card.ts';
import { keyOf } from '../claim-card.ts';
import { makeUsable } from '../make-usable.ts';
import { auditCard, notifyCard } from '../notify-card.ts';
import { openCode } from './check-code.ts';
import { enqueueCheck, enqueueShowCheck } from './check-jobs.ts';
import { countTriesLeft, MAX_CHECK_CENTS, MIN_CHECK_CENTS } from './check-limits.ts';

export type CheckAnswer =
  | { outcome: 'confirmed'; brand: string; last4: string }
  | { outcome: 'wrong'; triesLeft: number }
  /** No small charge has that amount, or this one has no code: a slip, which costs no try. */
  | { outcome: 'impossible'; takesCode: boolean }
  | { outcome: 'locked' }
  /** Answered, expired or not charged yet; or its card was removed. */
  | { outcome: 'not-waiting' };

/** What an admin read on the card's statement: the amount of the charge, or the code that its line ends in. */
export type CheckReading = { amount: Money } | { code: string };

/**
 * Judges the amount or the code that an admin read on the card's statement (R13). The right one makes the card the company's; a
 * wrong one that may have been is counted, and too many lock the card until the operator opens it again. Either end
 * refunds the charge.
 * Throws RefillError `not-allowed` for who is no company admin (any more), `card-unknown` for another company's check.
 */
export async function answerCheck(
  deps: BillingDeps,
  asked: Person,
  token: string,
  reading: CheckReading,
): Promise<CheckAnswer> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins confirm cards.');
    const check = await tx.cardCheck.findFirst({ where: { token, companyId: person.company.id } });
    if (check === null) throw new RefillError('card-unknown', 'That card is not known any more.');
    if (check.state !== 'waiting') return { outcome: 'not-waiting' };
    const card = await tx.card.findUniqueOrThrow({
      where: { companyId_id: { companyId: check.companyId, id: check.cardId } },
    });
    // The charge on a card that was removed since is given back when its time is over.
    if (card.removedAt !== null) return { outcome: 'not-waiting' };
    const code = openCode(deps.secrets, check);
    const isRight =
      'code' in reading ? reading.code === code : toMicros(reading.amount) === check.amountMicros;
    if (!isRight && !isPossible(reading, code)) return { outcome: 'impossible', takesCode: code !== null };
    const by = { actor: actorOf(person), surface: 'slack' as const, at };
    if (isRight) {
      await resolve(tx, check, 'confirmed', at);
      await makeUsable(tx, card, at);
      await tx.card.update({ where: keyOf(card), data: { passedAt: at } });
      await auditCard(tx, card, 'card-confirmed', by);
      await notifyCard(tx, card, check, 'confirmed', at);
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

/** Whether it may have been the charge's: what cannot be costs no try. */
function isPossible(reading: CheckReading, code: string | null): boolean {
  if ('code' in reading) return code !== null;
  const { amount } = reading;
  return (
    amount.greaterThanOrEqualTo(fromCents(MIN_CHECK_CENTS)) &&
    amount.lessThanOrEqualTo(fromCents(MAX_CHECK_CENTS))
  );
}

async function lock(tx: Tx, card: CardRow, check: CheckRow, at: Date): Promise<void> {
  await resolve(tx, check, 'locked', at);
  await tx.card.update({ where: keyOf(card), data: { lockedAt: at } });
  await notifyCard(tx, card, check, 'locked', at);
}

/** Ends a check; what was charged is to be given back. */
export async function resolve(
  tx: Tx,
  check: CheckRow,
  state: 'confirmed' | 'locked' | 'expired',
  at: Date,
): Promise<void> {
  const { count } = await tx.cardCheck.updateMany({
    where: { token: check.token, state: check.state },
    data: { state, resolvedAt: at, nextPollAt: at, pollCount: 0, statementEncrypted: null },
  });
  if (count === 0) throw changedMeanwhile('The card check');
  await enqueueCheck(tx, check);
  await enqueueShowCheck(tx, check);
}
