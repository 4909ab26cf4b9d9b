import type { Tx } from '../../db/index.ts';
import { SECOND_MS } from '../../durations.ts';
import { toMicros } from '../../money.ts';
import { type ConfirmedOrder, type PricedOrder, toConfirmed } from './order.ts';
import { enqueueAdvance } from './order-jobs.ts';
import { toColumns, totalOf, type WantedLine } from './order-lines.ts';
import { createOrder, moveOrder } from './order-state.ts';

/** How long after a confirmation the sweep checks whether its job was lost. */
const FIRST_POLL_MS = 10 * SECOND_MS;

/**
 * Confirms an order, paid as `columns` says: its state and its job are one transaction, so a
 * kill loses neither. Under the company's lock. Throws as `moveOrder`.
 */
export async function confirmOrder(
  tx: Tx,
  order: PricedOrder,
  columns: Parameters<typeof moveOrder>[3],
  at: Date,
): Promise<ConfirmedOrder> {
  const confirmed = toConfirmed(await moveOrder(tx, order, 'confirmed', { ...columns, ...firstPoll(at) }));
  await enqueueAdvance(tx, confirmed);
  return confirmed;
}

/** Creates an order of these lines in state confirmed, without a review. Under the company's lock. */
export async function createConfirmedOrder(
  tx: Tx,
  columns: Omit<NewOrder, 'createdAt' | 'confirmedAt' | 'amountMicros' | 'orderLines'>,
  lines: readonly WantedLine[],
  at: Date,
): Promise<ConfirmedOrder> {
  const amount = { amountMicros: toMicros(totalOf(lines)), orderLines: { create: toColumns(lines) } };
  const times = { createdAt: at, confirmedAt: at, ...firstPoll(at) };
  const order = toConfirmed(
    await createOrder(tx, 'confirmed', { ...columns, ...amount, ...times } as NewOrder),
  );
  await enqueueAdvance(tx, order);
  return order;
}

type NewOrder = Parameters<typeof createOrder>[2];

const firstPoll = (at: Date) => ({
  pollCount: 0,
  nextPollAt: new Date(at.getTime() + FIRST_POLL_MS),
  unknownSince: null,
});
