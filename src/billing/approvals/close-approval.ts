import type { ApprovalState, Tx } from '../../db/index.ts';
import type { ClosedFor } from '../../notices/index.ts';
import { type Company, haveSameMailbox, recordAudit, userOf } from '../../org/index.ts';
import { changedMeanwhile } from '../orders/judge-again.ts';
import { notifyOutcome } from './notify-approval.ts';
import type { ApprovalRow } from './read-approval.ts';
import { readSubject } from './subject.ts';

export interface Ending {
  state: Exclude<ApprovalState, 'open'>;
  /** `TEAM/USER`, or `operator`; null where no one answered. */
  decidedBy: string | null;
  at: Date;
  /** Since when who approved may do so, where that is news; see `findNewApprover`. */
  approverSince?: Date | null;
  /** Of `closed` alone. */
  closedFor?: ClosedFor;
  /** Why the operator answered as they did. */
  reason?: string;
}

/**
 * Ends an open question, updates its messages and notifies the requester. What was not approved is over: its purchase is
 * closed, its change is not made, and nothing is charged. The caller holds the company's lock and, for a yes, claimed the
 * purchase or made the change. Throws RefillError `changed-meanwhile` where the question is not open any more.
 */
export async function closeApproval(
  tx: Tx,
  company: Company,
  open: ApprovalRow,
  ending: Ending,
): Promise<ApprovalRow> {
  const { state, decidedBy, at, approverSince = null, closedFor = null, reason } = ending;
  const { companyId } = open;
  const [approval] = await tx.approval.updateManyAndReturn({
    where: { companyId, id: open.id, state: 'open' },
    data: { state, decidedBy, decidedAt: at, closedFor, reason: reason ?? null },
  });
  if (approval === undefined) throw changedMeanwhile('The request');
  const subject = await readSubject(tx, open);
  const { approvable, asked } = subject;
  await approvable.onClosed?.(tx, asked, state === 'approved');
  await notifyOutcome(tx, company, { approval, subject, at, approverSince });
  const isOperators = userOf(decidedBy) === null;
  await recordAudit(tx, {
    companyId,
    at,
    actor: decidedBy ?? 'operator',
    surface: isOperators ? 'operator' : 'slack',
    action: `approval-${state}`,
    ...(reason === undefined ? {} : { reason }),
    details: {
      approval: open.id.toString(),
      requestedBy: open.askedBy,
      ...approvable.auditOf(asked),
      ...(closedFor === null ? {} : { closedFor }),
      ...(approverSince === null ? {} : { approverSince: approverSince.toISOString() }),
      ...((await haveSameMailbox(tx, companyId, open.askedBy, decidedBy)) ? { sameEmail: true } : {}),
    },
  });
  return approval;
}
