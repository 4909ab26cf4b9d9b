import { Prisma } from '../../db/index.ts';
import type { Check } from './finding.ts';

/** A record's revisions are numbered without a gap, and its numbers are those of its digest, or erased with their salt. */
const facts: Check = {
  name: 'facts',
  table: 'usage_record',
  query: ({ companyId }) => Prisma.sql`
    SELECT coalesce(u.paid_wallet_id, u.own_wallet_id) AS wallet_id,
      format('%s/%s revision %s', u.source, u.external_id, u.revision) AS row, c.column, c.expected, c.found
    FROM (
      SELECT r.*, lag(r.revision, 1, -1) OVER (PARTITION BY r.source, r.external_id ORDER BY r.revision) AS revision_before
      FROM usage_record AS r WHERE r.company_id = ${companyId}
    ) AS u
    CROSS JOIN LATERAL (VALUES
      ('numbers_digest', u.numbers_digest::text, CASE
        WHEN num_nonnulls(u.salt, u.external_number, u.internal_number) = 0 THEN u.numbers_digest
        ELSE ledger_numbers_digest(u.salt, u.external_number, u.internal_number) END::text),
      ('revision', (u.revision_before + 1)::text, u.revision::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found AND (c.column = 'revision' OR u.numbers_digest IS NOT NULL)`,
};

/** The entries that a record names exist, and name the record. */
const links: Check = {
  name: 'usage-entry',
  table: 'usage_record',
  query: ({ companyId }) => Prisma.sql`
    SELECT l.wallet_id, format('%s/%s revision %s', u.source, u.external_id, u.revision) AS row, l.column,
      u.source || '/' || u.external_id AS expected, coalesce(e.source || '/' || e.reference, 'no entry') AS found
    FROM usage_record AS u
    CROSS JOIN LATERAL (VALUES ('own_seq', u.own_wallet_id, u.own_seq), ('paid_seq', u.paid_wallet_id, u.paid_seq)) AS l("column", wallet_id, seq)
    LEFT JOIN entry AS e ON e.company_id = ${companyId} AND e.wallet_id = l.wallet_id AND e.seq = l.seq
      AND e.type IN ('usage', 'correction', 'refund')
    WHERE u.company_id = ${companyId} AND num_nonnulls(l.wallet_id, l.seq) > 0
      AND (e.source, e.reference) IS DISTINCT FROM (u.source, u.external_id)`,
};

/** All entries of a record together are what its last revision costs. */
const costs: Check = {
  name: 'usage-cost',
  table: 'usage_record',
  query: ({ companyId }) => Prisma.sql`
    SELECT coalesce(u.wallet_id, e.wallet_id) AS wallet_id, coalesce(u.source, e.source) || '/' || coalesce(u.external_id, e.external_id) AS row,
      'cost_micros' AS column, coalesce(e.cost, 0)::text AS expected, u.cost_micros::text AS found
    FROM (
      SELECT DISTINCT ON (source, external_id) source, external_id, cost_micros, coalesce(paid_wallet_id, own_wallet_id) AS wallet_id
      FROM usage_record WHERE company_id = ${companyId} ORDER BY source, external_id, revision DESC
    ) AS u
    FULL JOIN (
      SELECT source, reference AS external_id, -sum(amount_micros) AS cost, min(wallet_id) AS wallet_id
      FROM entry WHERE company_id = ${companyId} AND type IN ('usage', 'correction', 'refund') GROUP BY source, reference
    ) AS e USING (source, external_id)
    WHERE coalesce(e.cost, 0) IS DISTINCT FROM u.cost_micros`,
};

/** The quarter-hour sums are the sums of the records' last revisions. */
const rollups: Check = {
  name: 'rollup',
  table: 'usage_rollup',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id,
      format('%s office %s department %s member %s %s', bucket_at, office_id, department_id, member_id, category) AS row,
      c.column, c.expected, c.found
    FROM (
      SELECT ledger_quarter_hour(u.usage_at) AS bucket_at, coalesce(u.office_id, 0) AS office_id,
        coalesce(u.department_id, 0) AS department_id, coalesce(u.member_id, 0) AS member_id, u.category, count(*) AS records,
        sum(u.billed_seconds) AS billed_seconds, sum(u.quantity) AS quantity, sum(u.cost_micros) AS cost_micros
      FROM (
        SELECT DISTINCT ON (source, external_id) * FROM usage_record WHERE company_id = ${companyId}
        ORDER BY source, external_id, revision DESC
      ) AS u
      GROUP BY 1, 2, 3, 4, 5
    ) AS u
    FULL JOIN (SELECT * FROM usage_rollup WHERE company_id = ${companyId}) AS r USING (bucket_at, office_id, department_id, member_id, category)
    CROSS JOIN LATERAL (VALUES
      ('records', coalesce(u.records, 0)::text, coalesce(r.records, 0)::text),
      ('billed_seconds', coalesce(u.billed_seconds, 0)::text, coalesce(r.billed_seconds, 0)::text),
      ('quantity', coalesce(u.quantity, 0)::text, coalesce(r.quantity, 0)::text),
      ('cost_micros', coalesce(u.cost_micros, 0)::text, coalesce(r.cost_micros, 0)::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
};

/** What sums up the quarter-hours has their sums, as far as they are summed up. */
const sumsOfSums = (table: string, bucket: string, until: string, columns: string): Check => ({
  name: 'rollup',
  table,
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, ${Prisma.raw(`concat_ws(' ', bucket_at, ${columns})`)} AS row, c.column, c.expected, c.found
    FROM (
      SELECT ${Prisma.raw(`${bucket} AS bucket_at, ${columns}`)}, sum(records) AS records, sum(billed_seconds) AS billed_seconds,
        sum(quantity) AS quantity, sum(cost_micros) AS cost_micros
      FROM usage_rollup WHERE company_id = ${companyId} AND bucket_at < (
        SELECT ${Prisma.raw(until)} FROM book WHERE company_id = ${companyId})
      GROUP BY 1, 2, 3
    ) AS u
    FULL JOIN (SELECT * FROM ${Prisma.raw(table)} WHERE company_id = ${companyId}) AS r USING (bucket_at, ${Prisma.raw(columns)})
    CROSS JOIN LATERAL (VALUES
      ('records', coalesce(u.records, 0)::text, coalesce(r.records, 0)::text),
      ('billed_seconds', coalesce(u.billed_seconds, 0)::text, coalesce(r.billed_seconds, 0)::text),
      ('quantity', coalesce(u.quantity, 0)::text, coalesce(r.quantity, 0)::text),
      ('cost_micros', coalesce(u.cost_micros, 0)::text, coalesce(r.cost_micros, 0)::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
});
const kindRollups = sumsOfSums(
  'usage_kind_rollup',
  'usage_rollup.bucket_at',
  'summed_until',
  'office_id, category',
);
const memberRollups = sumsOfSums(
  'usage_member_rollup',
  'ledger_quarter_day(usage_rollup.bucket_at)',
  'ledger_quarter_day(summed_until)',
  'office_id, member_id',
);

export const usageChecks: readonly Check[] = [facts, links, costs, rollups, kindRollups, memberRollups];
