import type { ApprovalState, Queryable } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import { userOf } from '../../org/index.ts';

/** The question to a second admin, as everybody in the channel may know it (R9). */
export interface ApprovalFacts {
  state: ApprovalState;
  limit: Money;
  expiresAt: Date;
  /** The user who answered; null while open, and where nobody did. */
  decidedBy: string | null;
  decidedAt: Date | null;
  /** The channel that has it, beside the direct messages; null: none. */
  channelId: string | null;
}

export type ApprovalRow = NonNullable<Awaited<ReturnType<Queryable['approval']['findUnique']>>>;

/** The question to a second admin about an order; null where none was asked. */
export async function readOrderApproval(
  db: Queryable,
  order: { companyId: bigint; id: bigint },
): Promise<ApprovalFacts | null> {
  const row = await db.approval.findUnique({
    where: { companyId_orderId: { companyId: order.companyId, orderId: order.id } },
  });
  return row === null ? null : await describeApproval(db, row);
}

/** A question as everybody in its channel may know it. */
export async function describeApproval(db: Queryable, row: ApprovalRow): Promise<ApprovalFacts> {
  const notice = await db.notice.findUnique({
    where: { companyId_dedupeKey: { companyId: row.companyId, dedupeKey: approvalKey(row) } },
  });
  return {
    state: row.state,
    limit: fromMicros(row.limitMicros),
    expiresAt: row.expiresAt,
    decidedBy: userOf(row.decidedBy),
    decidedAt: row.decidedAt,
    channelId: notice === null || notice.state === 'failed' ? null : notice.channelId,
  };
}

export function approvalKey({ id }: { id: bigint }): string {
  return `approval:${id}`;
}
