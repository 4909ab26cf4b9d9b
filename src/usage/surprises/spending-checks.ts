import { Prisma } from '../../db/index.ts';
import type { Check } from '../../ledger/index.ts';
import { MAX_ARRIVAL_DELAY_MS, spendRecords } from './spend-records.ts';

const hours: Check = {
  name: 'spending',
  table: 'spend_hour',
  query: ({ companyId, since }) => {
    const bound = (column: string) =>
      Prisma.sql`(SELECT ${Prisma.raw(column)} FROM spend_summed WHERE company_id = ${companyId})`;
    const summedFrom = bound('summed_from');
    const period = {
      companyId,
      from:
        since === null
          ? summedFrom
          : Prisma.sql`greatest(${summedFrom}, ${new Date(since.getTime() - MAX_ARRIVAL_DELAY_MS)}::timestamptz)`,
      to: bound('summed_until'),
    };
    return Prisma.sql`
      SELECT NULL::bigint AS wallet_id, format('%s office %s %s', hour_at, office_id, category) AS row, c.column, c.expected, c.found
      FROM (
        SELECT date_trunc('hour', u.usage_at, 'UTC') AS hour_at, u.office_id, u.category, sum(u.cost_micros) AS cost,
          count(*) FILTER (WHERE u.direction = 'outbound' AND u.cost_micros > 0) AS calls
        FROM (${spendRecords(period)}) AS u WHERE u.office_id IS NOT NULL GROUP BY 1, 2, 3
      ) AS u
      FULL JOIN (
        SELECT hour_at, office_id, category, sum(cost_micros) AS cost, sum(calls) AS calls FROM spend_hour
        WHERE company_id = ${companyId} AND hour_at >= ${period.from} GROUP BY 1, 2, 3
      ) AS s USING (hour_at, office_id, category)
      CROSS JOIN LATERAL (VALUES
        ('cost_micros', coalesce(u.cost, 0)::text, coalesce(s.cost, 0)::text),
        ('calls', coalesce(u.calls, 0)::text, coalesce(s.calls, 0)::text)
      ) AS c("column", expected, found)
      WHERE c.expected IS DISTINCT FROM c.found`;
  },
};

/** What `refill verify` checks of the hours that unusual spending is compared with: each is the sum of its records, by office and type. */
export const spendingChecks: readonly Check[] = [hours];
