import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import {
  type AnswerRight,
  actingOperator,
  actorOf,
  type Company,
  findCompany,
  lockCompany,
  lockForPerson,
  mayAnswer,
  type Person,
} from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { judgeAgain } from '../orders/judge-again.ts';
import { readPayBy } from '../orders/pay-by.ts';
import type { Subject } from './approvable.ts';
import { closeApproval, type Ending } from './close-approval.ts';
import { isRequester } from './is-requester.ts';
import { findNewApprover, listOtherApprovers } from './list-other-approvers.ts';
import { notifyApprovers } from './notify-approval.ts';
import { type ApprovalFacts, type ApprovalRow, describeApproval } from './read-approval.ts';
import { readSubject } from './subject.ts';

export interface ApprovalOutcome {
  /**
   * `already`: somebody was first, or its time is over; the facts say who and when. `review-again`: it would be paid
   * otherwise than the question said; the question says how by now, and is still open.
   */
  outcome: 'decided' | 'already' | 'review-again';
  approval: ApprovalFacts;
}

type Deps = Pick<BillingDeps, 'db' | 'clock' | 'log'>;

/** An open question, with what it is about and who may answer it now. */
interface Asked {
  company: Company;
  approval: ApprovalRow;
  subject: Subject;
  right: AnswerRight;
  at: Date;
}

/**
 * A second admin's answer (R9). One-shot: of two clicks the first counts, the other gets `already`. Who answers has the
 * right to, read under the company's lock, and is never the requester. A yes checks under the same lock everything that
 * may stand against it, then charges the purchase or makes the change as without a question; a no charges and changes
 * nothing. A yes is to what the question says: where it would be charged to another card by now, the question is updated
 * and nothing is charged. Throws RefillError `not-allowed`, `approval-unknown`, `not-approver`, `approver-is-requester`,
 * `requester-may-not` (the requester has lost the right), and what the purchase or the change itself throws; the question
 * stays open then. Applies R9.10, R9.11 and R9.16.
 */
export async function decideApproval(
  deps: Deps,
  who: Person,
  token: string,
  answer: 'approved' | 'declined',
): Promise<ApprovalOutcome> {
  const at = deps.clock.now();
  return await judgeAgain(() =>
    inTransaction(deps.db, async (tx) => {
      const person = await lockForPerson(tx, who);
      const found = await tx.approval.findFirst({ where: { token, companyId: person.company.id } });
      const asked = await readAsked(tx, person.company, found, at);
      await assertMayAnswer(tx, person, asked);
      const { company, approval, right } = asked;
      const decidedBy = actorOf(person);
      if (approval.state === 'open' && approval.expiresAt > at && decidedBy === approval.askedBy)
        throw new RefillError('approver-is-requester', 'Another admin answers one’s own request.');
      const approver = { userId: person.userId, at };
      const approverSince =
        answer === 'approved' ? await findNewApprover(tx, company, right, approver) : null;
      return await conclude(deps, tx, asked, { state: answer, decidedBy, at, approverSince });
    }),
  );
}

/**
 * The operator's answer, for a company without a second admin (R30): recorded with its reason. Never about
 * what the operator or the requester, by their own name, asked. Throws RefillError `company-unknown`, and as
 * `decideApproval`.
 */
export async function decideAsOperator(
  deps: Deps,
  { companyId, approvalId }: { companyId: bigint; approvalId: bigint },
  answer: 'approved' | 'declined',
  reason: string,
): Promise<ApprovalOutcome> {
  const at = deps.clock.now();
  return await judgeAgain(() =>
    inTransaction(deps.db, async (tx) => {
      await lockCompany(tx, companyId);
      const company = await findCompany(tx, companyId);
      if (company === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
      const found = await tx.approval.findFirst({ where: { id: approvalId, companyId } });
      const asked = await readAsked(tx, company, found, at);
      if (await isRequester(tx, asked.approval, actingOperator()))
        throw new RefillError(
          'approver-is-requester',
          'The requester cannot answer their own request. Someone else has to.',
        );
      return await conclude(deps, tx, asked, { state: answer, decidedBy: 'operator', at, reason });
    }),
  );
}

async function readAsked(tx: Tx, company: Company, approval: ApprovalRow | null, at: Date): Promise<Asked> {
  if (approval === null) throw new RefillError('approval-unknown', 'There is no such request any more.');
  const subject = await readSubject(tx, approval);
  const right = await subject.approvable.rightToAnswer(tx, company, subject.asked);
  return { company, approval, subject, right, at };
}

async function assertMayAnswer(tx: Tx, person: Person, { company, approval, right }: Asked): Promise<void> {
  if (mayAnswer(person, right)) return;
  throw new RefillError('not-approver', 'Only admins who may do that themselves answer.', {
    approvers: (await listOtherApprovers(tx, company, right, approval.askedBy)).map(({ userId }) => userId),
    isCompanyWide: right === 'company_admins',
  });
}

/** Makes an answer count once, by whoever has the right to give it. */
async function conclude(
  deps: Deps,
  tx: Tx,
  asked: Asked,
  ending: Ending & { decidedBy: string },
): Promise<ApprovalOutcome> {
  const { company, approval, at } = asked;
  if (approval.state !== 'open')
    return { outcome: 'already', approval: await describeApproval(tx, approval) };
  if (approval.expiresAt <= at) {
    const over = await closeApproval(tx, company, approval, { state: 'expired', decidedBy: null, at });
    return { outcome: 'already', approval: await describeApproval(tx, over) };
  }
  if (ending.state === 'approved') {
    if (await isPaidOtherwise(tx, asked))
      return { outcome: 'review-again', approval: await askAnew(tx, asked) };
    await approve(deps, tx, asked, ending.decidedBy);
  }
  const closed = await closeApproval(tx, company, approval, ending);
  return { outcome: 'decided', approval: await describeApproval(tx, closed) };
}

/** Whether a yes would charge something now, and not to what the question says: the approver sees that first (R9). */
async function isPaidOtherwise(tx: Tx, { company, approval, subject, at }: Asked): Promise<boolean> {
  if (!subject.approvable.chargesAtOnce(subject.asked)) return false;
  const now = await readPayBy(tx, company, at);
  const canBePaid = now.payBy.method === 'invoice' || now.cardId !== null;
  return canBePaid && (now.payBy.method !== approval.method || now.cardId !== approval.cardId);
}

/** The same question with how it would be paid by now. */
async function askAnew(
  tx: Tx,
  { company, approval: open, subject, right, at }: Asked,
): Promise<ApprovalFacts> {
  const { payBy, cardId } = await readPayBy(tx, company, at);
  const approval = await tx.approval.update({
    where: { companyId_id: { companyId: open.companyId, id: open.id } },
    data: { method: payBy.method, cardId },
  });
  const approvers = await listOtherApprovers(tx, company, right, open.askedBy);
  await notifyApprovers(tx, company, { approval, subject, at }, approvers);
  return await describeApproval(tx, approval);
}

async function approve(
  { log }: Deps,
  tx: Tx,
  { approval, subject, at }: Asked,
  decidedBy: string,
): Promise<void> {
  try {
    await subject.approvable.apply(tx, subject.asked, { approval, decidedBy, at, log });
  } catch (error) {
    const isRight = error instanceof RefillError && RIGHTS.has(error.code);
    if (!isRight) throw error;
    throw new RefillError('requester-may-not', 'The requester may not do that any more.');
  }
}

const RIGHTS = new Set(['not-allowed', 'cap-not-yours', 'resume-not-yours']);
