import { Prisma } from '../../db/index.ts';
import { areFew, type Check, postedSince, type Scope } from './finding.ts';

/** A record's numbers are those of its digest, or erased with their salt. */
const numbers: Check = {
  name: 'facts',
  table: 'usage_record',
  query: (scope) => Prisma.sql`
    SELECT coalesce(u.paid_wallet_id, u.own_wallet_id) AS wallet_id,
      format('%s/%s revision %s', u.source, u.external_id, u.revision) AS row, 'numbers_digest' AS column,
      u.numbers_digest::text AS expected,
      ledger_numbers_digest(u.salt, u.external_number, u.internal_number)::text AS found
    FROM usage_record AS u
    WHERE u.company_id = ${scope.companyId} AND num_nonnulls(u.salt, u.external_number, u.internal_number) > 0
      AND u.numbers_digest <> ledger_numbers_digest(u.salt, u.external_number, u.internal_number)
      ${postedSince(scope, 'u.posted_at')}`,
};

/** A record's revisions are numbered without a gap. One that has the first revision alone has none. */
const revisions: Check = {
  name: 'facts',
  table: 'usage_record',
  query: (scope) => Prisma.sql`
    SELECT u.wallet_id, format('%s/%s revision %s', u.source, u.external_id, u.revision) AS row, 'revision' AS column,
      (u.revision_before + 1)::text AS expected, u.revision::text AS found
    FROM (
      SELECT r.source, r.external_id, r.revision, r.posted_at, coalesce(r.paid_wallet_id, r.own_wallet_id) AS wallet_id,
        lag(r.revision, 1, -1) OVER (PARTITION BY r.source, r.external_id ORDER BY r.revision) AS revision_before
      FROM (
        SELECT DISTINCT source, external_id FROM usage_record
        WHERE company_id = ${scope.companyId} AND revision <> 0 AND ${areFew('external_id')} ${postedSince(scope, 'posted_at')}
      ) AS revised
      CROSS JOIN LATERAL (
        SELECT * FROM usage_record
        WHERE company_id = ${scope.companyId} AND source = revised.source AND external_id = revised.external_id OFFSET 0
      ) AS r
    ) AS u
    WHERE u.revision <> u.revision_before + 1 ${postedSince(scope, 'u.posted_at')}`,
};

/**
 * The last revisions of a company's records: what usage counts as. Few records were corrected, so the corrections are hashed and
 * nothing is sorted; in a part of the books (whose bound is appended) each record looks for its own.
 */
function lastRevisions({ companyId, since }: Scope): Prisma.Sql {
  return Prisma.sql`
    SELECT u.* FROM usage_record AS u
    WHERE u.company_id = ${companyId} AND NOT EXISTS (
      SELECT FROM usage_record AS newer
      WHERE newer.company_id = ${companyId} AND newer.revision > 0 AND newer.source = u.source AND newer.external_id = u.external_id
        AND newer.revision > u.revision AND ${areFew('newer.external_id')} ${since === null ? Prisma.empty : Prisma.sql`OFFSET 0`})`;
}

/** The quarter-hours that records of a scope lie in, or lay in before they were corrected. */
function touchedQuarters({ companyId, since }: { companyId: bigint; since: Date }): Prisma.Sql {
  return Prisma.sql`
    SELECT DISTINCT ledger_quarter_hour(touched.usage_at) AS bucket_at
    FROM usage_record AS u
    CROSS JOIN LATERAL (
      SELECT u.usage_at
      UNION ALL
      (SELECT old.usage_at FROM usage_record AS old
      WHERE u.revision > 0 AND old.company_id = ${companyId} AND old.source = u.source AND old.external_id = u.external_id
        AND old.revision = u.revision - 1 LIMIT 1)
    ) AS touched
    WHERE u.company_id = ${companyId} AND u.posted_at >= ${since}`;
}

/** The rows of a table whose quarter-hours a scope may have changed. */
function inTouched(
  { companyId, since }: Scope,
  column: string,
  quarter = Prisma.sql`bucket_at`,
): { bound: Prisma.Sql; exact: Prisma.Sql } {
  if (since === null) return { bound: Prisma.empty, exact: Prisma.empty };
  const touched = touchedQuarters({ companyId, since });
  return {
    bound: Prisma.sql`AND ${Prisma.raw(column)} >= (SELECT min(${quarter}) FROM (${touched}) AS touched)`,
    exact: Prisma.sql`WHERE bucket_at IN (SELECT ${quarter} FROM (${touched}) AS touched)`,
  };
}

