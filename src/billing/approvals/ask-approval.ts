import type { Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { toMicros } from '../../money.ts';
import { actorOf, approvalLimit, type Company, type Person, recordAudit } from '../../org/index.ts';
import { newToken } from '../../token.ts';
import type { PricedOrder } from '../orders/order.ts';
import { withLines } from '../orders/order-lines.ts';
import { moveOrder } from '../orders/order-state.ts';
import { readPayBy } from '../orders/pay-by.ts';
import { approvableOf, type StoredChange, type Subject } from './approvable.ts';
import { closeApproval } from './close-approval.ts';
import { listOtherApprovers } from './list-other-approvers.ts';
import { notifyApprovers } from './notify-approval.ts';
import type { ApprovalRow } from './read-approval.ts';
import { isSameChange, subjectOf } from './subject.ts';

/** How long a question waits for its answer. */
const ANSWER_WITHIN_MS = 3 * DAY_MS;

/**
 * Asks a second admin instead of charging: the order waits, and those who may answer get the question (R9). Nothing is
 * promised meanwhile, so it counts in no limit. The caller holds the company's lock and asked everything that may stand
 * against the purchase. Throws RefillError `changed-meanwhile`, and `no-approver` where no other admin could answer;
 * nothing is changed then.
 */
export async function askApproval(
  tx: Tx,
  person: Person,
  order: PricedOrder,
  surface: { viewId: string },
  at: Date,
): Promise<PricedOrder> {
  const waiting = await moveOrder(tx, order, 'awaiting_approval', {
    method: null,
    cardId: null,
    confirmedAt: null,
    failureCode: null,
    nextPollAt: null,
    viewId: surface.viewId,
  });
  const askedBy = actorOf(person);
  const subject = { approvable: approvableOf(waiting.kind), asked: await withLines(tx, waiting) };
  await ask(tx, person.company, { subject, order: waiting, askedBy }, at);
  return waiting;
}

/**
 * Asks a second admin instead of making a change that lets more be charged than the limit. The same change asked for
 * again is the question that is open; another one about the same subject takes its place. Throws as `askApproval`.
 */
export async function askForChange(
  tx: Tx,
  company: Company,
  { change, askedBy }: { change: StoredChange; askedBy: string },
  at: Date,
): Promise<void> {
  const subject = subjectOf(change);
  const subjectKey = subject.approvable.keyOf(subject.asked);
  const open = await tx.approval.findFirst({
    where: { companyId: company.id, subjectKey, state: 'open' },
  });
  if (open !== null) {
    if (isSameChange(open.change, change) && open.expiresAt > at) return;
    await supersede(tx, company, open, at);
  }
  await ask(tx, company, { subject, change, askedBy }, at);
}

/** Ends the question about a subject that was set otherwise meanwhile, where one is open. */
export async function supersedeQuestion(
  tx: Tx,
  company: Company,
  subjectKey: string,
  at: Date,
): Promise<void> {
  const open = await tx.approval.findFirst({ where: { companyId: company.id, subjectKey, state: 'open' } });
  if (open !== null) await supersede(tx, company, open, at);
}

async function supersede(tx: Tx, company: Company, open: ApprovalRow, at: Date): Promise<void> {
  await closeApproval(tx, company, open, { state: 'overtaken', decidedBy: null, at });
}

/** Of an order, or of a change. */
interface Question {
  subject: Subject;
  order?: PricedOrder;
  change?: StoredChange;
  askedBy: string;
}

async function ask(
  tx: Tx,
  company: Company,
  { subject, order, change, askedBy }: Question,
  at: Date,
): Promise<void> {
  const limit = approvalLimit(company);
  if (limit === null) throw new RangeError('no approval is needed');
  const { approvable, asked } = subject;
  const right = await approvable.rightToAnswer(tx, company, asked);
  const approvers = await listOtherApprovers(tx, company, right, askedBy);
  if (approvers.length === 0)
    throw new RefillError('no-approver', 'No other admin could approve this.', { limit });
  const { payBy, cardId } = await readPayBy(tx, company, at);
  const approval = await tx.approval.create({
    data: {
      companyId: company.id,
      token: newToken(),
      orderId: order?.id ?? null,
      subjectKey: approvable.keyOf(asked),
      ...(change === undefined ? {} : { change }),
      state: 'open',
      limitMicros: toMicros(limit),
      // As the question says that it is paid.
      method: payBy.method,
      cardId,
      askedBy,
      askedAt: at,
      expiresAt: new Date(at.getTime() + ANSWER_WITHIN_MS),
    },
  });
  await notifyApprovers(tx, company, { approval, subject, at }, approvers);
  await recordAudit(tx, {
    companyId: company.id,
    at,
    actor: askedBy,
    surface: askedBy === 'operator' ? 'operator' : 'slack',
    action: 'approval-asked',
    details: approvable.auditOf(asked),
  });
}
