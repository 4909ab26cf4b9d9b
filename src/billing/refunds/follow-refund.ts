import { inTransaction, type Tx } from '../../db/index.ts';
import { DAY_MS, MINUTE_MS } from '../../durations.ts';
import { toMicros } from '../../money.ts';
import { logMoneyEvent } from '../../money-events.ts';
import { lockCompany, raiseOperatorNotice, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import type { GatewayRefund } from '../gateway.ts';
import { findAttemptOfIntent } from '../orders/attempts.ts';
import { formatReference } from '../orders/order.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { followFresh } from '../processor/follow-fresh.ts';
import { followOtherPayment, readOtherState } from '../reversals/other-payments.ts';
import { reversePayment } from '../reversals/reverse-payment.ts';
import { linkOperatorRefund } from './operator-refund.ts';
import { isRefundTaken } from './refund-claims.ts';

/** An open refund is polled so often; one that arrived daily, as its bank may still send it back. */
const POLL_EVERY_MS = 15 * MINUTE_MS;
const MAY_FAIL_FOR_MS = 30 * DAY_MS;

type RefundRow = NonNullable<Awaited<ReturnType<Tx['refund']['findUnique']>>>;

/**
 * Follows a refund as the processor has it now, whatever woke us: it takes its share of the payment's credit once it is
 * on its way, and gives it back where it failed (R16). One of a payment that is no order's is followed by the feature whose
 * payment it is, else ignored. Safe to call any number of times and in any order.
 */
export async function followRefund(deps: BillingDeps, refundId: string): Promise<void> {
  await followFresh({
    read: async () => ({
      row: await deps.db.refund.findUnique({ where: { processorId: refundId } }),
      other: await readOtherState(deps.db, refundId),
    }),
    ask: () => gatewayFor(deps, null).findRefund(refundId),
    apply: (found, known) => apply(deps, found, known),
  });
}

interface Known {
  row: RefundRow | null;
  /** Its state where it is one of a payment that is no order's. */
  other: string | null;
}

async function apply(
  deps: BillingDeps,
  found: GatewayRefund,
  { row: known, other }: Known,
): Promise<boolean> {
  const attempt = await findAttemptOfIntent(deps.db, found.intentId);
  if (attempt === null) {
    const { id, intentId, state, amount } = found;
    const at = deps.clock.now();
    const claim = { kind: 'refund', id, intentId, state, amount, nextPollAt: nextPollOf(found, at) } as const;
    return await followOtherPayment(deps, { ...claim, isTaken: isRefundTaken(state) === true }, other);
  }
  if (attempt.refundReason !== null) return await followLateRefund(deps, found, attempt);
  const { companyId, orderId, number: attemptNumber } = attempt;
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const at = deps.clock.now();
    const row = await tx.refund.findUnique({ where: { processorId: found.id } });
    if (row?.state !== known?.state) return false;
    const data = {
      state: found.state,
      failureReason: found.failureReason,
      nextPollAt: nextPollOf(found, at),
    };
    await tx.refund.upsert({
      where: { processorId: found.id },
      create: {
        companyId,
        orderId,
        attemptNumber,
        processorId: found.id,
        amountMicros: toMicros(found.amount),
        createdAt: found.createdAt,
        noticedAt: at,
        ...data,
      },
      update: data,
    });
    await linkOperatorRefund(tx, found);
    if (row?.state === found.state) return true;
    const { id: refund, state, amount } = found;
    logMoneyEvent(tx, 'refund-followed', { companyId, order: orderId, refund, state, amount });
    await reversePayment(tx, { companyId, id: orderId }, at);
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'processor',
      surface: 'processor',
      action: `refund-${found.state}`,
      details: { order: orderId.toString(), refund: found.id, amount: found.amount.toFixed(2) },
    });
    return true;
  });
}

/** A payment that came through late credited nothing, so its refund takes nothing; the operator mends one that failed. */
async function followLateRefund(
  { db, clock }: BillingDeps,
  { id, state, intentId }: GatewayRefund,
  { companyId, orderId, number }: { companyId: bigint; orderId: bigint; number: number },
): Promise<true> {
  if (state === 'failed' || state === 'canceled')
    await raiseOperatorNotice(db, {
      kind: 'late-payment-not-refunded',
      companyId,
      subject: `${formatReference({ id: orderId })}/${number}`,
      details: { intent: intentId ?? '', refund: id },
      at: clock.now(),
    });
  return true;
}

function nextPollOf({ state, createdAt }: GatewayRefund, at: Date): Date | null {
  if (state === 'pending' || state === 'requires_action') return new Date(at.getTime() + POLL_EVERY_MS);
  const isRecent = at.getTime() - createdAt.getTime() < MAY_FAIL_FOR_MS;
  return state === 'succeeded' && isRecent ? new Date(at.getTime() + DAY_MS) : null;
}
