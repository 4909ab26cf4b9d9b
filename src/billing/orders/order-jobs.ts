import type { Queryable } from '../../db/index.ts';
import { enqueue } from '../../queue/index.ts';

interface OrderKey {
  companyId: bigint;
  id: bigint;
}

/** Has the order moved on. One at a time for a company: its purchases never race each other at the processor. */
export async function enqueueAdvance(tx: Queryable, { companyId, id }: OrderKey): Promise<void> {
  const options = { queue: `company:${companyId}`, key: `${companyId}:${id}` };
  await enqueue(tx, 'advance-order', { companyId, orderId: id }, options);
}

/** Has the order's state drawn again where its buyer is looking. */
export async function enqueueShow(tx: Queryable, { companyId, id }: OrderKey): Promise<void> {
  const options = { queue: `show:${companyId}:${id}`, key: `${companyId}:${id}` };
  await enqueue(tx, 'show-order', { companyId, orderId: id }, options);
}
