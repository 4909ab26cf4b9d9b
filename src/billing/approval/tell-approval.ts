import type { Tx } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { type NoticeFacts, postNotice } from '../../notices/index.ts';
import { type Company, labelScope, listOffices } from '../../org/index.ts';
import { type OrderRow, scopeOf } from '../order-rows.ts';
import { readPayBy } from '../pay-by.ts';
import { type ApprovalRow, approvalKey, userOf } from './read-approval.ts';

interface Told {
  approval: ApprovalRow;
  order: OrderRow;
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
  const { approval, order, at } = told;
  const facts = await factsOf(tx, company, told);
  const key = approvalKey(approval);
  const channel = await postNotice(tx, { companyId: company.id, dedupeKey: key, at, facts });
  if (approval.state !== 'open' && order.teamId !== null) {
    await postNotice(tx, {
      companyId: company.id,
      dedupeKey: `${key}:answer`,
      at,
      facts: { ...facts, kind: 'approval_answer' },
      to: { teamId: order.teamId, channelId: order.userId },
    });
  }
  return channel;
}

async function factsOf(tx: Tx, company: Company, { approval, order, at }: Told): Promise<Facts> {
  const offices = await listOffices(tx, company.id);
  const { payBy } = await readPayBy(tx, company, at);
  return {
    kind: 'approval',
    state: approval.state as Facts['state'],
    token: approval.token,
    byUserId: userOf(approval.askedBy),
    scopeLabel: labelScope({ company, offices }, scopeOf(order)),
    amount: fromMicros(order.amountMicros ?? 0n).toFixed(2),
    limit: fromMicros(approval.limitMicros).toFixed(2),
    payBy:
      payBy.method === 'card' && payBy.card !== null
        ? { method: 'card', ...payBy.card }
        : { method: 'invoice' },
    askedAt: approval.askedAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    decidedBy: approval.decidedBy === null ? null : userOf(approval.decidedBy),
    decidedAt: approval.decidedAt?.toISOString() ?? null,
    timeZone: company.timeZone,
  };
}
