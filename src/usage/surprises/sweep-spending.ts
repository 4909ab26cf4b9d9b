import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { enqueue, forEachCompany } from '../../queue/index.ts';
import { NEW_COUNTRY_CALLS, NEW_COUNTRY_MICROS } from './judge-hour.ts';
import { closedUntil, sumSpending } from './sum-hours.ts';

interface OfficeUsage {
  companyId: bigint;
  officeId: bigint;
  /** Of the hours that are not closed. */
  records: bigint;
  micros: bigint;
}

/**
 * Makes the sweep that sums the hours that are over, and wakes `judge-spending` for each office whose usage has changed since it
 * looked last and of which some hour may be unusual at all. It looks at the quarter-hours that posting keeps, so that posting pays
 * nothing for it.
 */
export function createSpendingSweep({ db, clock }: { db: Db; clock: Clock }): () => Promise<void> {
  const known = new Map<string, string>();
  return async () => {
    const at = clock.now();
    const companies = await db.$queryRaw<{ companyId: bigint }[]>`
      SELECT b.company_id AS "companyId" FROM book AS b LEFT JOIN spend_summed AS s USING (company_id)
      WHERE s.summed_until IS NULL OR s.summed_until < ${closedUntil(at)} ORDER BY 1`;
    await forEachCompany(companies, ({ companyId }) => sumSpending(db, companyId, at));
    const offices = await readBusyOffices(db, at);
    await forEachCompany(offices, async ({ companyId, officeId, records, micros }) => {
      const key = `${companyId}:${officeId}`;
      const seen = `${records} ${micros}`;
      if (known.get(key) === seen) return;
      await enqueue(db, 'judge-spending', { companyId, officeId }, { queue: `spending:${companyId}`, key });
      known.set(key, seen);
    });
  };
}

/** The offices of which an hour may be unusual, by their quarter-hours: an office that spent less in every hour is skipped. */
async function readBusyOffices(db: Db, at: Date): Promise<OfficeUsage[]> {
  return await db.$queryRaw<OfficeUsage[]>`
    SELECT b.company_id AS "companyId", usage.office_id AS "officeId", usage.records, usage.micros
    FROM spend_summed AS b
    CROSS JOIN LATERAL (
      SELECT quarters.office_id, sum(quarters.records)::bigint AS records, sum(quarters.micros)::bigint AS micros
      FROM (
        SELECT r.office_id, sum(r.records) AS records, sum(r.cost_micros) AS micros,
          sum(sum(r.cost_micros)) OVER hour AS hour_micros,
          sum(sum(r.records) FILTER (WHERE r.cost_micros > 0
            AND r.category IN ('international', 'sms', 'mms', 'fax'))) OVER hour AS hour_calls
        FROM usage_rollup AS r
        WHERE r.company_id = b.company_id AND r.bucket_at >= ${closedUntil(at)} AND r.office_id > 0
        GROUP BY r.office_id, r.bucket_at
        WINDOW hour AS (PARTITION BY r.office_id ORDER BY r.bucket_at
          RANGE BETWEEN CURRENT ROW AND interval '1 hour' FOLLOWING)
      ) AS quarters
      GROUP BY quarters.office_id
      HAVING max(quarters.hour_micros) >= ${NEW_COUNTRY_MICROS} OR max(quarters.hour_calls) >= ${NEW_COUNTRY_CALLS}::int
    ) AS usage
    WHERE b.summed_until >= ${closedUntil(at)}
    ORDER BY 1, 2`;
}
