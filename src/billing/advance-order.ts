import { type Db, inTransaction, type Queryable } from '../db/index.ts';
import { lockCompany } from '../org/index.ts';
import type { JobPayload } from '../queue/index.ts';
import { chargeFallback } from './charge-card.ts';
import { GatewayRefusedError, GatewayUnknownError, type Intent } from './gateway.ts';
import { enqueueAdvance, enqueueShow } from './order-jobs.ts';
import { formatReference, keyOf, type OrderRow, UNDER_WAY } from './order-rows.ts';
import {
  type Attempt,
  confirmAttempt,
  findLiveAttempt,
  openAttempt,
  prepareIntent,
} from './payment-attempt.ts';
import { followDecline } from './recharge/retry-recharge.ts';
import { tellRecharge } from './recharge/tell-recharge.ts';
import { settleOrder } from './settle-order.ts';
import { failPeriodOfOrder, paysItself, tellBankOfPeriod } from './subscriptions/fail-period.ts';
import type { BillingDeps } from './types.ts';

const SHORTEST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 10 * 60_000;
const DRAFT_LIFE_MS = 24 * 3_600_000;
const BANK_WAITS_MS = 24 * 3_600_000;

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
  if (order === null || !isUnderWay(order)) return;
  if (order.method === 'invoice') {
    await settleOrder(deps, order, null);
    return;
  }
  try {
    await advancePayment(deps, order);
  } catch (error) {
    if (!(error instanceof GatewayUnknownError)) throw error;
    deps.log.warn(
      { err: error, reference: formatReference(order) },
      'the card processor gave no answer; looking again later',
    );
    await leaveUnknown(deps, order);
  }
}

function isUnderWay(order: OrderRow): boolean {
  return UNDER_WAY.includes(order.state);
}

async function advancePayment(deps: BillingDeps, order: OrderRow): Promise<void> {
  const live = await findLiveAttempt(deps.db, order);
  // A fresh confirmation while the last try still waits at the bank: that try is given up before another opens.
  if (live !== null && order.state === 'confirmed' && live.state === 'needs_action') {
    const given = await deps.gateway.cancelIntent({
      intentId: live.intentId ?? '',
      key: `${order.token}-${live.number}-cancel`,
    });
    if (given.state === 'succeeded') return await settleOrder(deps, order, live);
    await closeAttempt(deps.db, deps.clock.now(), live, 'given_up');
    return await chargeAttempt(deps, order, await openAttempt(deps, order));
  }
  if (live !== null && isLeftAtBank(order, live, deps.clock.now()))
    return await giveUpAtBank(deps, order, live);
  await chargeAttempt(deps, order, live ?? (await openAttempt(deps, order)));
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
  const given = await deps.gateway.cancelIntent({
    intentId: attempt.intentId ?? '',
    key: `${order.token}-${attempt.number}-cancel`,
  });
  if (given.state === 'succeeded') return await settleOrder(deps, order, attempt);
  await declineOrder(deps, order, attempt, 'payment_intent_authentication_failure');
}

async function chargeAttempt(deps: BillingDeps, order: OrderRow, attempt: Attempt | null): Promise<void> {
  if (attempt === null) return;
  try {
    const intent = await confirmAttempt(deps, order, await prepareIntent(deps, order, attempt));
    await recordOutcome(deps, order, attempt, intent);
  } catch (error) {
    if (!(error instanceof GatewayRefusedError)) throw error;
    deps.log.error({ err: error, reference: formatReference(order) }, 'the card processor refused a request');
    await declineOrder(deps, order, attempt, error.code);
  }
}

async function recordOutcome(
  deps: BillingDeps,
  order: OrderRow,
  attempt: Attempt,
  intent: Intent,
): Promise<void> {
  switch (intent.state) {
    case 'succeeded':
      return await settleOrder(deps, order, attempt);
    case 'failed':
    case 'canceled':
      return await declineOrder(deps, order, attempt, intent.failureCode ?? 'card_declined');
    case 'needs_action':
      return await waitForBank(deps, order, attempt, intent.actionUrl);
    default:
      return await leaveUnknown(deps, order);
  }
}

