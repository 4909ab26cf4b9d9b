import { z } from 'zod';
import { inTransaction, type Queryable } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { logMoneyEvent, type MoneyEvent } from '../../money-events.ts';
import { lockCompany } from '../../org/index.ts';
import { currentRequestId } from '../../trace.ts';
import type { BillingDeps } from '../deps.ts';
import type { Intent } from '../gateway.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { withCustomer } from '../processor/customer.ts';
import { returnAddress } from '../processor/return-address.ts';
import { needsReplacing } from './chargeable-cards.ts';
import { CARD_NEEDS_REPLACING, type Failure, UNANSWERED } from './declines.ts';
import { cancelAttempt } from './failed-intents.ts';
import { findLostIntent, isOverdue, referenceOf } from './lost-intents.ts';
import { amountOf, type ConfirmedOrder, keyOf, type OrderRow } from './order.ts';
import { enqueueAdvance } from './order-jobs.ts';
import { moveOrders } from './order-state.ts';

export const attemptState = z.enum(['open', 'needs_action', 'succeeded', 'failed']);
export const failureKind = z.enum(['declined', 'challenged', 'refused', 'given_up']);

export type Attempt = NonNullable<Awaited<ReturnType<Queryable['paymentAttempt']['findUnique']>>>;

export function keyOfAttempt({
  companyId,
  orderId,
  number,
}: Pick<Attempt, 'companyId' | 'orderId' | 'number'>): {
  companyId_orderId_number: Pick<Attempt, 'companyId' | 'orderId' | 'number'>;
} {
  return { companyId_orderId_number: { companyId, orderId, number } };
}

/**
 * The one try of an order that has not definitively failed, or null. The database admits no second.
 */
export async function findLiveAttempt(db: Queryable, order: OrderRow): Promise<Attempt | null> {
  return await db.paymentAttempt.findFirst({
    where: { companyId: order.companyId, orderId: order.id, state: { not: 'failed' } },
  });
}

/**
 * Opens attempt n + 1 of a confirmed order, for the amount and the card that it was read with; null when another one moved the
 * order on meanwhile. Applies R13.7.
 */
export async function openAttempt(deps: BillingDeps, order: ConfirmedOrder): Promise<Attempt | null> {
  const { cardId, version, amountMicros } = order;
  if (cardId === null) return null;
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const key = { companyId: order.companyId, id: order.id, cardId, version, amountMicros };
    // Left unknown without a live attempt: what one that failed left at the processor was not cancelled at once.
    const moved = await moveOrders(tx, key, { from: ['confirmed', 'unknown'], to: 'charging' });
    if (moved.length === 0 || (await findLiveAttempt(tx, order)) !== null) return null;
    const { offSession } = await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) });
    const tries = await tx.paymentAttempt.count({ where: { companyId: order.companyId, orderId: order.id } });
    const company = await tx.company.findUniqueOrThrow({ where: { id: order.companyId } });
    return await tx.paymentAttempt.create({
      data: {
        companyId: order.companyId,
        orderId: order.id,
        number: tries + 1,
        cardId,
        state: 'open',
        offSession,
        receiptEmail: company.invoiceEmail,
        requestId: currentRequestId(),
        openedAt: deps.clock.now(),
      },
    });
  });
}

/** The attempt whose payment an intent is; null where it is none of an order's, or the processor names no intent. */
export async function findAttemptOfIntent(db: Queryable, intentId: string | null): Promise<Attempt | null> {
  return intentId === null ? null : await db.paymentAttempt.findUnique({ where: { intentId } });
}

/** An event of the processor is about an intent: its order's next step is enqueued. */
export async function followIntent({ db }: Pick<BillingDeps, 'db'>, intentId: string): Promise<void> {
  const attempt = await findAttemptOfIntent(db, intentId);
  if (attempt !== null) await enqueueAdvance(db, { companyId: attempt.companyId, id: attempt.orderId });
}

/**
 * Obtains an intent at the processor for this attempt and stores its id before anything is charged. A creation without a usable
 * answer is looked up first, then repeated under its key. Null where no intent was obtained for 15 minutes: the attempt
 * has no intent (R15).
 */
export async function prepareIntent(
  deps: BillingDeps,
  order: ConfirmedOrder,
  attempt: Attempt,
): Promise<Attempt | null> {
  if (attempt.intentId !== null) return attempt;
  const lost = attempt.unknownSince === null ? null : await findLostIntent(deps, attempt);
  if (lost === null && isOverdue(attempt, deps.clock.now())) return null;
  const { id } = lost ?? (await createIntent(deps, order, attempt));
  return await deps.db.paymentAttempt.update({
    where: keyOfAttempt(attempt),
    // From here on it is the confirmation that may get no answer.
    data: { intentId: id, unknownSince: null },
  });
}

