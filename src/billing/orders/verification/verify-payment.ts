import { inTransaction, type Tx } from '../../../db/index.ts';
import { SECOND_MS } from '../../../durations.ts';
import { RefillError } from '../../../errors.ts';
import { fromMicros, type Money } from '../../../money.ts';
import {
  actorOf,
  canBuyFor,
  isCompanyAdmin,
  labelScope,
  lockForPerson,
  type Person,
  recordAudit,
} from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { dropWaiting, needsRecharge, staysWithinDay } from '../../kinds/recharge/retry-recharge.ts';
import { findLiveAttempt } from '../attempts.ts';
import { findCardName, keyOf, type OrderRow, scopeOf, UNDER_WAY } from '../order.ts';
import { enqueueAdvance } from '../order-jobs.ts';
import { assertPurchasesNotPaused } from '../purchases-paused.ts';

const FIRST_LOOK_MS = 10 * SECOND_MS;

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
 * Takes a click on *Verify payment*: the next try for the same amount and card opens, now that somebody is there (R11).
 * The claim is one-shot: a second click finds the try that the first opened. Throws RefillError `order-unknown` for a
 * payment that is not this company's, `not-allowed` for who may not buy for these credits (a bundle: for who is no company
 * admin), and `purchases-paused`.
 */
export async function verifyPayment(deps: BillingDeps, by: Person, token: string): Promise<VerifyOutcome> {
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, by);
    const order = await findOrder(tx, person, token);
    const now = deps.clock.now();
    if (order.state === 'settled') return 'paid';
    const isLive = UNDER_WAY.includes(order.state) && (await findLiveAttempt(tx, order)) !== null;
    if (order.verifyUntil === null) return isLive ? 'started' : 'over';
    if (isLive || order.state !== 'needs_action') return 'started';
    if (order.verifyUntil <= now) return 'over';
    await assertPurchasesNotPaused(tx, person.company.id);
    if (order.kind === 'recharge' && !(await needsRecharge(tx, order, now))) {
      await dropWaiting(tx, order, now, 'needless');
      return 'not-needed';
    }
    if (!(await isCardUsable(tx, order))) return 'over';
    if (order.kind === 'recharge' && !(await staysWithinDay(tx, person.company, order, now))) return 'over';
    await tx.purchaseOrder.update({
      where: keyOf(order),
      data: {
        state: 'confirmed',
        // It counts in the 24 hours from this try on (R9).
        confirmedAt: now,
        offSession: false,
        looks: 0,
        nextLookAt: new Date(now.getTime() + FIRST_LOOK_MS),
      },
    });
    await recordAudit(tx, {
      companyId: order.companyId,
      at: now,
      actor: actorOf(person),
      surface: 'slack',
      action: 'payment-verification-started',
      details: { order: order.id.toString(), amount: fromMicros(order.amountMicros ?? 0n).toFixed(2) },
    });
    await enqueueAdvance(tx, order);
    return 'started';
  });
}

/** How the payment stands that this person verifies. Throws as `verifyPayment`. */
export async function readVerification(
  deps: Pick<BillingDeps, 'db'>,
  person: Person,
  token: string,
): Promise<VerificationFacts> {
  const order = await findOrder(deps.db, person, token);
  const live = await findLiveAttempt(deps.db, order);
  const isAtBank = order.state === 'needs_action' && live?.state === 'needs_action';
  return {
    amount: fromMicros(order.amountMicros ?? 0n),
    scopeLabel: labelScope(person, scopeOf(order)),
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

async function findOrder(db: Pick<Tx, 'purchaseOrder'>, person: Person, token: string): Promise<OrderRow> {
  const order = await db.purchaseOrder.findFirst({
    where: { token, companyId: person.company.id, kind: { not: 'purchase' } },
  });
  if (order === null) throw new RefillError('order-unknown', 'That payment is not known any more.');
  const isTheirs = order.kind === 'recharge' ? canBuyFor(person, scopeOf(order)) : isCompanyAdmin(person);
  if (!isTheirs) throw new RefillError('not-allowed', 'Only admins of these credits verify their payments.');
  return order;
}
