import type { Queryable, Tx } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { formatDollars, fromMicros, type Micros } from '../../money.ts';
import { nameOperator, recordAudit } from '../../org/index.ts';
import { formatReference, type PricedOrder } from '../orders/order.ts';

export type OperatorRefundRow = NonNullable<Awaited<ReturnType<Queryable['operatorRefund']['findUnique']>>>;

/** What is not at the processor after this time will not be made by the call that asked for it (R15). */
const ASKED_ANEW_AFTER_MS = 15 * MINUTE_MS;

/** A refund that the operator wants. */
export interface WantedRefund {
  /** Null: everything that is left. */
  amountMicros: Micros | null;
  /** What the same request is known by when it is made again. */
  key: string;
  reason: string;
}

/**
 * Stores that the operator wants a refund, before the processor is asked for it; the same key again returns what it stored
 * before. One that the processor does not have after 15 minutes gets the processor's next idempotency key. Under the company's
 * lock. Throws RefillError `refund-key-used`, `refund-too-large`.
 */
export async function storeOperatorRefund(
  tx: Tx,
  order: PricedOrder,
  wanted: WantedRefund,
  at: Date,
): Promise<OperatorRefundRow> {
  const { companyId, id: orderId } = order;
  const { key, reason } = wanted;
  const known = await tx.operatorRefund.findUnique({
    where: { companyId_orderId_key: { companyId, orderId, key } },
  });
  if (known !== null) return await askAgain(tx, known, wanted, at);
  const left = await readRefundable(tx, order);
  const amountMicros = wanted.amountMicros ?? left;
  if (amountMicros > left || amountMicros === 0n) throw tooLarge(order, left);
  const row = await tx.operatorRefund.create({
    data: {
      companyId,
      orderId,
      key,
      amountMicros,
      reason,
      actor: nameOperator('operator'),
      requestedAt: at,
      askedAt: at,
    },
  });
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'operator',
    surface: 'operator',
    action: 'refund-requested',
    reason,
    details: { order: orderId.toString(), request: row.id.toString(), amount: dollarsText(amountMicros) },
  });
  return row;
}

async function askAgain(
  tx: Tx,
  known: OperatorRefundRow,
  { amountMicros }: WantedRefund,
  at: Date,
): Promise<OperatorRefundRow> {
  if (amountMicros !== null && amountMicros !== known.amountMicros)
    throw new RefillError(
      'refund-key-used',
      `This key is that of a refund of ${formatDollars(fromMicros(known.amountMicros))}. Use another --key.`,
    );
  const isOver = known.processorId !== null || known.failureCode !== null;
  if (isOver || at.getTime() - known.askedAt.getTime() < ASKED_ANEW_AFTER_MS) return known;
  const { companyId, id } = known;
  return await tx.operatorRefund.update({
    where: { companyId_id: { companyId, id } },
    data: { tries: { increment: 1 }, askedAt: at },
  });
}

/**
 * What of a payment may still be refunded: less refunds that are made or asked for, and what disputes hold or took.
 * Micro-dollars.
 */
export async function readRefundable(tx: Queryable, order: PricedOrder): Promise<Micros> {
  const of = { companyId: order.companyId, orderId: order.id };
  // Refunds of another attempt, which credited nothing, are none of this payment.
  const paid = await tx.paymentAttempt.findFirst({ where: { ...of, state: 'succeeded' } });
  const ofPayment = { ...of, OR: [{ attemptNumber: null }, { attemptNumber: paid?.number ?? 0 }] };
  const refunded = await tx.refund.aggregate({
    _sum: { amountMicros: true },
    where: { ...ofPayment, state: { notIn: ['failed', 'canceled'] } },
  });
  const asked = await tx.operatorRefund.aggregate({
    _sum: { amountMicros: true },
    where: { ...of, processorId: null, failureCode: null },
  });
  const disputed = await tx.dispute.aggregate({
    _sum: { amountMicros: true },
    where: { ...ofPayment, state: { in: ['open', 'lost'] } },
  });
  const taken = [refunded, asked, disputed].reduce((sum, each) => sum + (each._sum.amountMicros ?? 0n), 0n);
  return order.amountMicros > taken ? order.amountMicros - taken : 0n;
}

function tooLarge(order: PricedOrder, left: Micros): RefillError {
  const paid = formatDollars(fromMicros(order.amountMicros));
  const what =
    left === 0n
      ? `Nothing of ${formatReference(order)} is left to refund: its ${paid} are refunded, asked for or disputed`
      : `Only ${formatDollars(fromMicros(left))} of the ${paid} of ${formatReference(order)} is left to refund`;
  return new RefillError('refund-too-large', `${what}. See: refill order show`);
}

/** Our reference at the processor of a refund that the operator wanted: `company/refund/request`. */
export function referenceOf({ companyId, id }: Pick<OperatorRefundRow, 'companyId' | 'id'>): string {
  return `${companyId}/refund/${id}`;
}

/** Stores which refund of the processor's an operator's request led to, where its reference says so. */
export async function linkOperatorRefund(
  db: Queryable,
  { id: processorId, reference }: { id: string; reference: string | null },
): Promise<void> {
  const [, companyId, id] = /^(\d{1,18})\/refund\/(\d{1,18})$/.exec(reference ?? '') ?? [];
  if (companyId === undefined || id === undefined) return;
  await db.operatorRefund.updateMany({
    where: { companyId: BigInt(companyId), id: BigInt(id), processorId: null },
    data: { processorId, failureCode: null },
  });
}

function dollarsText(micros: Micros): string {
  return fromMicros(micros).toFixed(2);
}
