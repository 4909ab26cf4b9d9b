import { type Db, inTransaction } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import type { BillingDeps } from '../deps.ts';
import { GatewayRefusedError, type Intent } from '../gateway.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import type { Attempt } from './attempts.ts';
import type { OrderRow } from './order.ts';
import { enqueueAdvance } from './order-jobs.ts';

const AGAIN_AFTER_MS = MINUTE_MS;

/**
 * Cancels at the processor what the failed tries of an order left there, so that nothing but the next try can be paid
 * (R15). What is due stands in the row until the processor says "canceled", so a call that got no answer, or a process
 * that died, is made up for by the sweep. Returns a failed try whose intent was paid all the same, or null. Throws
 * GatewayUnknownError where the processor gave no answer.
 */
export async function cancelFailedIntents(
  deps: BillingDeps,
  order: Pick<OrderRow, 'companyId' | 'id' | 'token'>,
): Promise<Attempt | null> {
  const due = await deps.db.paymentAttempt.findMany({
    where: { companyId: order.companyId, orderId: order.id, cancelDueAt: { not: null } },
    orderBy: { number: 'asc' },
  });
  for (const attempt of due) {
    const state = await cancelIntent(deps, order, attempt);
    if (state === 'succeeded') return attempt;
    const isOver = state === 'canceled' || state === 'gone';
    await setDue(deps, attempt, isOver ? null : new Date(deps.clock.now().getTime() + AGAIN_AFTER_MS));
  }
  return null;
}

/** What its intent is now; `gone` where the processor has none, null where it takes no such request now. */
async function cancelIntent(
  deps: BillingDeps,
  order: Pick<OrderRow, 'token'>,
  attempt: Attempt,
): Promise<Intent['state'] | 'gone' | null> {
  try {
    const request = { intentId: attempt.intentId ?? '', key: cancelKey(order, attempt) };
    return (await gatewayFor(deps, attempt.companyId).cancelIntent(request)).state;
  } catch (error) {
    if (!(error instanceof GatewayRefusedError)) throw error;
    return error.code === 'resource_missing' ? 'gone' : null;
  }
}

/**
 * The idempotency key under which a try's intent is cancelled. Each time that it is due it is another one: under the same
 * key the processor would repeat the answer of a time when it could not be cancelled.
 */
export function cancelKey(
  { token }: Pick<OrderRow, 'token'>,
  { number, cancelDueAt }: Pick<Attempt, 'number' | 'cancelDueAt'>,
): string {
  return [token, number, 'cancel', ...(cancelDueAt === null ? [] : [cancelDueAt.getTime()])].join('-');
}

async function setDue({ db }: Pick<BillingDeps, 'db'>, attempt: Attempt, at: Date | null): Promise<void> {
  const { companyId, orderId, number } = attempt;
  await db.paymentAttempt.updateMany({
    where: { companyId, orderId, number, state: 'failed' },
    data: { cancelDueAt: at },
  });
}

/** Wakes every order of which a failed try's intent is still to be cancelled, or is to be refunded. */
export async function sweepFailedIntents({
  db,
  clock,
}: {
  db: Db;
  clock: BillingDeps['clock'];
}): Promise<void> {
  const now = clock.now();
  const again = new Date(now.getTime() + AGAIN_AFTER_MS);
  const due = await db.paymentAttempt.findMany({
    where: { OR: [{ cancelDueAt: { lte: now } }, { refundDueAt: { lte: now } }] },
    orderBy: { finishedAt: 'asc' },
    take: 200,
  });
  for (const { companyId, orderId, number } of due) {
    await inTransaction(db, async (tx) => {
      // Pushed ahead at once, so that the next sweep does not pile a second job on a slow first one.
      const key = { companyId, orderId, number };
      await tx.paymentAttempt.updateMany({
        where: { ...key, cancelDueAt: { lte: now } },
        data: { cancelDueAt: again },
      });
      await tx.paymentAttempt.updateMany({
        where: { ...key, refundDueAt: { lte: now } },
        data: { refundDueAt: again },
      });
      await enqueueAdvance(tx, { companyId, id: orderId });
    });
  }
}