async function createIntent(deps: BillingDeps, order: ConfirmedOrder, attempt: Attempt): Promise<Intent> {
  const card = await deps.db.card.findUniqueOrThrow({
    where: { companyId_id: { companyId: order.companyId, id: attempt.cardId } },
  });
  const gateway = gatewayFor(deps, order.companyId);
  const create = (customerId: string): Promise<Intent> =>
    gateway.createIntent({
      customerId,
      cardId: card.processorId,
      amount: amountOf(order),
      description: 'Communications credits',
      reference: referenceOf(attempt),
      receiptEmail: attempt.receiptEmail,
      // As it was stored: a repeated creation has the same body, whatever asks for it.
      requestId: attempt.requestId,
      key: `${order.token}-${attempt.number}-create`,
    });
  return await withCustomer(deps, order.companyId, create, { needsCard: true });
}

/**
 * Confirms the attempt's intent. Where a confirmation was sent before, its result is looked up first; only an intent
 * that was certainly not confirmed is confirmed again, under the same key, for 15 minutes; then it is cancelled, as is
 * the intent of a card that needs replacing. Applies R15.3 and R15.7.
 */
export async function confirmAttempt(
  deps: BillingDeps,
  order: ConfirmedOrder,
  attempt: Attempt,
): Promise<Intent> {
  const gateway = gatewayFor(deps, order.companyId);
  const intentId = attempt.intentId ?? '';
  if (attempt.confirmingAt !== null) {
    const known = await gateway.findIntent(intentId);
    if (known.state !== 'unconfirmed') return known;
  }
  // Another order's charge may have shown since the intent was made that the card is charged by nothing (R14).
  const reason = (await needsReplacing(deps.db, attempt))
    ? CARD_NEEDS_REPLACING
    : isOverdue(attempt, deps.clock.now())
      ? UNANSWERED
      : null;
  if (reason !== null) {
    const given = await cancelAttempt(deps, order, attempt);
    return given.state === 'canceled' ? { ...given, failureCode: reason } : given;
  }
  await deps.db.paymentAttempt.update({
    where: keyOfAttempt(attempt),
    data: { confirmingAt: deps.clock.now() },
  });
  return await gateway.confirmIntent({
    intentId,
    returnUrl: returnAddress(deps, '/billing/return'),
    offSession: attempt.offSession,
    key: `${order.token}-${attempt.number}-confirm`,
  });
}

/**
 * Closes a try that has definitely failed, and notes that its intent is to be cancelled (R15); false where it was closed
 * before. `declined` alone is a try of the card: `challenged` means that the bank wants its holder, `refused` that the
 * processor did not take the request.
 */
export async function closeAttempt(
  db: Queryable,
  now: Date,
  attempt: Attempt,
  failure: Failure & { kind: z.infer<typeof failureKind> },
): Promise<boolean> {
  const { companyId, orderId, number } = attempt;
  const [closed] = await db.paymentAttempt.updateManyAndReturn({
    where: { companyId, orderId, number, state: { in: ['open', 'needs_action'] } },
    data: {
      state: 'failed',
      failureKind: failure.kind,
      failureCode: failure.code,
      adviceCode: failure.adviceCode,
      finishedAt: now,
    },
    include: { purchaseOrder: { select: { amountMicros: true } } },
  });
  if (closed === undefined) return false;
  logCharge(db, FAILED_CHARGES[failure.kind], closed, closed.purchaseOrder);
  // One whose creation had no answer may have an intent all the same.
  if (closed.intentId !== null || closed.unknownSince !== null)
    await db.paymentAttempt.update({ where: keyOfAttempt(attempt), data: { cancelDueAt: now } });
  return true;
}

const FAILED_CHARGES = {
  declined: 'charge-declined',
  challenged: 'charge-challenged',
  refused: 'charge-refused',
  given_up: 'charge-given-up',
} as const satisfies Record<z.infer<typeof failureKind>, MoneyEvent>;

/** Logs the result of an attempt once it is stored. */
export function logCharge(
  client: object,
  event: (typeof FAILED_CHARGES)[keyof typeof FAILED_CHARGES] | 'charge-succeeded',
  attempt: Attempt,
  { amountMicros }: { amountMicros: bigint | null },
): void {
  const { companyId, orderId: order, number, intentId: intent } = attempt;
  logMoneyEvent(client, event, {
    companyId,
    order,
    attempt: number,
    amount: amountMicros === null ? null : fromMicros(amountMicros),
    intent,
    code: attempt.failureCode,
    advice: attempt.adviceCode,
  });
}
