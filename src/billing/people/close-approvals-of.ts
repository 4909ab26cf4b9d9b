import type { Tx } from '../../db/index.ts';
import {
  actorOf,
  type Company,
  findPerson,
  isCompanyAdmin,
  mayAnswer,
  type Person,
} from '../../org/index.ts';
import { closeApproval } from '../approvals/close-approval.ts';
import { readSubject, rightToAnswer, type Subject } from '../approvals/subject.ts';

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
    if (person !== null && (await mayAsk(tx, person, await readSubject(tx, approval)))) continue;
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

/**
 * Whether a person may have what they asked for. Purchases and amounts of auto-recharge are the buyers' of these credits;
 * the company's limits, recharge limits, resuming and bundles are the company admins' (R30).
 */
async function mayAsk(tx: Tx, person: Person, subject: Subject): Promise<boolean> {
  const isOfBuyers = 'order' in subject || subject.change.kind === 'recharge';
  if (!isOfBuyers) return isCompanyAdmin(person);
  return mayAnswer(person, await rightToAnswer(tx, person.company, subject));
}
