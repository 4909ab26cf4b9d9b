import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { lockCompany, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { type Attempt, findLiveAttempt } from './attempts.ts';
import { UNCONFIRMED } from './declines.ts';
import {
  amountText,
  type ConfirmedOrder,
  formatReference,
  keyOf,
  type OrderRow,
  toConfirmed,
} from './order.ts';
import { type PaymentFinding, pollPayment } from './poll-payment.ts';
import { settleLocked } from './settle.ts';
import { closeUnpaid } from './stuck-orders.ts';

/** How the operator ends an order whose outcome is unknown. */
export interface Resolution {
  isPaid: boolean;
  reason: string;
  /** Whether it ends so although the card processor does not say so. */
  isForced: boolean;
}

/**
 * Ends an unknown or stuck order (R15): paid, it is credited; not paid, its intent is canceled and it is closed. The card
 * processor is polled first and has to say the same, unless it is forced; what it says was paid is never closed as unpaid.
 * Returns the order as it is then, and whether that was against or without the processor's word. Throws RefillError
 * `order-not-open` where the outcome is known, `order-unconfirmed` where the processor does not say so.
 * Applies R15.12.
 */
export async function resolveOrder(
  deps: BillingDeps,
  key: Pick<OrderRow, 'companyId' | 'id'>,
  resolution: Resolution,
): Promise<{ order: OrderRow; wasForced: boolean }> {
  const known = requireOpen(await deps.db.purchaseOrder.findUniqueOrThrow({ where: keyOf(key) }));
  const finding = await pollPayment(deps, known, { cancels: !resolution.isPaid });
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, key.companyId);
    const at = deps.clock.now();
    const order = requireOpen(await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(key) }));
    const wasForced = finding.state !== (resolution.isPaid ? 'paid' : 'unpaid');
    if (wasForced && (!resolution.isForced || finding.state === 'paid'))
      throw unconfirmed(order, resolution, finding);
    await recordAudit(tx, {
      companyId: order.companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'order-resolved',
      reason: resolution.reason,
      details: {
        order: order.id.toString(),
        amount: amountText(order),
        outcome: resolution.isPaid ? 'paid' : 'not-paid',
        forced: wasForced,
      },
    });
    if (resolution.isPaid) await settleLocked(tx, order, await findPaid(tx, order, finding), at);
    else if (finding.state === 'unpaid')
      await closeUnpaid(tx, order, finding.failure, { at, isDecline: finding.isDecline });
    else await closeUnpaid(tx, order, { code: UNCONFIRMED, adviceCode: null }, { at });
    return { order: await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(key) }), wasForced };
  });
}

/** The attempt that counts as the one that was paid: the processor's, else the live one, else the last. */
async function findPaid(tx: Tx, order: ConfirmedOrder, finding: PaymentFinding): Promise<Attempt> {
  if (finding.state === 'paid') return finding.attempt;
  const last = await tx.paymentAttempt.findFirst({
    where: { companyId: order.companyId, orderId: order.id },
    orderBy: { number: 'desc' },
  });
  const attempt = (await findLiveAttempt(tx, order)) ?? last;
  if (attempt !== null && attempt.refundReason === null) return attempt;
  throw new RefillError(
    'order-unconfirmed',
    `${formatReference(order)} has no payment that could be credited.`,
  );
}

function requireOpen(row: OrderRow): ConfirmedOrder {
  if (row.state === 'unknown' || row.state === 'stuck') return toConfirmed(row);
  throw new RefillError(
    'order-not-open',
    `${formatReference(row)} is ${row.state}: only an order that is unknown or stuck is resolved.`,
  );
}

function unconfirmed(order: OrderRow, { isPaid }: Resolution, finding: PaymentFinding): RefillError {
  const reference = formatReference(order);
  if (finding.state === 'paid')
    return new RefillError(
      'order-unconfirmed',
      `The card processor says that ${reference} was paid. Credit it with --paid, or refund it afterwards: refill order refund.`,
    );
  const said =
    finding.state === 'open'
      ? `does not say whether ${reference} was paid`
      : `says that nothing of ${reference} was charged`;
  return new RefillError(
    'order-unconfirmed',
    `The card processor ${said}. To ${isPaid ? 'credit it' : 'close it unpaid'} all the same, add --force.`,
  );
}
