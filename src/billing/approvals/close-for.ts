import type { Tx } from '../../db/index.ts';
import type { ClosedFor } from '../../notices/index.ts';
import { actorOf, type Company, findPerson } from '../../org/index.ts';
import { closeApproval } from './close-approval.ts';
import type { ApprovalRow } from './read-approval.ts';
import { readSubject } from './subject.ts';

/**
 * Closes the open questions of somebody who lost a role, where what they asked for is not theirs to have any more (R30).
 * Under the company's lock.
 */
export async function closeApprovalsOf(
  tx: Tx,
  { company, who, at }: { company: Company; who: { teamId: string; userId: string }; at: Date },
): Promise<{ approvals: number }> {
  const person = await findPerson(tx, who);
  const open = await listOpen(tx, company.id, { askedBy: actorOf(who) });
  const lost = [];
  for (const approval of open) {
    const { approvable, asked } = await readSubject(tx, approval);
    if (person === null || !(await approvable.mayAsk(tx, person, asked))) lost.push(approval);
  }
  return await closeAll(tx, company, lost, 'requester', at);
}

/** Closes every open question of a company that leaves its workspace. Under the company's lock. */
export async function closeApprovalsForMove(
  tx: Tx,
  { company, at }: { company: Company; at: Date },
): Promise<{ approvals: number }> {
  return await closeAll(tx, company, await listOpen(tx, company.id), 'move', at);
}

/** Closes every open question of a company that is closed. Under the company's lock. */
export async function closeApprovalsForClosing(
  tx: Tx,
  { company, at }: { company: Company; at: Date },
): Promise<{ approvals: number }> {
  return await closeAll(tx, company, await listOpen(tx, company.id), 'closing', at);
}

/** Closes the open questions about credits that are about to be shared otherwise. Under the company's lock. */
export async function closeApprovalsOfCredits(
  tx: Tx,
  { company, at }: { company: Company; at: Date },
): Promise<void> {
  await closeAll(tx, company, await listApprovalsOfCredits(tx, company.id), 'sharing', at);
}

/** The open questions about some credits, without those about the company's own rules. */
export async function listApprovalsOfCredits(tx: Tx, companyId: bigint): Promise<ApprovalRow[]> {
  const found = [];
  for (const approval of await listOpen(tx, companyId)) {
    const { approvable, asked } = await readSubject(tx, approval);
    if (approvable.scopesOf(asked) !== null) found.push(approval);
  }
  return found;
}

async function listOpen(tx: Tx, companyId: bigint, of: { askedBy?: string } = {}): Promise<ApprovalRow[]> {
  return await tx.approval.findMany({ where: { companyId, state: 'open', ...of }, orderBy: { id: 'asc' } });
}

async function closeAll(
  tx: Tx,
  company: Company,
  open: readonly ApprovalRow[],
  closedFor: ClosedFor,
  at: Date,
): Promise<{ approvals: number }> {
  for (const approval of open)
    await closeApproval(tx, company, approval, { state: 'closed', closedFor, decidedBy: null, at });
  return { approvals: open.length };
}
