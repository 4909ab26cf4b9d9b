import type { Tx } from '../../db/index.ts';
import { announce } from './moments.ts';
import { notifyUnconfirmed } from './notify-unconfirmed.ts';
import type { PricedOrder } from './order.ts';

/** Resumes what a stuck order had paused. `order`: as it was before it ended. Under the company's lock. */
export async function leaveStuck(
  tx: Tx,
  order: PricedOrder,
  came: 'paid' | 'not_paid' | 'unconfirmed',
  at: Date,
): Promise<void> {
  if (order.state !== 'stuck') return;
  await announce('orderUnstuck', tx, { order, at });
  await notifyUnconfirmed(tx, order, { state: came, at });
}
