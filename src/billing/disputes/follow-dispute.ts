import { inTransaction, type Tx } from '../../db/index.ts';
import { DAY_MS, MINUTE_MS } from '../../durations.ts';
import { toMicros } from '../../money.ts';
import { logMoneyEvent } from '../../money-events.ts';
import { lockCompany, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import type { GatewayDispute } from '../gateway.ts';
import { findAttemptOfIntent } from '../orders/attempts.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { followFresh } from '../processor/follow-fresh.ts';
import { followDisputeNotice } from '../reversals/dispute-notice.ts';
import { followOtherPayment, readOtherState } from '../reversals/other-payments.ts';
import { reversePayment } from '../reversals/reverse-payment.ts';
import { isDisputeTaken } from './dispute-claims.ts';
import { notifyDispute } from './notify-dispute.ts';

/** An open dispute is polled so often; a lost one daily, as it may be appealed. */
const POLL_EVERY_MS = 15 * MINUTE_MS;
const MAY_BE_APPEALED_MS = 120 * DAY_MS;

type DisputeRow = NonNullable<Awaited<ReturnType<Tx['dispute']['findUnique']>>>;

/**
 * Follows a dispute as the processor has it now, whatever woke us (R16): an inquiry informs, an open dispute pauses the
 * company's purchases and recharges, a won one lets them go on, a lost one takes the credit back, now or once the order
 * is credited; won after all, it gives that back. One of a payment that is no order's is followed by the feature whose payment it is,
 * else ignored. Safe to call any number of times and in any order.
 */
export async function followDispute(deps: BillingDeps, disputeId: string): Promise<void> {
  await followFresh({
    read: async () => ({
      row: await deps.db.dispute.findUnique({ where: { processorId: disputeId } }),
      other: await readOtherState(deps.db, disputeId),
    }),
    ask: () => gatewayFor(deps, null).findDispute(disputeId),
    apply: (found, known) => apply(deps, found, known),
  });
}

interface Known {
  row: DisputeRow | null;
  /** Its state where it is one of a payment that is no order's. */
  other: string | null;
}

async function apply(
  deps: BillingDeps,
  found: GatewayDispute,
  { row: known, other }: Known,
): Promise<boolean> {
  const attempt = await findAttemptOfIntent(deps.db, found.intentId);
  if (attempt === null) {
    const { id, intentId, state, amount, createdAt } = found;
    const nextPollAt = nextPollOf(state, createdAt, deps.clock.now());
    const claim = { kind: 'dispute', id, intentId, state, amount, nextPollAt } as const;
    return await followOtherPayment(deps, { ...claim, isTaken: isDisputeTaken(state) === true }, other);
  }
  const { companyId, orderId, number: attemptNumber } = attempt;
  const { state } = found;
  if (state === 'unknown') {
    await followDisputeNotice(deps.db, { companyId, processorId: found.id, state, at: deps.clock.now() });
    return true;
  }
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const at = deps.clock.now();
    const row = await tx.dispute.findUnique({ where: { processorId: found.id } });
    if (row?.state !== known?.state) return false;
    const isOpen = state === 'open' || state === 'inquiry';
    const data = {
      state,
      amountMicros: toMicros(found.amount),
      closedAt: isOpen ? null : (row?.closedAt ?? at),
      nextPollAt: nextPollOf(state, found.createdAt, at),
    };
    const dispute = await tx.dispute.upsert({
      where: { processorId: found.id },
      create: { companyId, orderId, attemptNumber, processorId: found.id, openedAt: at, ...data },
      update: data,
    });
    if (row?.state === state) return true;
    logMoneyEvent(tx, 'dispute-followed', {
      companyId,
      order: orderId,
      dispute: found.id,
      state,
      amount: found.amount,
    });
    await reversePayment(tx, { companyId, id: orderId }, at);
    await followDisputeNotice(tx, { companyId, processorId: found.id, state, at });
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'processor',
      surface: 'processor',
      action: `dispute-${state}`,
      details: { order: orderId.toString(), dispute: found.id },
    });
    // An inquiry that we hear of only once it is closed took nothing, and asks for nothing.
    if (state !== 'closed' || row !== null) await notifyDispute(tx, dispute, state, at);
    return true;
  });
}

function nextPollOf(state: GatewayDispute['state'], createdAt: Date, at: Date): Date | null {
  if (state === 'open' || state === 'inquiry') return new Date(at.getTime() + POLL_EVERY_MS);
  const isRecent = at.getTime() - createdAt.getTime() < MAY_BE_APPEALED_MS;
  return state === 'lost' && isRecent ? new Date(at.getTime() + DAY_MS) : null;
}
