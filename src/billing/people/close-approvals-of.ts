import type { Tx } from '../../db/index.ts';
import { actorOf, type Company, canBuyFor, findPerson, isCompanyAdmin } from '../../org/index.ts';
import { closeApproval } from '../approval/close-approval.ts';
import { readSubject, scopeOfSubject } from '../approval/subject.ts';

/**
 * Closes the open questions of somebody who lost a role, where what they asked for is not theirs to have any more.
 * The caller holds the company's lock. Returns how many.
 */
export async function closeApprovalsOf(
  tx: Tx,
  company: Company,
  who: { teamId: string; userId: string },
  at: Date,
): Promise<number> {
  const person = await findPerson(tx, who);
  const open = await tx.approval.findMany({
    where: { companyId: company.id, askedBy: actorOf(who), state: 'open' },
    orderBy: { id: 'asc' },
  });
  let closed = 0;
  for (const approval of open) {
    const scope = scopeOfSubject(await readSubject(tx, approval));
    const mayAsk = person !== null && (scope === null ? isCompanyAdmin(person) : canBuyFor(person, scope));
    if (mayAsk) continue;
    await closeApproval(tx, company, approval, {
      state: 'closed',
      closedFor: 'requester',
      decidedBy: null,
      at,
    });
    closed += 1;
  }
  return closed;
}
