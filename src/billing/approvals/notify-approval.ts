import type { Queryable, Tx } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { type NoticeFacts, postNotice, postQuestion, updateQuestion } from '../../notices/index.ts';
import {
  type Approver,
  type Company,
  labelScope,
  labelScopes,
  listOffices,
  readActor,
  userOf,
} from '../../org/index.ts';
import { readPayBy } from '../orders/pay-by.ts';
import type { Subject } from './approvable.ts';
import { type ApprovalRow, approvalKey } from './read-approval.ts';

interface Asked {
  approval: ApprovalRow;
  subject: Subject;
  at: Date;
}

/** What the messages of a question show. */
export type QuestionFacts = Extract<NoticeFacts, { kind: 'approval' }>;

/**
 * Asks those who may answer, by direct message and in the channel; all of these messages are updated in place once the
 * question ends.
 */
export async function notifyApprovers(
  tx: Tx,
  company: Company,
  asked: Asked,
  approvers: readonly Approver[],
): Promise<void> {
  const { teamId } = await tx.workspace.findUniqueOrThrow({ where: { companyId: company.id } });
  const facts = await readQuestionFacts(tx, company, asked);
  const question = { companyId: company.id, dedupeKey: approvalKey(asked.approval), facts, at: asked.at };
  await postQuestion(tx, question, { teamId, userIds: approvers.map(({ userId }) => userId) });
}

/** Updates every message about a question that has ended, and notifies the requester. */
export async function notifyOutcome(
  tx: Tx,
  company: Company,
  asked: Asked & { approverSince: Date | null },
): Promise<void> {
  const { approval, at, approverSince } = asked;
  const base = await readQuestionFacts(tx, company, asked);
  const facts = { ...base, approverSince: approverSince?.toISOString() ?? null };
  const question = { companyId: company.id, dedupeKey: approvalKey(approval), facts, at };
  await updateQuestion(tx, question);
  const { teamId, userId } = readActor(approval.askedBy);
  if (approval.state === 'overtaken' || userId === '') return;
  await postNotice(tx, {
    ...question,
    dedupeKey: `${question.dedupeKey}:answer`,
    facts: { ...facts, kind: 'approval_answer' },
    to: { teamId, channelId: userId },
  });
}

/** A question as its messages show it. */
export async function readQuestionFacts(
  db: Queryable,
  company: Company,
  { approval, subject, at }: Asked,
): Promise<QuestionFacts> {
  const offices = await listOffices(db, company.id);
  const { payBy } = await readPayBy(db, company, at);
  const { approvable, asked } = subject;
  const scopes = approvable.scopesOf(asked) ?? [{ kind: 'company' }];
  return {
    kind: 'approval',
    state: approval.state,
    closedFor: approval.closedFor as QuestionFacts['closedFor'],
    token: approval.token,
    byUserId: userOf(approval.askedBy),
    scopeLabel: labelScopes({ company, offices }, scopes),
    lines: (approvable.linesOf?.(asked) ?? []).map(({ scope, amount }) => ({
      scopeLabel: labelScope({ company, offices }, scope),
      amount: amount.toFixed(2),
    })),
    amount: approvable.amountOf(asked),
    limit: fromMicros(approval.limitMicros).toFixed(2),
    change: approvable.describe(asked),
    payBy:
      payBy.method === 'card' && payBy.card !== null
        ? { method: 'card', brand: payBy.card.brand, last4: payBy.card.last4 }
        : { method: 'invoice' },
    askedAt: approval.askedAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    answererIds: [],
    moreAnswerers: 0,
    decidedBy: userOf(approval.decidedBy),
    decidedAt: approval.decidedAt?.toISOString() ?? null,
    approverSince: null,
    reason: approval.reason,
    timeZone: company.timeZone,
  };
}
