import { randomInt } from 'node:crypto';
import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromCents, toMicros } from '../../money.ts';
import { actorOf, isCompanyAdmin, lockForPerson, type Person } from '../../org/index.ts';
import { newToken } from '../../token.ts';
import type { BillingDeps } from '../deps.ts';
import type { CardRow } from '../orders/card.ts';
import { newSuffix, placeOfStatement } from './check/check-code.ts';
import { enqueueCheck } from './check/check-jobs.ts';
import { countTriesLeft, MAX_CHECK_CENTS, MIN_CHECK_CENTS } from './check/check-limits.ts';
import { makeUsable } from './make-usable.ts';
import { auditCard, notifyCard } from './notify-card.ts';

/** `asked`: a small charge is on its way. `usable`: nothing has to be confirmed. `locked`: too many wrong answers. */
export type ClaimOutcome = 'asked' | 'usable' | 'locked' | 'already';

/** The direct message in which it was asked whose card it is; it then follows the check. */
export interface AskedIn {
  channelId: string;
  ts: string;
}

/**
 * Whoever opened the card page says that the card which came of it is theirs: coming back from the page proves nothing
 * (R13). Then it is checked by a small charge where the company's policy wants that, or is usable at once.
 * Throws RefillError `not-allowed` for who is no company admin any more, `card-unknown` for a card that this person did
 * not add. Applies R13.2 and R13.6.
 */
export async function claimCard(
  deps: BillingDeps,
  by: Person,
  cardId: bigint,
  asked?: AskedIn,
): Promise<ClaimOutcome> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, by);
    const card = await findOwnCard(tx, person, cardId);
    if (card.claimedAt !== null) return 'already';
    await tx.card.update({ where: keyOf(card), data: { claimedAt: at } });
    const actor = actorOf(person);
    await auditCard(tx, card, 'card-claimed', { actor, surface: 'slack', at });
    if (!(await needsCheck(tx, card))) {
      await makeUsable(tx, card, at);
      return 'usable';
    }
    if ((await countTriesLeft(tx, card, at)) === 0) {
      await tx.card.update({ where: keyOf(card), data: { lockedAt: at } });
      return 'locked';
    }
    await startCheck(deps, tx, person, card, at, asked);
    return 'asked';
  });
}

/** Whoever opened the card page says that the card is not theirs: it is never used. Throws as `claimCard`. */
export async function disownCard(deps: BillingDeps, asked: Person, cardId: bigint): Promise<void> {
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const card = await findOwnCard(tx, person, cardId);
    if (card.claimedAt !== null) throw new RefillError('card-unknown', 'That card was claimed already.');
    await tx.card.update({ where: keyOf(card), data: { removedAt: at } });
    const actor = actorOf(person);
    await auditCard(tx, card, 'card-disowned', { actor, surface: 'slack', at });
  });
}

/** The card under the company's lock, which everything that claims or removes one takes. */
async function findOwnCard(tx: Tx, person: Person, cardId: bigint): Promise<CardRow> {
  if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins add cards.');
  const card = await tx.card.findFirst({
    where: {
      companyId: person.company.id,
      id: cardId,
      addedBy: actorOf(person),
      removedAt: null,
    },
  });
  if (card === null) throw new RefillError('card-unknown', 'That card is not known any more.');
  return card;
}

/** By the operator's policy: none; every card, but one that has passed before; or the first, until one has passed (R13). */
async function needsCheck(tx: Tx, card: CardRow): Promise<boolean> {
  const { cardCheck } = await tx.company.findUniqueOrThrow({ where: { id: card.companyId } });
  if (cardCheck === 'never') return false;
  const { companyId, fingerprint } = card;
  const passed = await tx.card.count({
    where: { companyId, passedAt: { not: null }, ...(cardCheck === 'first' ? {} : { fingerprint }) },
  });
  return passed === 0;
}

async function startCheck(
  { secrets }: BillingDeps,
  tx: Tx,
  person: Person,
  card: CardRow,
  at: Date,
  asked: AskedIn | undefined,
): Promise<void> {
  const token = newToken();
  const check = await tx.cardCheck.create({
    data: {
      companyId: card.companyId,
      token,
      cardId: card.id,
      fingerprint: card.fingerprint,
      amountMicros: toMicros(fromCents(randomInt(MIN_CHECK_CENTS, MAX_CHECK_CENTS + 1))),
      statementEncrypted: secrets.seal(newSuffix(), placeOfStatement(token)),
      state: 'charging',
      teamId: person.teamId,
      userId: person.userId,
      messageChannelId: asked?.channelId ?? null,
      messageTs: asked?.ts ?? null,
      createdAt: at,
      nextPollAt: new Date(at.getTime() + 10_000),
    },
  });
  await enqueueCheck(tx, check);
  await notifyCard(tx, card, check, 'to_confirm', at);
}

export function keyOf(card: CardRow): { companyId_id: { companyId: bigint; id: bigint } } {
  return { companyId_id: { companyId: card.companyId, id: card.id } };
}
