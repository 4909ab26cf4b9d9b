import { z } from 'zod';
import type { Tx } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { logMoneyEvent, type MoneyEvent } from '../../money-events.ts';
import { changedMeanwhile } from './judge-again.ts';
import { formatReference, type OrderRow, type PricedOrder, toPriced } from './order.ts';

export const orderState = z.enum([
  'draft',
  'awaiting_approval',
  'confirmed',
  'charging',
  'needs_action',
  'unknown',
  'stuck',
  'declined',
  'settled',
  'abandoned',
]);
export type OrderState = z.infer<typeof orderState>;

/** The state of a stored order. */
export function stateOf({ state }: { state: string }): OrderState {
  return orderState.parse(state);
}

/** Every change of state that an order may make, with its reason. A pair that is not here is refused. Applies R15.5. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderState, Partial<Record<OrderState, string>>>> = {
  draft: {
    confirmed: 'its buyer confirms the review',
    awaiting_approval: 'its amount is above the approval limit',
    abandoned:
      'nobody confirmed it within a day, or its credits are shared otherwise, or its company moved or was closed',
  },
  awaiting_approval: {
    confirmed: 'a second admin approved it',
    abandoned: 'it was declined, expired or closed',
  },
  confirmed: {
    charging: 'a payment attempt opens',
    confirmed: 'another card is charged instead',
    needs_action: 'the bank wants its holder',
    unknown: 'the processor gave no answer',
    declined: 'the charge definitely failed',
    settled: 'it goes on the invoice, or an earlier attempt was paid',
  },
  charging: {
    confirmed: 'the backup card is charged next',
    needs_action: 'the bank wants its holder',
    unknown: 'the processor gave no answer',
    declined: 'the charge definitely failed',
    settled: 'the charge succeeded',
  },
  needs_action: {
    confirmed: 'a person tries again or verifies the payment, or another card is charged',
    awaiting_approval: 'trying again is above the approval limit by now',
    needs_action: 'the bank did not confirm it, and there is time left',
    declined: 'the bank declined, nobody verified it in time, or it is not wanted any more',
    settled: 'the holder confirmed it',
  },
  unknown: {
    charging: 'what a failed attempt left is cancelled, and the next one opens',
    confirmed: 'the backup card is charged next',
    needs_action: 'the bank wants its holder',
    declined: 'the charge definitely failed',
    settled: 'the charge had succeeded',
    stuck: 'its outcome is not known after a day',
  },
  stuck: {
    settled: 'it had been paid after all, or the operator says so',
    declined: 'nothing was charged, or that was never confirmed, or the operator says so',
  },
  declined: {
    confirmed: 'it is tried again',
    awaiting_approval: 'trying again is above the approval limit by now',
    abandoned: 'its credits are shared otherwise, or its company moved or was closed',
    settled: 'an attempt that had failed was paid all the same',
  },
  abandoned: { settled: 'an attempt that had failed was paid all the same' },
  settled: {},
};

/** States of an order whose money may still move, or may have moved. */
export const UNDER_WAY_STATES: OrderState[] = ['confirmed', 'charging', 'needs_action', 'unknown'];

/** States in which the processor is polled. A stuck order counts in limits, and otherwise keeps nothing from going on. */
export const POLLED_STATES: OrderState[] = [...UNDER_WAY_STATES, 'stuck'];

/** Whether an order's money may still move, or may have moved. */
export function isUnderWay({ state }: { state: string }): boolean {
  return UNDER_WAY_STATES.some((each) => each === state);
}

/** Which orders wait for a click on *Verify payment*. */
export const WAITS_FOR_VERIFICATION = {
  state: 'needs_action',
  verifyUntil: { not: null },
  paymentAttempts: { none: { state: { not: 'failed' } } },
};

type Columns = Omit<Exclude<Parameters<Tx['purchaseOrder']['updateMany']>[0]['data'], undefined>, 'state'>;
type Where = Omit<NonNullable<Parameters<Tx['purchaseOrder']['updateMany']>[0]['where']>, 'state'>;
type NewOrder = Omit<Parameters<Tx['purchaseOrder']['create']>[0]['data'], 'state'>;

/** Stores a new order: a draft that a person fills in, or one that is confirmed as it is made. */
export async function createOrder(
  db: Pick<Tx, 'purchaseOrder'>,
  state: 'draft' | 'confirmed',
  columns: NewOrder,
): Promise<OrderRow> {
  const data = { ...columns, state } as Parameters<Tx['purchaseOrder']['create']>[0]['data'];
  const order = await db.purchaseOrder.create({ data });
  if (state === 'confirmed') logState(db, order, state);
  return order;
}

/**
 * Moves an order as it was read to another state, with what changes besides; returns it as it is then. Under the
 * company's lock, so that no other transaction moves it in between. Throws RefillError `changed-meanwhile` where it is not that version
 * any more, and RangeError for a transition that the table does not have.
 */
export async function moveOrder(
  tx: Tx,
  order: PricedOrder,
  to: OrderState,
  columns: Columns = {},
): Promise<PricedOrder> {
  const { companyId, id, version, amountMicros } = order;
  const from = [stateOf(order)];
  const [moved] = await moveOrders(tx, { companyId, id, version, amountMicros }, { from, to, columns });
  if (moved === undefined) throw changedMeanwhile('The purchase');
  return toPriced(moved);
}

/**
 * Moves each order of `where` that is in one of the states `from`, by compare and set; returns those that were moved.
 * Throws RangeError for a transition that the table does not have.
 */
export async function moveOrders(
  db: Pick<Tx, 'purchaseOrder'>,
  where: Where,
  { from, to, columns = {} }: { from: readonly OrderState[]; to: OrderState; columns?: Columns },
): Promise<OrderRow[]> {
  for (const state of from)
    if (ORDER_TRANSITIONS[state][to] === undefined)
      throw new RangeError(`an order never goes from ${state} to ${to}`);
  const moved = await db.purchaseOrder.updateManyAndReturn({
    where: { ...where, state: { in: [...from] } },
    data: { ...columns, state: to },
  });
  for (const order of moved) if (to !== 'draft') logState(db, order, to);
  return moved;
}

/** The event that is logged for each state an order may enter; a draft has none. */
const EVENTS = {
  awaiting_approval: 'order-awaiting-approval',
  confirmed: 'order-confirmed',
  charging: 'order-charging',
  needs_action: 'order-needs-action',
  unknown: 'order-unknown',
  stuck: 'order-stuck',
  declined: 'order-declined',
  settled: 'order-settled',
  abandoned: 'order-abandoned',
} as const satisfies Record<Exclude<OrderState, 'draft'>, MoneyEvent>;

function logState(client: object, order: OrderRow, state: keyof typeof EVENTS): void {
  const { companyId, id, kind, method, amountMicros, failureCode: code } = order;
  const amount = amountMicros === null ? null : fromMicros(amountMicros);
  logMoneyEvent(client, EVENTS[state], {
    companyId,
    order: id,
    reference: formatReference(order),
    kind,
    method,
    amount,
    code,
  });
}
