import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromMicros, toMicros } from '../../money.ts';
import { postNotice } from '../../notices/index.ts';
import { findCompany, lockCompany, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { formatReceipt } from '../orders/order.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { reverseLostCredit } from './reverse-lost.ts';

type DisputeRow = NonNullable<Awaited<ReturnType<Tx['dispute']['findUnique']>>>;

/**
 * Follows a dispute as the processor has it now, whatever webhook woke us: an open one pauses the company's purchases
 * and recharges, a won one lets them go on, a lost one takes the credit back: its own rest, then other general credits,
 * then debt (R16), now or once the order is credited. Safe to call any number of times and in any order.
 */
export async function followDispute(deps: BillingDeps, disputeId: string): Promise<void> {
  const found = await gatewayFor(deps, null).findDispute(disputeId);
  const attempt = await deps.db.paymentAttempt.findUnique({ where: { intentId: found.intentId } });
  if (attempt === null) {
    deps.log.warn({ dispute: disputeId }, 'a payment that is no purchase of ours is disputed');
    return;
  }
  const { companyId, orderId } = attempt;
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const at = deps.clock.now();
    const known = await tx.dispute.findUnique({ where: { processorId: disputeId } });
    if (known !== null && (known.state !== 'open' || found.state === 'open')) return;
    const state = {
      state: found.state,
      amountMicros: toMicros(found.amount),
      closedAt: found.state === 'open' ? null : at,
    };
    const dispute = await tx.dispute.upsert({
      where: { processorId: disputeId },
      create: { companyId, orderId, processorId: disputeId, openedAt: at, ...state },
      update: state,
    });
    await reverseLostCredit(tx, { companyId, id: orderId }, at);
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'processor',
      surface: 'processor',
      action: `dispute-${found.state}`,
      details: { order: orderId.toString(), dispute: disputeId },
    });
    await tell(tx, dispute, found.state, at);
  });
}

/**
 * The operator lets a company buy and recharge again, whatever is disputed; answers how many disputes that was.
 * Throws RefillError `no-dispute` where none keeps it from that.
 */
export async function clearDisputes(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  companyId: bigint,
  reason: string,
): Promise<number> {
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const at = deps.clock.now();
    const standing = await tx.dispute.findMany({
      where: { companyId, state: { not: 'won' }, clearedAt: null },
    });
    if (standing.length === 0)
      throw new RefillError('no-dispute', `No dispute pauses the purchases of company ${companyId}.`);
    for (const dispute of standing) {
      await tx.dispute.update({ where: { processorId: dispute.processorId }, data: { clearedAt: at } });
      await tell(tx, dispute, 'cleared', at);
    }
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'disputes-cleared',
      reason,
      details: { disputes: standing.length },
    });
    return standing.length;
  });
}

async function tell(
  tx: Tx,
  dispute: DisputeRow,
  state: 'open' | 'won' | 'lost' | 'cleared',
  at: Date,
): Promise<void> {
  const company = await findCompany(tx, dispute.companyId);
  const order = await tx.purchaseOrder.findUniqueOrThrow({
    where: { companyId_id: { companyId: dispute.companyId, id: dispute.orderId } },
  });
  if (company === null) return;
  await postNotice(tx, {
    companyId: company.id,
    dedupeKey: `dispute:${dispute.id}`,
    at,
    facts: {
      kind: 'dispute',
      state,
      amount: fromMicros(order.amountMicros ?? 0n).toFixed(2),
      receipt: order.receiptNumber === null ? '' : formatReceipt(order.receiptNumber),
      at: at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}
