import type { Tx } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { type Company, recordAudit } from '../../org/index.ts';
import { enqueueShow } from '../order-jobs.ts';
import { keyOf } from '../order-rows.ts';
import type { ApprovalRow } from './read-approval.ts';
import { tellApproval } from './tell-approval.ts';

interface Answer {
  state: 'approved' | 'declined' | 'expired';
  /** `TEAM/USER`; null where nobody answered. */
  decidedBy: string | null;
  at: Date;
}

/**
 * Ends an open question and tells everybody who waits for it. What was not approved is over: its purchase is closed
 * and nothing is charged. The caller holds the company's lock and, for a yes, claimed the purchase.
 */
export async function closeApproval(
  tx: Tx,
  company: Company,
  open: ApprovalRow,
  { state, decidedBy, at }: Answer,
): Promise<ApprovalRow> {
  const { companyId } = open;
  const approval = await tx.approval.update({
    where: { companyId_id: { companyId, id: open.id } },
    data: { state, decidedBy, decidedAt: at },
  });
  const where = keyOf({ companyId, id: open.orderId });
  const order =
    state === 'approved'
      ? await tx.purchaseOrder.findUniqueOrThrow({ where })
      : await tx.purchaseOrder.update({ where, data: { state: 'abandoned' } });
  await tellApproval(tx, company, { approval, order, at });
  await enqueueShow(tx, order);
  if (state === 'approved') return approval;
  await recordAudit(tx, {
    companyId,
    at,
    actor: decidedBy ?? 'operator',
    surface: decidedBy === null ? 'operator' : 'slack',
    action: state === 'declined' ? 'approval-declined' : 'approval-expired',
    details: { order: order.id.toString(), amount: fromMicros(order.amountMicros ?? 0n).toFixed(2) },
  });
  return approval;
}
