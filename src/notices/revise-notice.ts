import type { Queryable } from '../db/index.ts';
import { enqueueDelivery } from './enqueue-delivery.ts';
import type { NoticeFacts } from './facts/index.ts';
import { updateSummary } from './summary/update-summary.ts';

/**
 * Revises what a notice says, wherever it stands or waits: one that waits for the end of quiet hours, or failed without a message, stays
 * so; a line of a summary is updated there. A closed company's messages are left as they are, but for refunds until it is complete.
 */
export async function reviseNotice(
  tx: Queryable,
  { companyId, id, facts, at }: { companyId: bigint; id: bigint; facts: NoticeFacts; at: Date },
): Promise<void> {
  const json = JSON.stringify(facts);
  const [row] = await tx.$queryRaw<{ state: string; channelId: string; partOf: bigint | null }[]>`
    UPDATE notice SET facts = ${json}::jsonb, revision = revision + 1,
      attempts = CASE WHEN message_ts IS NULL THEN attempts ELSE 0 END,
      state = CASE WHEN message_ts IS NULL THEN state ELSE 'pending' END,
      next_attempt_at = CASE WHEN message_ts IS NULL THEN next_attempt_at ELSE ${at} END
    WHERE company_id = ${companyId} AND id = ${id} AND facts <> ${json}::jsonb AND EXISTS (
      SELECT FROM company WHERE company.id = ${companyId}
        AND (closing_at IS NULL OR ${facts.kind} = 'refund' AND closed_at IS NULL))
    RETURNING state::text, channel_id AS "channelId", part_of AS "partOf"`;
  if (row?.state === 'pending')
    await enqueueDelivery(tx, { companyId, noticeId: id, channelId: row.channelId });
  if (row?.partOf != null) await updateSummary(tx, { companyId, id: row.partOf, at });
}
