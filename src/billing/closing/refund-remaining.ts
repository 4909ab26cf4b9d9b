import type { Queryable } from '../../db/index.ts';
import { hasCode } from '../../errors.ts';
import { readRemainingByOrigin } from '../../ledger/index.ts';
import { fromMicros, type Micros, type Money } from '../../money.ts';
import type { BillingDeps } from '../deps.ts';
import { formatReference, type OrderRow, toPriced } from '../orders/order.ts';
import { readRefundable } from '../refunds/operator-refund.ts';
import { refundOrder } from '../refunds/refund-order.ts';

/** By which the refund of an order at its company's closing is known, so that it is made once. */
const REFUND_KEY = 'closing';
const CENT_MICROS = 10_000n;

/** What is left of a payment's credits, and is refunded to its card in whole cents. */
export interface RefundPlan {
  order: OrderRow;
  reference: string;
  amount: Money;
  /** It was asked for before. */
  isKnown: boolean;
}

/** How a refund stands; `problem`: why it did not come about. */
export interface ClosingRefund {
  reference: string;
  amount: Money;
  state: 'succeeded' | 'pending' | 'failed';
  problem: string | null;
}

/**
 * What would be refunded of the credits of a company that is closed (R30): of each order that a card paid, what is left of its general credits, at most what
 * may still be refunded of the payment. Refunds that were asked for before come first, with the amount they had.
 */
export async function planRefunds(db: Queryable, companyId: bigint): Promise<RefundPlan[]> {
  const asked = await db.operatorRefund.findMany({
    where: { companyId, key: REFUND_KEY },
    include: { purchaseOrder: true },
    orderBy: { id: 'asc' },
  });
  const known = asked.map(({ purchaseOrder: order, amountMicros }) => toPlan(order, amountMicros, true));
  const left = await readRemainingByOrigin(db, companyId);
  const lines = await db.orderLine.findMany({
    where: {
      companyId,
      grantId: { in: [...left.keys()] },
      orderId: { notIn: known.map(({ order }) => order.id) },
      purchaseOrder: { state: 'settled', method: 'card' },
    },
    include: { purchaseOrder: true },
    orderBy: [{ orderId: 'asc' }, { position: 'asc' }],
  });
  const orders = new Map(lines.map(({ purchaseOrder }) => [purchaseOrder.id, purchaseOrder]));
  const plans: RefundPlan[] = [];
  for (const order of orders.values()) {
    const rest = lines
      .filter(({ orderId }) => orderId === order.id)
      .reduce((sum, { grantId }) => sum + (left.get(grantId ?? 0n) ?? 0n), 0n);
    const refundable = await readRefundable(db, toPriced(order));
    const amount = toCents(rest < refundable ? rest : refundable);
    if (amount > 0n) plans.push(toPlan(order, amount, false));
  }
  return [...known, ...plans];
}

/**
 * Has what is planned refunded, one order after the other, each once however often it is called. What the processor or the bank
 * refuses is answered as a problem; a processor without an answer throws RefillError `processor-unanswered`.
 */
export async function makeRefunds(
  deps: BillingDeps,
  plans: readonly RefundPlan[],
  reason: string,
): Promise<ClosingRefund[]> {
  const refunds: ClosingRefund[] = [];
  for (const { order, reference, amount } of plans) {
    try {
      const { state } = await refundOrder(deps, order, { amount, key: REFUND_KEY, reason });
      const isOver = state === 'failed' || state === 'canceled';
      refunds.push({
        reference,
        amount,
        state: isOver ? 'failed' : state === 'succeeded' ? 'succeeded' : 'pending',
        problem: isOver ? 'the money did not arrive' : null,
      });
    } catch (error) {
      if (!hasCode(error, 'refund-refused')) throw error;
      refunds.push({ reference, amount, state: 'failed', problem: error.message });
    }
  }
  return refunds;
}

const toPlan = (order: OrderRow, amountMicros: Micros, isKnown: boolean): RefundPlan => ({
  order,
  reference: formatReference(order),
  amount: fromMicros(amountMicros),
  isKnown,
});

const toCents = (micros: Micros): Micros => micros - (micros % CENT_MICROS);
