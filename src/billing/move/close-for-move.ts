import type { Tx } from '../../db/index.ts';
import type { Company } from '../../org/index.ts';
import { closeApproval } from '../approvals/close-approval.ts';
import { closeDrafts } from '../drafts/drafts.ts';
import { closeRequest } from '../requests/answer-request.ts';

/**
 * Closes what people of the workspace that a company leaves began and cannot finish: approvals, requests, purchases that
 * nobody confirmed, open forms and links to the card page. What is being charged is seen through. The caller holds the
 * company's lock.
 */
export async function closeForMove(
  tx: Tx,
  company: Company,
  at: Date,
): Promise<{ approvals: number; requests: number; drafts: number }> {
  const companyId = company.id;
  const open = { where: { companyId, state: 'open' }, orderBy: { id: 'asc' as const } };
  const approvals = await tx.approval.findMany(open);
  for (const approval of approvals)
    await closeApproval(tx, company, approval, { state: 'closed', closedFor: 'move', decidedBy: null, at });
  const requests = await tx.creditRequest.findMany(open);
  for (const request of requests)
    await closeRequest(tx, company, request, { state: 'closed', closedFor: 'move', by: null, at });
  const drafts = await tx.purchaseOrder.updateMany({
    where: { companyId, kind: 'purchase', state: { in: ['draft', 'declined'] } },
    data: { state: 'abandoned' },
  });
  await tx.purchaseOrder.updateMany({ where: { companyId }, data: { viewId: null, replyUrl: null } });
  await closeDrafts(tx, companyId);
  await tx.cardLink.updateMany({
    where: { companyId, completedAt: null, expiresAt: { gt: at } },
    data: { expiresAt: at },
  });
  return { approvals: approvals.length, requests: requests.length, drafts: drafts.count };
}
