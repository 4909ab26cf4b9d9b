import type { Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { toMicros } from '../../money.ts';
import { actorOf, approvalLimit, type Company, type Person, recordAudit } from '../../org/index.ts';
import { newToken } from '../../token.ts';
import { moveOrder } from '../orders/confirm.ts';
import type { OrderRow } from '../orders/order.ts';
import { readPayBy } from '../orders/pay-by.ts';
import { closeApproval } from './close-approval.ts';
import { listOtherApprovers } from './list-other-approvers.ts';
import { notifyApprovers } from './notify-approval.ts';
import type { ApprovalRow } from './read-approval.ts';
import {
  type Change,
  describeSubject,
  isSameChange,
  readSubject,
  rightToAnswer,
  type Subject,
  subjectKeyOf,
} from './subject.ts';

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
  order: OrderRow,
  surface: { viewId: string },
  at: Date,
): Promise<OrderRow> {
  const waiting = await moveOrder(tx, order, {
    state: 'awaiting_approval',
    method: null,
    cardId: null,
    confirmedAt: null,
    failureCode: null,
    nextLookAt: null,
    viewId: surface.viewId,
  });
  const askedBy = actorOf(person);
  await ask(tx, person.company, { subject: { order: waiting }, askedBy }, at);
  return waiting;
}

/**
 * Asks a second admin instead of making a change that lets more be charged than the limit. The same change asked for
 * again is the question that is open; another one about the same matter takes its place. Throws as `askApproval`.
 */
export async function askForChange(
  tx: Tx,
  company: Company,
  { change, askedBy }: { change: Change; askedBy: string },
  at: Date,
): Promise<void> {
  const open = await tx.approval.findFirst({
    where: { companyId: company.id, matter: subjectKeyOf(change), state: 'open' },
  });
  if (open !== null) {
    const asked = await readSubject(tx, open);
    const isSame = 'change' in asked && isSameChange(asked.change, change);
    if (isSame && open.expiresAt > at) return;
    await overtake(tx, company, open, at);
  }
  await ask(tx, company, { subject: { change }, askedBy }, at);
}

/** Ends the question about a matter that was set otherwise meanwhile, where one is open. */
export async function supersedeQuestion(tx: Tx, company: Company, matter: string, at: Date): Promise<void> {
  const open = await tx.approval.findFirst({ where: { companyId: company.id, matter, state: 'open' } });
  if (open !== null) await overtake(tx, company, open, at);
}

async function overtake(tx: Tx, company: Company, open: ApprovalRow, at: Date): Promise<void> {
  await closeApproval(tx, company, open, { state: 'overtaken', decidedBy: null, at });
}

async function ask(
  tx: Tx,
  company: Company,
  { subject, askedBy }: { subject: Subject; askedBy: string },
  at: Date,
): Promise<void> {
  const limit = approvalLimit(company);
  if (limit === null) throw new RangeError('no approval is needed');
  const right = await rightToAnswer(tx, company, subject);
  const approvers = await listOtherApprovers(tx, company, right, askedBy);
  if (approvers.length === 0)
    throw new RefillError('no-approver', 'No other admin could approve this.', { limit });
  const { payBy, cardId } = await readPayBy(tx, company, at);
  const approval = await tx.approval.create({
    data: {
      companyId: company.id,
      token: newToken(),
      ...('order' in subject
        ? { orderId: subject.order.id }
        : { change: subject.change, matter: subjectKeyOf(subject.change) }),
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
    details: describeSubject(subject),
  });
}
