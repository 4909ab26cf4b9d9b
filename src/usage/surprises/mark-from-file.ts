import type { Clock } from '../../clock.ts';
import type { Queryable } from '../../db/index.ts';
import { MAX_ARRIVAL_DELAY_MS } from './spend-records.ts';

/**
 * Marks usage of the last hours that a file brings and nothing has posted yet, before it is posted: it says nothing of what happens now.
 * What is older is not judged anyway.
 */
export async function markFromFile(
  { db, clock }: { db: Queryable; clock: Clock },
  { companyId, source }: { companyId: bigint; source: string },
  events: readonly { externalId: string; usageAt: Date }[],
): Promise<void> {
  const since = clock.now().getTime() - MAX_ARRIVAL_DELAY_MS;
  const recent = events.filter(({ usageAt }) => usageAt.getTime() >= since);
  if (recent.length === 0) return;
  await db.$executeRaw`
    INSERT INTO usage_from_file (company_id, source, external_id, usage_at)
    SELECT ${companyId}, ${source}, e.external_id, e.usage_at
    FROM unnest(${recent.map(({ externalId }) => externalId)}::text[], ${recent.map(({ usageAt }) => usageAt)}::timestamptz[])
      AS e(external_id, usage_at)
    WHERE NOT EXISTS (SELECT FROM usage_record AS u WHERE u.company_id = ${companyId} AND u.source = ${source}
      AND u.external_id = e.external_id)
    ON CONFLICT DO NOTHING`;
}
