import type { Tx } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { type NoticeFacts, postNotice } from '../../notices/index.ts';
import { type Company, labelScope, listOffices, readActor, userOf } from '../../org/index.ts';
import { readPayBy } from '../pay-by.ts';
import { type ApprovalRow, approvalKey } from './read-approval.ts';
import { amountOf, type Subject, scopeOfSubject } from './subject.ts';

interface Told {
  approval: ApprovalRow;
  subject: Subject;
  at: Date;
}

type Facts = Extract<NoticeFacts, { kind: 'approval' }>;

/**
 * Says in the channel how a question stands, in one message that follows its story, and tells the answer to whoever
 * asked. Returns null where the company chose no channel.
 */
export async function tellApproval(
  tx: Tx,
  company: Company,
  told: Told,
): Promise<{ channelId: string } | null> {
  const { approval, at } = told;
  const facts = await factsOf(tx, company, told);
  const key = approvalKey(approval);
  const channel = await postNotice(tx, { companyId: company.id, dedupeKey: key, at, facts });
  const { teamId, userId } = readActor(approval.askedBy);
  if (approval.state !== 'open' && approval.state !== 'overtaken' && userId !== '') {
    await postNotice(tx, {
      companyId: company.id,
      dedupeKey: `${key}:answer`,
      at,
      facts: { ...facts, kind: 'approval_answer' },
      to: { teamId, channelId: userId },
    });
  }
  return channel;
}

async function factsOf(tx: Tx, company: Company, { approval, subject, at }: Told): Promise<Facts> {
  const offices = await listOffices(tx, company.id);
  const { payBy } = await readPayBy(tx, company, at);
  const scope = scopeOfSubject(subject) ?? { kind: 'company' };
  return {
    kind: 'approval',
    state: approval.state as Facts['state'],
    token: approval.token,
    byUserId: userOf(approval.askedBy),
    scopeLabel: labelScope({ company, offices }, scope),
    amount: amountOf(subject),
    limit: fromMicros(approval.limitMicros).toFixed(2),
    change: 'change' in subject ? subject.change : null,
    payBy:
      payBy.method === 'card' && payBy.card !== null
        ? { method: 'card', brand: payBy.card.brand, last4: payBy.card.last4 }
        : { method: 'invoice' },
    askedAt: approval.askedAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    decidedBy: userOf(approval.decidedBy),
    decidedAt: approval.decidedAt?.toISOString() ?? null,
    timeZone: company.timeZone,
  };
}
