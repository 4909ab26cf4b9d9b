import { type Db, inTransaction } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import type { JobPayload } from '../../queue/index.ts';
import type { BillingDeps } from '../deps.ts';
import { GatewayDeclinedError, GatewayRefusedError, GatewayUnknownError } from '../gateway.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import {
  type Attempt,
  closeAttempt,
  confirmAttempt,
  findLiveAttempt,
  openAttempt,
  prepareIntent,
} from './attempts.ts';
import { cancelFailedIntents, cancelKey, reportLatePayment, sweepFailedIntents } from './failed-intents.ts';
import { formatReference, type OrderRow, UNDER_WAY } from './order.ts';
import { enqueueAdvance } from './order-jobs.ts';
import { declineOrder, INITIAL_BACKOFF_MS, leaveUnknown, recordOutcome } from './outcome.ts';
import { followRefusal } from './refusal.ts';
import { settleOrder } from './settle.ts';
import { abandonVerification } from './verification/abandon-verification.ts';

const DRAFT_LIFE_MS = DAY_MS;
const BANK_WAITS_MS = DAY_MS;

/**
 * Moves a confirmed order as far as it goes now: opens a payment attempt, charges it, and credits what was paid.
 * Every step is written down before the next, and each asks first what the last one led to, so this may be
 * killed anywhere and run again: one charge at most, one credit for each charge (R15).
 */
export async function advanceOrder(
  deps: BillingDeps,
  { companyId, orderId }: JobPayload<'advance-order'>,
): Promise<void> {
  const order = await deps.db.purchaseOrder.findUnique({
    where: { companyId_id: { companyId, id: orderId } },
  });
  if (order === null) return;
  if (UNDER_WAY.includes(order.state)) await advanceUnderWay(deps, order);
  await cancelWhatFailed(deps, order);
}

async function advanceUnderWay(deps: BillingDeps, order: OrderRow): Promise<void> {
  if (order.method === 'invoice') return await settleOrder(deps, order, null);
  try {
    await advancePayment(deps, order);
  } catch (error) {
    if (!(error instanceof GatewayUnknownError || error instanceof GatewayRefusedError)) throw error;
    deps.log.warn(
      { err: error, reference: formatReference(order) },
      'the card processor gave no answer; looking again later',
    );
    await leaveUnknown(deps, order);
  }
}

/** Whatever failed just now, or was left from before, is cancelled at the processor; without an answer the sweep does it. */
async function cancelWhatFailed(deps: BillingDeps, order: OrderRow): Promise<void> {
  try {
    const paid = await cancelFailedIntents(deps, order);
    if (paid !== null) await reportLatePayment(deps, order, paid);
  } catch (error) {
    if (!(error instanceof GatewayUnknownError)) throw error;
    deps.log.warn({ err: error, reference: formatReference(order) }, 'a failed payment is not cancelled yet');
  }
}

async function advancePayment(deps: BillingDeps, order: OrderRow): Promise<void> {
  const live = await findLiveAttempt(deps.db, order);
  const gateway = gatewayFor(deps, order.companyId);
  if (order.verifyUntil !== null && order.state === 'needs_action') {
    if (order.verifyUntil <= deps.clock.now()) return await abandonVerification(deps, order, live);
    // Nothing is under way: it waits for a person.
    if (live === null) return;
  }
  // A fresh confirmation while the last try still waits at the bank: that try is given up before another opens.
  if (live !== null && order.state === 'confirmed' && live.state === 'needs_action') {
    const given = await gateway.cancelIntent({ intentId: live.intentId ?? '', key: cancelKey(order, live) });
    if (given.state !== 'canceled') return await recordOutcome(deps, order, live, given);
    const failure = { code: 'given_up', adviceCode: null, kind: 'given_up' } as const;
    await closeAttempt(deps.db, deps.clock.now(), live, failure);
    return await chargeAttempt(deps, order, await openNext(deps, order));
  }
  if (live !== null && isLeftAtBank(order, live, deps.clock.now()))
    return await giveUpAtBank(deps, order, live);
  await chargeAttempt(deps, order, live ?? (await openNext(deps, order)));
}

/** Opens the next try once nothing of those before it can be paid; null where one was, or nothing is to be opened. */
async function openNext(deps: BillingDeps, order: OrderRow): Promise<Attempt | null> {
  const paid = await cancelFailedIntents(deps, order);
  if (paid === null) return await openAttempt(deps, order);
  await settleOrder(deps, order, paid);
  return null;
}

/** Nobody stands before a charge that made itself: one that the bank's page was not opened for ends by itself. */
function isLeftAtBank(order: OrderRow, attempt: Attempt, now: Date): boolean {
  return (
    order.kind !== 'purchase' &&
    attempt.state === 'needs_action' &&
    now.getTime() - attempt.openedAt.getTime() > BANK_WAITS_MS
  );
}

async function giveUpAtBank(deps: BillingDeps, order: OrderRow, attempt: Attempt): Promise<void> {
  const given = await gatewayFor(deps, order.companyId).cancelIntent({
    intentId: attempt.intentId ?? '',
    key: cancelKey(order, attempt),
  });
  if (given.state !== 'canceled') return await recordOutcome(deps, order, attempt, given);
  const code = 'payment_intent_authentication_failure';
  await declineOrder(deps, order, attempt, { code, adviceCode: null });
}

async function chargeAttempt(deps: BillingDeps, order: OrderRow, attempt: Attempt | null): Promise<void> {
  if (attempt === null) return;
  try {
    const intent = await confirmAttempt(deps, order, await prepareIntent(deps, order, attempt));
    await recordOutcome(deps, order, attempt, intent);
  } catch (error) {
    if (error instanceof GatewayDeclinedError) return await declineOrder(deps, order, attempt, error);
    if (!(error instanceof GatewayRefusedError)) throw error;
    deps.log.error({ err: error, reference: formatReference(order) }, 'the card processor refused a request');
    await followRefusal(deps, order, attempt, error);
  }
}

/** Closes purchases that were begun and left: what was reviewed a day ago is not what it costs today. */
async function abandonOldDrafts(deps: { db: Db; clock: BillingDeps['clock'] }): Promise<void> {
  await deps.db.purchaseOrder.updateMany({
    where: { state: 'draft', createdAt: { lt: new Date(deps.clock.now().getTime() - DRAFT_LIFE_MS) } },
    data: { state: 'abandoned' },
  });
}

/**
 * Wakes every order that has a next step due: its job was lost with a process, its outcome is still open, or a failed
 * try's intent is not cancelled yet.
 */
export async function sweepOrders(deps: { db: Db; clock: BillingDeps['clock'] }): Promise<void> {
  await abandonOldDrafts(deps);
  await sweepFailedIntents(deps);
  const now = deps.clock.now();
  const due = await deps.db.purchaseOrder.findMany({
    where: { state: { in: UNDER_WAY }, nextLookAt: { lte: now } },
    select: { companyId: true, id: true },
    orderBy: { nextLookAt: 'asc' },
    take: 200,
  });
  for (const order of due) {
    await inTransaction(deps.db, async (tx) => {
      // Pushed ahead at once, so that the next sweep does not pile a second job on a slow first one.
      await tx.purchaseOrder.updateMany({
        where: { companyId: order.companyId, id: order.id, nextLookAt: { lte: now } },
        data: { nextLookAt: new Date(now.getTime() + INITIAL_BACKOFF_MS) },
      });
      await enqueueAdvance(tx, order);
    });
  }
}
