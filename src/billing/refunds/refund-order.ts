import { inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromMicros, type Money, toMicros } from '../../money.ts';
import { lockCompany } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { type GatewayRefund, GatewayRefusedError } from '../gateway.ts';
import { formatReference, keyOf, type OrderRow, type PricedOrder, toPriced } from '../orders/order.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { requireAnswer } from '../processor/require-answer.ts';
import { followRefund } from './follow-refund.ts';
import {
  linkOperatorRefund,
  type OperatorRefundRow,
  readRefundable,
  referenceOf,
  storeOperatorRefund,
} from './operator-refund.ts';

/** What came of a refund that the operator wanted. */
export interface OrderRefund {
  /** The processor's name of it. */
  refundId: string;
  state: GatewayRefund['state'];
  amount: Money;
  /** What it took of the payment's credit; null: nothing yet. */
  taken: Money | null;
  /** What of the payment may still be refunded. */
  left: Money;
  /** The same request had made it before: nothing was refunded now. */
  isRepeated: boolean;
  requestedBy: string;
  requestedAt: Date;
}

/**
 * Refunds an order's payment at the processor for the operator, in whole or in part, and posts it as every refund is posted
 * (R16). The request is stored first, under a key: made again under that key, by whomever and whenever, it refunds
 * nothing twice; where this dies before the refund is posted, its webhook or the sweep posts it.
 * Throws RefillError `nothing-charged`, `refund-too-large`, `refund-key-used`, `refund-refused`, `processor-unanswered`.
 * Applies R16.13.
 */
export async function refundOrder(
  deps: BillingDeps,
  order: OrderRow,
  wanted: { amount: Money | null; key: string; reason: string },
): Promise<OrderRefund> {
  const { companyId } = order;
  const intentId = await findPaidIntent(deps, order);
  const priced = toPriced(order);
  await fromProcessor(() => followKnown(deps, companyId, intentId));
  const { amount, key, reason } = wanted;
  const row = await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const amountMicros = amount === null ? null : toMicros(amount);
    return await storeOperatorRefund(tx, priced, { amountMicros, key, reason }, deps.clock.now());
  });
  if (row.failureCode !== null) throw refused(priced, row.failureCode);
  const isRepeated = row.processorId !== null;
  const refundId = row.processorId ?? (await fromProcessor(() => makeRefund(deps, priced, intentId, row)));
  await fromProcessor(() => followRefund(deps, refundId));
  return {
    ...(await readOutcome(deps, priced, refundId)),
    isRepeated,
    requestedBy: row.actor,
    requestedAt: row.requestedAt,
  };
}

/** The intent that paid an order. Throws RefillError `nothing-charged`, which says why there is none. */
async function findPaidIntent({ db }: BillingDeps, order: OrderRow): Promise<string> {
  const reference = formatReference(order);
  const nothing = (why: string): RefillError => new RefillError('nothing-charged', `${reference} ${why}`);
  if (order.method === 'invoice')
    throw nothing(
      'was not charged to a card: it is on invoice. Void its invoice (refill invoice void), or take the credits back (refill credit deduct).',
    );
  const paid = await db.paymentAttempt.findFirst({
    where: { companyId: order.companyId, orderId: order.id, state: 'succeeded' },
  });
  if (order.state === 'settled' && paid?.intentId != null) return paid.intentId;
  const late = await db.paymentAttempt.findFirst({
    where: { companyId: order.companyId, orderId: order.id, refundReason: { not: null } },
  });
  if (late !== null) throw nothing('was paid too late and is refunded by itself. See: refill order show');
  throw nothing(`is ${order.state}, not paid: there is nothing to refund.`);
}

/** Brings our rows of a payment's refunds to what the processor has, so that what is left is known. */
async function followKnown(deps: BillingDeps, companyId: bigint, intentId: string): Promise<void> {
  const there = await gatewayFor(deps, companyId).listRefundsOf(intentId);
  const here = await deps.db.refund.findMany({ where: { processorId: { in: there.map(({ id }) => id) } } });
  const states = new Map(here.map(({ processorId, state }) => [processorId, state]));
  for (const refund of there.toReversed())
    if (states.get(refund.id) !== refund.state) await followRefund(deps, refund.id);
}

async function makeRefund(
  deps: BillingDeps,
  order: PricedOrder,
  intentId: string,
  row: OperatorRefundRow,
): Promise<string> {
  try {
    const made = await gatewayFor(deps, row.companyId).createRefund({
      intentId,
      amount: fromMicros(row.amountMicros),
      reference: referenceOf(row),
      key: `${order.token}-refund-${row.id}-${row.tries}`,
    });
    await linkOperatorRefund(deps.db, made);
    return made.id;
  } catch (error) {
    if (!(error instanceof GatewayRefusedError) || error.isAboutKey) throw error;
    await deps.db.operatorRefund.updateMany({
      where: { companyId: row.companyId, id: row.id, processorId: null },
      data: { failureCode: error.code },
    });
    throw refused(order, error.code, error);
  }
}

/** What the processor refuses, in words. */
const REFUSALS: Readonly<Record<string, string>> = {
  charge_already_refunded: 'is refunded wholly already',
  charge_disputed: 'is disputed, so its bank has the money: answer the dispute at the card processor',
};

function refused(order: OrderRow, code: string, cause?: GatewayRefusedError): RefillError {
  const why =
    REFUSALS[code] ??
    `could not be refunded (${code}${cause === undefined ? '' : `: ${cause.message.replace(/\.$/, '')}`})`;
  return new RefillError(
    'refund-refused',
    `${formatReference(order)} ${why}. Nothing was refunded. To ask again, give another --key.`,
    {},
    { cause },
  );
}

const fromProcessor = <T>(call: () => Promise<T>): Promise<T> =>
  requireAnswer(call, 'Run the same command again: nothing is refunded twice.');

async function readOutcome({ db }: BillingDeps, order: PricedOrder, refundId: string) {
  const refund = await db.refund.findUniqueOrThrow({ where: { processorId: refundId } });
  const fresh = toPriced(await db.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) }));
  return {
    refundId,
    state: refund.state as GatewayRefund['state'],
    amount: fromMicros(refund.amountMicros),
    taken: refund.reversedMicros === null ? null : fromMicros(refund.reversedMicros),
    left: fromMicros(await readRefundable(db, fresh)),
  };
}