const SUMS = ['records', 'billed_seconds', 'quantity', 'cost_micros'] as const;
const differing = Prisma.raw(
  `(${SUMS.map((sum) => `coalesce(u.${sum}, 0)`)}) IS DISTINCT FROM (${SUMS.map((sum) => `coalesce(r.${sum}, 0)`)})`,
);
const eachSum = Prisma.raw(
  SUMS.map((sum) => `('${sum}', coalesce(x.${sum}, 0)::text, coalesce(x.r_${sum}, 0)::text)`).join(
    ',\n      ',
  ),
);
const bothSums = Prisma.raw(SUMS.map((sum) => `u.${sum}, r.${sum} AS r_${sum}`).join(', '));

/** The quarter-hour sums are the sums of the records' last revisions. */
const rollups: Check = {
  name: 'rollup',
  table: 'usage_rollup',
  query: (scope) => {
    const ofRecords = inTouched(scope, 'u.usage_at');
    const ofSums = inTouched(scope, 'bucket_at');
    return Prisma.sql`
    SELECT NULL::bigint AS wallet_id,
      format('%s office %s department %s member %s %s', bucket_at, office_id, department_id, member_id, category) AS row,
      c.column, c.expected, c.found
    FROM (
      SELECT bucket_at, office_id, department_id, member_id, category, ${bothSums}
      FROM (
        SELECT * FROM (
          SELECT ledger_quarter_hour(u.usage_at) AS bucket_at, coalesce(u.office_id, 0) AS office_id,
            coalesce(u.department_id, 0) AS department_id, coalesce(u.member_id, 0) AS member_id, u.category, count(*) AS records,
            sum(u.billed_seconds) AS billed_seconds, sum(u.quantity) AS quantity, sum(u.cost_micros) AS cost_micros
          FROM (${lastRevisions(scope)} ${ofRecords.bound}) AS u
          GROUP BY 1, 2, 3, 4, 5
        ) AS grouped ${ofRecords.exact}
      ) AS u
      FULL JOIN (
        SELECT * FROM (SELECT * FROM usage_rollup WHERE company_id = ${scope.companyId} ${ofSums.bound}) AS stored ${ofSums.exact}
      ) AS r USING (bucket_at, office_id, department_id, member_id, category)
      WHERE ${differing}
      OFFSET 0
    ) AS x
    CROSS JOIN LATERAL (VALUES
      ${eachSum}
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`;
  },
};

/** What sums up the quarter-hours has their sums, as far as they are summed up. */
const sumsOfSums = ({
  table,
  unit,
  columns,
}: {
  table: string;
  unit: (column: string) => string;
  columns: string;
}): Check => ({
  name: 'rollup',
  table,
  query: (scope) => {
    const touched = inTouched(scope, 'bucket_at', Prisma.raw(unit('bucket_at')));
    return Prisma.sql`
    SELECT NULL::bigint AS wallet_id, ${Prisma.raw(`concat_ws(' ', bucket_at, ${columns})`)} AS row, c.column, c.expected, c.found
    FROM (
      SELECT bucket_at, ${Prisma.raw(columns)}, ${bothSums}
      FROM (
        SELECT * FROM (
          SELECT ${Prisma.raw(`${unit('bucket_at')} AS bucket_at, ${columns}`)}, sum(records) AS records,
            sum(billed_seconds) AS billed_seconds, sum(quantity) AS quantity, sum(cost_micros) AS cost_micros
          FROM usage_rollup WHERE company_id = ${scope.companyId} AND bucket_at < (
            SELECT ${Prisma.raw(unit('summed_until'))} FROM book WHERE company_id = ${scope.companyId}) ${touched.bound}
          GROUP BY 1, ${Prisma.raw(columns)}
        ) AS grouped ${touched.exact}
      ) AS u
      FULL JOIN (
        SELECT * FROM (SELECT * FROM ${Prisma.raw(table)} WHERE company_id = ${scope.companyId} ${touched.bound}) AS stored ${touched.exact}
      ) AS r USING (bucket_at, ${Prisma.raw(columns)})
      WHERE ${differing}
      OFFSET 0
    ) AS x
    CROSS JOIN LATERAL (VALUES
      ${eachSum}
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`;
  },
});
const kindRollups = sumsOfSums({
  table: 'usage_kind_rollup',
  unit: (column) => column,
  columns: 'office_id, category',
});
const memberRollups = sumsOfSums({
  table: 'usage_member_rollup',
  unit: (column) => `ledger_quarter_day(${column})`,
  columns: 'office_id, member_id',
});

export const usageChecks: readonly Check[] = [numbers, revisions, rollups, kindRollups, memberRollups];