/** The charge definitely failed: said once, and only a new click opens another try, or the fallback card (R14). */
async function declineOrder(
  deps: BillingDeps,
  order: OrderRow,
  attempt: Attempt,
  code: string,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const now = deps.clock.now();
    await closeAttempt(tx, now, attempt, code);
    const where = keyOf(order);
    const fresh = await tx.purchaseOrder.findUniqueOrThrow({ where });
    if (!isUnderWay(fresh)) return;
    if (fresh.kind === 'recharge') return await followDecline(tx, fresh, attempt, code, now);
    if ((await paysItself(tx, fresh)) && (await chargeFallback(tx, fresh, attempt, now))) return;
    await tx.purchaseOrder.update({
      where,
      data: { state: 'declined', failureCode: code, nextLookAt: null },
    });
    await enqueueShow(tx, order);
    await failPeriodOfOrder(tx, order, { code, at: now });
  });
}

async function waitForBank(
  deps: BillingDeps,
  order: OrderRow,
  attempt: Attempt,
  url: string | null,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const now = deps.clock.now();
    await tx.paymentAttempt.updateMany({
      where: {
        companyId: attempt.companyId,
        orderId: attempt.orderId,
        number: attempt.number,
        state: 'open',
      },
      data: { state: 'needs_action', actionUrl: url },
    });
    const { count } = await tx.purchaseOrder.updateMany({
      where: {
        companyId: order.companyId,
        id: order.id,
        state: { in: ['confirmed', 'charging', 'unknown'] },
      },
      data: { state: 'needs_action' },
    });
    await scheduleLook(tx, order, now);
    if (count > 0 && order.kind === 'recharge')
      await tellRecharge(tx, order, now, { status: 'needs_action', actionUrl: url });
    else if (count > 0) {
      await enqueueShow(tx, order);
      await tellBankOfPeriod(tx, order, { at: now, actionUrl: url });
    }
  });
}

/** Nobody knows whether money moved: it is looked up until it is known, and never charged anew. */
async function leaveUnknown(deps: BillingDeps, order: OrderRow): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const { count } = await tx.purchaseOrder.updateMany({
      where: { companyId: order.companyId, id: order.id, state: { in: ['confirmed', 'charging'] } },
      data: { state: 'unknown' },
    });
    await scheduleLook(tx, order, deps.clock.now());
    if (count > 0) await enqueueShow(tx, order);
  });
}

/** The more often it was looked at in vain, the longer until the next look: 5 seconds at first, 10 minutes at last. */
async function scheduleLook(tx: Queryable, order: OrderRow, now: Date): Promise<void> {
  const { looks } = await tx.purchaseOrder.update({
    where: { companyId_id: { companyId: order.companyId, id: order.id } },
    data: { looks: { increment: 1 } },
  });
  const waitMs = Math.min(SHORTEST_WAIT_MS * 2 ** (looks - 1), LONGEST_WAIT_MS);
  await tx.purchaseOrder.update({
    where: { companyId_id: { companyId: order.companyId, id: order.id } },
    data: { nextLookAt: new Date(now.getTime() + waitMs) },
  });
}

async function closeAttempt(db: Queryable, now: Date, attempt: Attempt, code: string): Promise<void> {
  await db.paymentAttempt.updateMany({
    where: {
      companyId: attempt.companyId,
      orderId: attempt.orderId,
      number: attempt.number,
      state: { in: ['open', 'needs_action'] },
    },
    data: { state: 'failed', failureCode: code, finishedAt: now },
  });
}

/** Closes purchases that were begun and left: what was reviewed a day ago is not what it costs today. */
async function abandonOldDrafts(deps: { db: Db; clock: BillingDeps['clock'] }): Promise<void> {
  await deps.db.purchaseOrder.updateMany({
    where: { state: 'draft', createdAt: { lt: new Date(deps.clock.now().getTime() - DRAFT_LIFE_MS) } },
    data: { state: 'abandoned' },
  });
}

/** Wakes every order that has a next step due: its job was lost with a process, or its outcome is still open. */
export async function sweepOrders(deps: { db: Db; clock: BillingDeps['clock'] }): Promise<void> {
  await abandonOldDrafts(deps);
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
        data: { nextLookAt: new Date(now.getTime() + SHORTEST_WAIT_MS) },
      });
      await enqueueAdvance(tx, order);
    });
  }
}
