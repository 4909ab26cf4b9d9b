import { inTransaction, type Queryable, type Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import type { Money } from '../../../money.ts';
import { actorOf, labelScopes, lockForPerson, type Person, recordAudit } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { findLiveAttempt } from '../attempts.ts';
import { confirmOrder } from '../confirm.ts';
import {
  amountOf,
  amountText,
  type ConfirmedOrder,
  findCardName,
  type OrderRow,
  scopeOf,
  toConfirmed,
} from '../order.ts';
import { kindOf, type OrderKind } from '../order-kind.ts';
import { readLines } from '../order-lines.ts';
import { isUnderWay } from '../order-state.ts';
import { assertPurchasesNotPaused } from '../purchases-paused.ts';

/** `started`: on its way to the bank, by this click or one before. The others charge nothing more. */
export type VerifyOutcome = 'started' | 'paid' | 'not-needed' | 'over';

/** What a payment that waits for its verification is about. */
export interface VerificationFacts {
  amount: Money;
  scopeLabel: string;
  card: { brand: string; last4: string } | null;
  state: 'starting' | 'at_bank' | 'paid' | 'failed' | 'unknown' | 'waiting';
  /** The bank's page. */
  actionUrl: string | null;
  failureCode: string | null;
}

/**
 * Takes a click on *Verify payment*: the next attempt for the same amount and card opens, on session (R11).
 * The claim is one-shot: a second click finds the try that the first opened. Throws RefillError `order-unknown` for a
 * payment that is not this company's, `not-allowed` for who may not buy for these credits (a bundle: for who is no company
 * admin), and `purchases-paused`. Applies R11.9.
 */
export async function verifyPayment(deps: BillingDeps, by: Person, token: string): Promise<VerifyOutcome> {
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, by);
    const { order, verification } = await findOrder(tx, person, token);
    const now = deps.clock.now();
    if (order.state === 'settled') return 'paid';
    const isLive = isUnderWay(order) && (await findLiveAttempt(tx, order)) !== null;
    if (order.verifyUntil === null) return isLive ? 'started' : 'over';
    if (isLive || order.state !== 'needs_action') return 'started';
    if (order.verifyUntil <= now) return 'over';
    await assertPurchasesNotPaused(tx, person.company.id);
    if (!(await verification.isWanted(tx, order, now))) return 'not-needed';
    if (!(await isCardUsable(tx, order))) return 'over';
    if (!(await verification.fitsLimits(tx, person.company, order, now))) return 'over';
    // It counts in the 24 hours from this attempt on (R9).
    await confirmOrder(tx, order, { confirmedAt: now, offSession: false }, now);
    await recordAudit(tx, {
      companyId: order.companyId,
      at: now,
      actor: actorOf(person),
      surface: 'slack',
      action: 'payment-verification-started',
      details: { order: order.id.toString(), amount: amountText(order) },
    });
    return 'started';
  });
}

/** How the payment stands that this person verifies. Throws as `verifyPayment`. */
export async function readVerification(
  deps: Pick<BillingDeps, 'db'>,
  person: Person,
  token: string,
): Promise<VerificationFacts> {
  const { order } = await findOrder(deps.db, person, token);
  const live = await findLiveAttempt(deps.db, order);
  const isAtBank = order.state === 'needs_action' && live?.state === 'needs_action';
  return {
    amount: amountOf(order),
    scopeLabel: labelScopes(person, (await readLines(deps.db, order)).map(scopeOf)),
    card: await findCardName(deps.db, order),
    state: isAtBank ? 'at_bank' : stateOf(order),
    actionUrl: isAtBank ? live.actionUrl : null,
    failureCode: order.failureCode,
  };
}

function stateOf(order: OrderRow): VerificationFacts['state'] {
  switch (order.state) {
    case 'settled':
      return 'paid';
    case 'unknown':
    case 'stuck':
      return 'unknown';
    case 'needs_action':
      return 'waiting';
    case 'confirmed':
    case 'charging':
      return 'starting';
    default:
      return 'failed';
  }
}

/** The card may have been removed, or be no good any more, since the bank asked. */
async function isCardUsable(tx: Tx, order: OrderRow): Promise<boolean> {
  if (order.cardId === null) return false;
  return (
    (await tx.card.count({
      where: { companyId: order.companyId, id: order.cardId, removedAt: null, needsReplacingAt: null },
    })) > 0
  );
}

async function findOrder(
  db: Queryable,
  person: Person,
  token: string,
): Promise<{ order: ConfirmedOrder; verification: NonNullable<OrderKind['verification']> }> {
  const row = await db.purchaseOrder.findFirst({ where: { token, companyId: person.company.id } });
  const verification = row === null ? undefined : kindOf(row).verification;
  if (row === null || verification === undefined)
    throw new RefillError('order-unknown', 'That payment is not known any more.');
  const order = toConfirmed(row);
  if (!verification.isAllowed(person, (await readLines(db, order)).map(scopeOf)))
    throw new RefillError('not-allowed', 'Only admins of these credits verify their payments.');
  return { order, verification };
}
