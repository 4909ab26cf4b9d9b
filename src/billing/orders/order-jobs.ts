import type { Queryable } from '../../db/index.ts';
import { enqueue } from '../../queue/index.ts';
import { kindOf } from './order-kind.ts';

interface OrderKey {
  companyId: bigint;
  id: bigint;
}

/** Enqueues the order's next step. One at a time for a company: its purchases never race each other at the processor. */
export async function enqueueAdvance(tx: Queryable, { companyId, id }: OrderKey): Promise<void> {
  const options = { queue: `company:${companyId}`, key: `${companyId}:${id}` };
  await enqueue(tx, 'advance-order', { companyId, orderId: id }, options);
}

/** Shows the order's state anew where its buyer watches it; nothing where it has no buyer. */
export async function showToBuyer(tx: Queryable, order: OrderKey & { kind: string }): Promise<void> {
  if (!kindOf(order).hasBuyer) return;
  const { companyId, id } = order;
  const options = { queue: `show:${companyId}:${id}`, key: `${companyId}:${id}` };
  await enqueue(tx, 'show-order', { companyId, orderId: id }, options);
}
