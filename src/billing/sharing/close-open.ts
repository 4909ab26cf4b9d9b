import type { Tx } from '../../db/index.ts';
import { closeApproval } from '../approvals/close-approval.ts';
import { closeDrafts } from '../drafts/drafts.ts';
import { dropWaiting } from '../kinds/recharge/retry-recharge.ts';
import { WAITS_FOR_PERSON } from '../orders/order.ts';
import { closeRequest } from '../requests/answer-request.ts';
import { OF_RULES } from './read-sharing.ts';
import type { SharingState } from './types.ts';

/**
 * Ends whatever was begun for the credits as they were shared until now, and notifies those who wait for it: approvals,
 * requests, recharges that wait for their next try, purchases that were not confirmed or were declined, and modals that
 * are open. Questions about the company's own rules stay. The caller holds the company's lock.
 */
export async function closeWhatIsOpen(tx: Tx, { company }: SharingState, at: Date): Promise<void> {
  const companyId = company.id;
  const approvals = await tx.approval.findMany({
    where: { companyId, state: 'open', OR: [{ matter: null }, { matter: { notIn: OF_RULES } }] },
    orderBy: { id: 'asc' },
  });
  for (const approval of approvals)
    await closeApproval(tx, company, approval, {
      state: 'closed',
      closedFor: 'sharing',
      decidedBy: null,
      at,
    });
  const requests = await tx.creditRequest.findMany({
    where: { companyId, state: 'open' },
    orderBy: { id: 'asc' },
  });
  for (const request of requests)
    await closeRequest(tx, company, request, { state: 'closed', closedFor: 'sharing', by: null, at });
  const waiting = await tx.purchaseOrder.findMany({
    where: { companyId, kind: 'recharge', OR: [{ retryAt: { not: null } }, WAITS_FOR_PERSON] },
  });
  for (const order of waiting) await dropWaiting(tx, order, at, 'dropped');
  await tx.purchaseOrder.updateMany({
    where: { companyId, kind: 'purchase', state: { in: ['draft', 'declined'] } },
    data: { state: 'abandoned' },
  });
  await closeDrafts(tx, companyId, 'recharge');
}
