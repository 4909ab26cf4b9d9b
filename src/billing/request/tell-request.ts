import type { Tx } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import { postNotice } from '../../notices/index.ts';
import { type Company, labelScope, listOffices, readActor, userOf } from '../../org/index.ts';
import { scopeOf } from '../order-rows.ts';
import type { RequestRow } from './read-request.ts';

/**
 * Says in the channel how a request stands, in one message that follows its story, and tells the answer to whoever
 * asked. Returns null where the company chose no channel. `bought`: what was added for it.
 */
export async function tellRequest(
  tx: Tx,
  company: Company,
  { request, bought, at }: { request: RequestRow; bought: Money | null; at: Date },
): Promise<{ channelId: string } | null> {
  const offices = await listOffices(tx, company.id);
  const { teamId, userId: byUserId } = readActor(request.askedBy);
  const facts = {
    kind: 'credit_request' as const,
    state: request.state as 'open' | 'bought' | 'dismissed' | 'expired',
    token: request.token,
    byUserId,
    scopeLabel: labelScope({ company, offices }, scopeOf(request)),
    amount: request.amountMicros === null ? null : fromMicros(request.amountMicros).toFixed(2),
    reason: request.reason,
    bought: bought?.toFixed(2) ?? null,
    answeredBy: userOf(request.answeredBy),
    answeredAt: request.answeredAt?.toISOString() ?? null,
    askedAt: request.askedAt.toISOString(),
    timeZone: company.timeZone,
  };
  const key = `request:${request.id}`;
  const channel = await postNotice(tx, { companyId: company.id, dedupeKey: key, at, facts });
  if (request.state !== 'open') {
    await postNotice(tx, {
      companyId: company.id,
      dedupeKey: `${key}:answer`,
      at,
      facts: { ...facts, kind: 'credit_request_answer' },
      to: { teamId, channelId: byUserId },
    });
  }
  return channel;
}
