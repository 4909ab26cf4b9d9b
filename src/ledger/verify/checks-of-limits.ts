import { Prisma } from '../../db/index.ts';
import type { Check } from './finding.ts';

/** A book says whether its company has spending limits: postings and holds ask it alone (R31). */
const isLimited: Check = {
  name: 'limited',
  table: 'book',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, 'book' AS row, 'is_limited' AS column, limits.are_there::text AS expected,
      book.is_limited::text AS found
    FROM book CROSS JOIN (
      SELECT EXISTS (SELECT FROM spending_limit WHERE company_id = ${companyId} AND ended_at IS NULL) AS are_there
    ) AS limits
    WHERE book.company_id = ${companyId} AND book.is_limited <> limits.are_there`,
};

/** What a limit in force says was spent is the sum of the quarter-hours of its period. */
const spends: Check = {
  name: 'limit-spend',
  table: 'spending_limit',
  query: ({ companyId }) => Prisma.sql`
    WITH limits AS MATERIALIZED (
      SELECT * FROM spending_limit WHERE company_id = ${companyId} AND ended_at IS NULL
    ), sums AS MATERIALIZED (
      SELECT spans.starts_at, spans.ends_at, u.office_id, u.department_id, u.member_id, sum(u.cost_micros) AS micros
      FROM (SELECT DISTINCT starts_at, ends_at FROM limits) AS spans
      JOIN usage_rollup AS u ON u.company_id = ${companyId} AND u.bucket_at >= spans.starts_at AND u.bucket_at < spans.ends_at
      GROUP BY 1, 2, 3, 4, 5
    )
    SELECT NULL::bigint AS wallet_id, format('limit %s', limits.id) AS row, 'spent_micros' AS column,
      counted.micros::text AS expected, limits.spent_micros::text AS found
    FROM limits CROSS JOIN LATERAL (
      SELECT coalesce(sum(sums.micros), 0) AS micros FROM sums
      WHERE sums.starts_at = limits.starts_at AND sums.ends_at = limits.ends_at AND (sums.office_id = limits.office_id
        OR sums.department_id = limits.department_id OR sums.member_id = limits.member_id)
    ) AS counted
    WHERE counted.micros <> limits.spent_micros`,
};

export const limitChecks: readonly Check[] = [isLimited, spends];
