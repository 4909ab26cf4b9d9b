import type { Tx } from '../../db/index.ts';
import { type Company, recordAudit } from '../../org/index.ts';
import { moveOrder } from '../claim-order.ts';
import { changedMeanwhile } from '../judge-again.ts';
import { enqueueShow } from '../order-jobs.ts';
import type { ApprovalRow } from './read-approval.ts';
import { describeSubject, readSubject, type Subject } from './subject.ts';
import { tellApproval } from './tell-approval.ts';

interface Answer {
  state: 'approved' | 'declined' | 'expired' | 'overtaken';
  /** `TEAM/USER`; null where nobody answered. */
  decidedBy: string | null;
  at: Date;
}

/**
 * Ends an open question and tells everybody who waits for it. What was not approved is over: its purchase is closed,
 * its change is not made, and nothing is charged. The caller holds the company's lock and, for a yes, claimed the
 * purchase or made the change. Throws RefillError `changed-meanwhile` where the question is not open any more.
 */
export async function closeApproval(
  tx: Tx,
  company: Company,
  open: ApprovalRow,
  { state, decidedBy, at }: Answer,
): Promise<ApprovalRow> {
  const { companyId } = open;
  const [approval] = await tx.approval.updateManyAndReturn({
    where: { companyId, id: open.id, state: 'open' },
    data: { state, decidedBy, decidedAt: at },
  });
  if (approval === undefined) throw changedMeanwhile('The request');
  const subject = await settleSubject(tx, open, state);
  await tellApproval(tx, company, { approval, subject, at });
  if (state === 'approved') return approval;
  await recordAudit(tx, {
    companyId,
    at,
    actor: decidedBy ?? 'operator',
    surface: decidedBy === null ? 'operator' : 'slack',
    action: `approval-${state}`,
    details: describeSubject(subject),
  });
  return approval;
}

/** Closes the purchase that was not approved, and draws the window that waits for it. */
async function settleSubject(tx: Tx, open: ApprovalRow, state: Answer['state']): Promise<Subject> {
  const subject = await readSubject(tx, open);
  if ('change' in subject) return subject;
  const order =
    state === 'approved' ? subject.order : await moveOrder(tx, subject.order, { state: 'abandoned' });
  await enqueueShow(tx, order);
  return { order };
}
