import type { Queryable } from '../../db/index.ts';
import { enqueueDelivery } from '../enqueue-delivery.ts';
import { type NoticeFacts, noticeFacts } from '../facts/index.ts';
import { singleNotice } from '../facts/single-notice.ts';
import { type LowBalance, summarizeAlerts, summarizeQuietHours } from './compose-summary.ts';

/**
 * Brings a summary to how its parts are now, in the transaction that changed one of them. The summary's row is the lock: of two
 * transactions that change a part each, the second reads the first's.
 */
export async function updateSummary(
  tx: Queryable,
  { companyId, id, at }: { companyId: bigint; id: bigint; at: Date },
): Promise<void> {
  await tx.$queryRaw`SELECT id FROM notice WHERE company_id = ${companyId} AND id = ${id} FOR UPDATE`;
  const summary = await tx.notice.findUniqueOrThrow({ where: { companyId_id: { companyId, id } } });
  const parts = await tx.notice.findMany({
    where: { companyId, partOf: id },
    select: { facts: true },
    orderBy: { id: 'asc' },
  });
  const composed = compose(
    noticeFacts.parse(summary.facts),
    parts.map(({ facts }) => singleNotice.parse(facts)),
  );
  const facts = JSON.stringify(composed);
  const changed = await tx.$executeRaw`
    UPDATE notice SET facts = ${facts}::jsonb, revision = revision + 1, state = 'pending', attempts = 0, next_attempt_at = ${at}
    WHERE company_id = ${companyId} AND id = ${id} AND facts <> ${facts}::jsonb`;
  if (changed > 0) await enqueueDelivery(tx, { companyId, noticeId: id, channelId: summary.channelId });
}

function compose(summary: NoticeFacts, parts: ReturnType<typeof singleNotice.parse>[]): NoticeFacts {
  if (summary.kind === 'quiet_hours_summary') return summarizeQuietHours(parts, summary);
  return summarizeAlerts(parts.filter((part): part is LowBalance => part.kind === 'low_balance'));
}
