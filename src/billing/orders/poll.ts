import { backoffMs } from '../../backoff.ts';
import { inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../durations.ts';
import type { BillingDeps } from '../deps.ts';
import { sweepFailedIntents } from './failed-intents.ts';
import { keyOf, type OrderRow } from './order.ts';
import { enqueueAdvance } from './order-jobs.ts';
import { moveOrders, POLLED_STATES } from './order-state.ts';

/** How long a purchase may stay a draft: what was reviewed a day ago is not what it costs today. */
const DRAFT_LIFE_MS = DAY_MS;
const INITIAL_BACKOFF_MS = 5 * SECOND_MS;
const BACKOFF = { initialMs: INITIAL_BACKOFF_MS, maxMs: 10 * MINUTE_MS };

/**
 * Enqueues every order that has a next step due: its job was lost with a process, its outcome is still open, or a failed
 * attempt's intent is not cancelled yet.
 */
export async function sweepOrders(deps: Pick<BillingDeps, 'db' | 'clock'>): Promise<void> {
  await abandonOldDrafts(deps.db, deps.clock.now());
  await sweepFailedIntents(deps);
  const now = deps.clock.now();
  const due = await deps.db.purchaseOrder.findMany({
    where: { state: { in: POLLED_STATES }, nextPollAt: { lte: now } },
    select: { companyId: true, id: true },
    orderBy: { nextPollAt: 'asc' },
    take: 200,
  });
  for (const order of due) {
    await inTransaction(deps.db, async (tx) => {
      // Pushed ahead at once, so that the next sweep does not pile a second job on a slow first one.
      await tx.purchaseOrder.updateMany({
        where: { companyId: order.companyId, id: order.id, nextPollAt: { lte: now } },
        data: { nextPollAt: new Date(now.getTime() + INITIAL_BACKOFF_MS) },
      });
      await enqueueAdvance(tx, order);
    });
  }
}

/** Closes purchases that were begun and left; returns those that it closed. Without `order`: of all. */
export async function abandonOldDrafts(
  db: Pick<Tx, 'purchaseOrder'>,
  now: Date,
  order?: Pick<OrderRow, 'companyId' | 'id'>,
): Promise<OrderRow[]> {
  const createdAt = { lt: new Date(now.getTime() - DRAFT_LIFE_MS) };
  const of = order === undefined ? {} : { companyId: order.companyId, id: order.id };
  return await moveOrders(db, { ...of, createdAt }, { from: ['draft'], to: 'abandoned' });
}

/** Sets when the processor is asked again: 5 seconds from now at first, and longer each time, up to 10 minutes. */
export async function schedulePoll(
  tx: Queryable,
  order: Pick<OrderRow, 'companyId' | 'id'>,
  now: Date,
): Promise<void> {
  const { pollCount } = await tx.purchaseOrder.update({
    where: keyOf(order),
    data: { pollCount: { increment: 1 } },
  });
  const waitMs = backoffMs(pollCount - 1, BACKOFF);
  await tx.purchaseOrder.update({
    where: keyOf(order),
    data: { nextPollAt: new Date(now.getTime() + waitMs) },
  });
}
