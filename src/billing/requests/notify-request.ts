import type { Tx } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import { type NoticeFacts, postNotice, postQuestion, updateQuestion } from '../../notices/index.ts';
import { type Company, labelScope, listOffices, readActor, userOf } from '../../org/index.ts';
import { scopeOf } from '../orders/order.ts';
import type { RequestRow } from './read-request.ts';

type Facts = Extract<NoticeFacts, { kind: 'credit_request' }>;

/** Where a request went: the channel, where the company chose one, and those who have it by direct message. */
export interface RequestSent {
  channelId: string | null;
  userIds: string[];
}

/** Asks those who may add the credits; the messages are updated in place once the request ends. */
export async function notifyAnswerers(
  tx: Tx,
  company: Company,
  request: RequestRow,
  { userIds, at }: { userIds: readonly string[]; at: Date },
): Promise<RequestSent> {
  const facts = await factsOf(tx, company, request, null);
  const { teamId } = readActor(request.askedBy);
  return await postQuestion(tx, questionOf(request, facts, at), { teamId, userIds });
}

/** Updates every message about a request that has ended, and notifies the requester. `bought`: what was added for it. */
export async function notifyAnswer(
  tx: Tx,
  company: Company,
  request: RequestRow,
  { bought, at }: { bought: Money | null; at: Date },
): Promise<void> {
  const facts = await factsOf(tx, company, request, bought);
  const question = questionOf(request, facts, at);
  await updateQuestion(tx, question);
  const { teamId, userId } = readActor(request.askedBy);
  await postNotice(tx, {
    ...question,
    dedupeKey: `${question.dedupeKey}:answer`,
    facts: { ...facts, kind: 'credit_request_answer' },
    to: { teamId, channelId: userId },
  });
}

function questionOf(request: RequestRow, facts: Facts, at: Date) {
  return { companyId: request.companyId, dedupeKey: `request:${request.id}`, facts, at };
}

async function factsOf(tx: Tx, company: Company, request: RequestRow, bought: Money | null): Promise<Facts> {
  const offices = await listOffices(tx, company.id);
  return {
    kind: 'credit_request',
    state: request.state,
    closedFor: request.closedFor as Facts['closedFor'],
    token: request.token,
    byUserId: readActor(request.askedBy).userId,
    scopeLabel: labelScope({ company, offices }, scopeOf(request)),
    amount: request.amountMicros === null ? null : fromMicros(request.amountMicros).toFixed(2),
    reason: request.reason,
    bought: bought?.toFixed(2) ?? null,
    answererIds: [],
    moreAnswerers: 0,
    answeredBy: userOf(request.answeredBy),
    answeredAt: request.answeredAt?.toISOString() ?? null,
    answer: request.answer,
    askedAt: request.askedAt.toISOString(),
    timeZone: company.timeZone,
  };
}
