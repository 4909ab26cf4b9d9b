import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromMicros } from '../../money.ts';
import { actorOf, type Company, canBuyFor, lockForPerson, type Person, userOf } from '../../org/index.ts';
import { claimOrder } from '../claim-order.ts';
import { judgeAgain } from '../judge-again.ts';
import { type OrderRow, scopeOf } from '../order-rows.ts';
import { readPayBy } from '../pay-by.ts';
import { assertMayBuy } from '../review-purchase.ts';
import type { ApprovalFacts, BillingDeps } from '../types.ts';
import { closeApproval } from './close-approval.ts';
import { makeApprovedChange } from './make-change.ts';
import { type ApprovalRow, describeApproval } from './read-approval.ts';
import { chargesAtOnce, findAsker, listApprovers, mayAnswer, readSubject, type Subject } from './subject.ts';
import { tellApproval } from './tell-approval.ts';

export interface ApprovalOutcome {
  /**
   * `already`: somebody was first, or its time is over; the facts say who and when. `review-again`: it would be paid
   * otherwise than the question said; the question says how by now, and is still open.
   */
  outcome: 'decided' | 'already' | 'review-again';
  approval: ApprovalFacts;
}

/**
 * A second admin's answer (R9). One-shot: of two clicks the first counts, the other gets `already`. Who decides must
 * be able to buy for these credits themselves, and is never who asked. A yes asks again, under the company's lock,
 * whatever may stand against it, and then charges the purchase, or makes the change, the way it always is; a no charges
 * and changes nothing. A yes is to what the question says: where it would be charged to another card by now, the question
 * is brought up to date and nothing is charged. Throws RefillError `not-allowed`, `approval-unknown`, `not-approver`, `approver-is-requester`,
 * `requester-may-not` (whoever asked may not do it there any more), and what the purchase or the change itself throws;
 * the question stays open then.
 */
export async function decideApproval(
  deps: BillingDeps,
  asked: Person,
  token: string,
  answer: 'approved' | 'declined',
): Promise<ApprovalOutcome> {
  const at = deps.clock.now();
  return await judgeAgain(() =>
    inTransaction(deps.db, async (tx) => {
      const person = await lockForPerson(tx, asked);
      const { company } = person;
      const found = await tx.approval.findFirst({ where: { token, companyId: company.id } });
      if (found === null) throw new RefillError('approval-unknown', 'That question is not known any more.');
      const subject = await readSubject(tx, found);
      if (!mayAnswer(person, subject)) {
        throw new RefillError('not-approver', 'Only admins who may do that themselves decide.', {
          approvers: (await listApprovers(tx, company, subject)).filter(
            (userId) => userId !== userOf(found.askedBy),
          ),
        });
      }
      if (found.state !== 'open') return { outcome: 'already', approval: await describeApproval(tx, found) };
      if (found.expiresAt <= at) {
        const over = await closeApproval(tx, company, found, { state: 'expired', decidedBy: null, at });
        return { outcome: 'already', approval: await describeApproval(tx, over) };
      }
      const decidedBy = actorOf(person);
      if (decidedBy === found.askedBy)
        throw new RefillError('approver-is-requester', 'Another admin decides about one’s own request.');
      if (answer === 'approved' && (await isPaidOtherwise(tx, company, found, subject, at)))
        return { outcome: 'review-again', approval: await askAnew(tx, company, found, subject, at) };
      if (answer === 'approved') await approve(deps, tx, { approval: found, subject, decidedBy, at });
      const closed = await closeApproval(tx, company, found, { state: answer, decidedBy, at });
      return { outcome: 'decided', approval: await describeApproval(tx, closed) };
    }),
  );
}

/** Whether a yes would charge something now, and not to what the question says: the approver sees that first (R9). */
async function isPaidOtherwise(
  tx: Tx,
  company: Company,
  { method, cardId }: ApprovalRow,
  subject: Subject,
  at: Date,
): Promise<boolean> {
  if (!chargesAtOnce(subject)) return false;
  const now = await readPayBy(tx, company, at);
  const canBePaid = now.payBy.method === 'invoice' || now.cardId !== null;
  return canBePaid && (now.payBy.method !== method || now.cardId !== cardId);
}

/** The same question with how it would be paid by now. */
async function askAnew(
  tx: Tx,
  company: Company,
  open: ApprovalRow,
  subject: Subject,
  at: Date,
): Promise<ApprovalFacts> {
  const { payBy, cardId } = await readPayBy(tx, company, at);
  const approval = await tx.approval.update({
    where: { companyId_id: { companyId: open.companyId, id: open.id } },
    data: { method: payBy.method, cardId },
  });
  await tellApproval(tx, company, { approval, subject, at });
  return await describeApproval(tx, approval);
}

async function approve(
  deps: BillingDeps,
  tx: Tx,
  yes: { approval: ApprovalRow; subject: Subject; decidedBy: string; at: Date },
): Promise<void> {
  const { approval, subject, decidedBy, at } = yes;
  try {
    if ('change' in subject) await makeApprovedChange(tx, approval, subject.change, { decidedBy, at });
    else await claimApproved(deps, tx, approval, { order: subject.order, decidedBy, at });
  } catch (error) {
    const isRight = error instanceof RefillError && ['not-allowed', 'cap-not-yours'].includes(error.code);
    if (!isRight) throw error;
    throw new RefillError('requester-may-not', 'Whoever asked may not do that any more.');
  }
}

async function claimApproved(
  deps: BillingDeps,
  tx: Tx,
  approval: ApprovalRow,
  { order, decidedBy, at }: { order: OrderRow; decidedBy: string; at: Date },
): Promise<void> {
  const buyer = await findAsker(tx, approval);
  const scope = scopeOf(order);
  if (!canBuyFor(buyer, scope))
    throw new RefillError('requester-may-not', 'Whoever asked may not add these credits any more.');
  await assertMayBuy(tx, buyer, { scope, amount: fromMicros(order.amountMicros ?? 0n) }, at);
  await claimOrder(deps, tx, order, {
    payment: await readPayBy(tx, buyer.company, at),
    actor: decidedBy,
    action: 'purchase-approved',
    viewId: order.viewId,
    at,
  });
}
