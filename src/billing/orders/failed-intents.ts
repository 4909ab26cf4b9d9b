import { backoffMs } from '../../backoff.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../durations.ts';
import type { BillingDeps } from '../deps.ts';
import { GatewayRefusedError, GatewayUnknownError, type Intent } from '../gateway.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import type { Attempt } from './attempts.ts';
import { adoptLostIntent } from './lost-intents.ts';
import type { OrderRow } from './order.ts';
import { enqueueAdvance } from './order-jobs.ts';

/** Until the job that the sweep enqueues has done its work, no second one is enqueued. */
const AGAIN_AFTER_MS = MINUTE_MS;
const BACKOFF = { initialMs: MINUTE_MS, maxMs: HOUR_MS };

/**
 * Cancels at the processor what the failed tries of an order left there, so that nothing but the next try can be paid
 * (R15). What is due stands in the row until the processor says "canceled", so a call that got no answer, or a process
 * that died, is made up for by the sweep. `paid`: a failed try whose intent was paid all the same; `isClear`: none of
 * them can be paid any more. Throws GatewayUnknownError where the processor gave no answer. Applies R15.2 and R15.13.
 */
export async function cancelFailedIntents(
  deps: BillingDeps,
  order: Pick<OrderRow, 'companyId' | 'id' | 'token'>,
): Promise<{ paid: Attempt | null; isClear: boolean }> {
  const due = await deps.db.paymentAttempt.findMany({
    where: { companyId: order.companyId, orderId: order.id, cancelDueAt: { not: null } },
    orderBy: { number: 'asc' },
  });
  let isClear = true;
  for (const attempt of due) {
    const state = await repeatLater(deps, attempt, 'cancelDueAt', () => cancelFailed(deps, order, attempt));
    if (state === 'succeeded') return { paid: attempt, isClear: false };
    if (state === 'canceled' || state === 'gone') {
      await setDue(deps, attempt, { cancelDueAt: null });
    } else {
      isClear = false;
      await postpone(deps, attempt, 'cancelDueAt');
    }
  }
  return { paid: null, isClear };
}

/** Makes a call that is due for a failed attempt. One that throws is due again later, each time after a longer wait. */
export async function repeatLater<T>(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  attempt: Attempt,
  due: 'cancelDueAt' | 'refundDueAt',
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof GatewayUnknownError || error instanceof GatewayRefusedError)
      await postpone(deps, attempt, due);
    throw error;
  }
}

async function postpone(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  attempt: Attempt,
  due: 'cancelDueAt' | 'refundDueAt',
): Promise<void> {
  const at = new Date(deps.clock.now().getTime() + backoffMs(attempt.cleanupRetries, BACKOFF));
  await setDue(deps, attempt, { [due]: at, cleanupRetries: { increment: 1 } });
}

/** What its intent is now; `gone` where the processor has none, null where it takes no such request now. */
async function cancelFailed(
  deps: BillingDeps,
  order: Pick<OrderRow, 'token'>,
  attempt: Attempt,
): Promise<Intent['state'] | 'gone' | null> {
  try {
    const known = attempt.intentId === null ? await adoptLostIntent(deps, attempt) : attempt;
    return known === null ? 'gone' : (await cancelAttempt(deps, order, known)).state;
  } catch (error) {
    if (!(error instanceof GatewayRefusedError)) throw error;
    return error.code === 'resource_missing' ? 'gone' : null;
  }
}

/**
 * Cancels an attempt's intent; returns what it is now, which may be `succeeded`. Each time under another key: under the
 * same one the processor would repeat the answer of a time when it could not be cancelled. Throws GatewayUnknownError and
 * GatewayRefusedError.
 */
export async function cancelAttempt(
  deps: BillingDeps,
  { token }: Pick<OrderRow, 'token'>,
  { companyId, number, intentId }: Attempt,
): Promise<Intent> {
  const key = [token, number, 'cancel', deps.clock.now().getTime()].join('-');
  return await gatewayFor(deps, companyId).cancelIntent({ intentId: intentId ?? '', key });
}

async function setDue(
  { db }: Pick<BillingDeps, 'db'>,
  attempt: Attempt,
  data: Parameters<Db['paymentAttempt']['updateMany']>[0]['data'],
): Promise<void> {
  const { companyId, orderId, number } = attempt;
  await db.paymentAttempt.updateMany({ where: { companyId, orderId, number, state: 'failed' }, data });
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
