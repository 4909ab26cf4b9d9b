import { Prisma } from '../../db/index.ts';
import { areFew, type Check, MAX_FINDINGS_A_CHECK, postedSince, type Scope } from './finding.ts';

/**
 * Usage, its entries and their sums, in one pass. Almost every record has one revision and one entry: those are matched by the
 * number of the entry, all at once, and what matches is summed up on the way. What does not match, what was corrected or
 * refunded, and what two wallets paid for is suspect, and goes through the exact comparison: the entries that a record names
 * exist and name the record (`usage-entry`), all its entries together are what its last revision costs (`usage-cost`), and
 * the sums of entries are theirs (`rollup`).
 *
 * On top of sealed days every record is suspect that was posted since, or that an entry was posted for.
 */
export const entriesOfUsage: Check = {
  name: 'usage-entry',
  table: 'usage_record',
  query: (scope) => Prisma.sql`
    WITH ${scope.since === null ? screen(scope.companyId) : touched({ ...scope, since: scope.since })},
    ${exactSums(scope)}
    (${links(scope.companyId)} LIMIT ${MAX_FINDINGS_A_CHECK})
    UNION ALL
    (${costs(scope)} LIMIT ${MAX_FINDINGS_A_CHECK})
    UNION ALL
    (${sums(scope)} LIMIT ${MAX_FINDINGS_A_CHECK})`,
};

const USAGE = Prisma.sql`('usage', 'correction', 'refund')`;

/** `suspect`: keys of records; `matched`: what the entries that match their records come to. */
function screen(companyId: bigint): Prisma.Sql {
  return Prisma.sql`
    changed AS MATERIALIZED (
      SELECT source, external_id FROM usage_record
      WHERE company_id = ${companyId} AND (revision <> 0 OR num_nonnulls(own_seq, paid_seq) = 2
        OR (own_seq IS NULL) <> (own_wallet_id IS NULL) OR (paid_seq IS NULL) <> (paid_wallet_id IS NULL))
        AND ${areFew('external_id')}
      UNION
      SELECT source, reference FROM entry
      WHERE company_id = ${companyId} AND type IN ('correction', 'refund') AND ${areFew('reference')}
    ), matched AS MATERIALIZED (
      SELECT each.wallet_id, ledger_quarter_hour(each.posted_at) AS bucket_at, each.is_summed, each.is_split, each.class, each.category,
        each.grant_id, each.odd, min(each.seq) AS first_seq, count(*) AS entries, sum(greatest(each.amount_micros, 0)) AS in_micros,
        sum(greatest(-each.amount_micros, 0)) AS out_micros, sum(each.amount_micros) AS micros
      FROM (
        SELECT e.wallet_id, e.seq, e.posted_at, e.is_summed, e.is_split, e.class, e.grant_id, e.amount_micros,
          CASE WHEN e.usage_at IS NOT NULL THEN u.category END AS category,
          CASE WHEN CASE WHEN u.source IS NULL THEN true WHEN e.seq IS NULL THEN u.seq IS NOT NULL OR u.cost_micros <> 0
              ELSE (u.source, u.external_id, u.cost_micros) IS DISTINCT FROM (e.source, e.reference, -e.amount_micros) END
            THEN ARRAY[e.source, e.reference, u.source, u.external_id, e.seq::text] END AS odd
        FROM (
          SELECT entry.wallet_id, entry.seq, entry.posted_at, entry.is_split, entry.class, entry.grant_id, entry.amount_micros,
            entry.usage_at, entry.source, entry.reference, entry.seq <= coalesce(wallet_summed.seq, 0) AS is_summed
          FROM entry LEFT JOIN wallet_summed ON wallet_summed.company_id = ${companyId} AND wallet_summed.wallet_id = entry.wallet_id
          WHERE entry.company_id = ${companyId} AND entry.type = 'usage' AND NOT EXISTS (
            SELECT FROM changed WHERE changed.source = entry.source AND changed.external_id = entry.reference)
        ) AS e
        FULL JOIN (
          SELECT coalesce(r.paid_wallet_id, r.own_wallet_id) AS wallet_id, coalesce(r.paid_seq, r.own_seq) AS seq, r.source,
            r.external_id, r.category, r.cost_micros
          FROM usage_record AS r
          WHERE r.company_id = ${companyId} AND NOT EXISTS (
            SELECT FROM changed WHERE changed.source = r.source AND changed.external_id = r.external_id)
        ) AS u ON u.wallet_id = e.wallet_id AND u.seq = e.seq
      ) AS each
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ), suspect AS MATERIALIZED (
      SELECT source, external_id FROM changed
      UNION SELECT odd[1], odd[2] FROM matched WHERE odd[1] IS NOT NULL
      UNION SELECT odd[3], odd[4] FROM matched WHERE odd[3] IS NOT NULL
    )`;
}

/** The same of what was posted since: nothing is matched beforehand. */
function touched({ companyId, since }: { companyId: bigint; since: Date }): Prisma.Sql {
  return Prisma.sql`
    suspect AS MATERIALIZED (
      SELECT source, external_id FROM usage_record WHERE company_id = ${companyId} AND posted_at >= ${since}
      UNION
      SELECT source, reference FROM entry WHERE company_id = ${companyId} AND type IN ${USAGE} AND posted_at >= ${since}
    )`;
}

function links(companyId: bigint): Prisma.Sql {
  return Prisma.sql`
    SELECT 'usage-entry' AS check_name, 'usage_record' AS table_name, l.wallet_id, format('%s/%s revision %s', u.source, u.external_id, u.revision) AS row,
      l.column, u.source || '/' || u.external_id AS expected, coalesce(e.source || '/' || e.reference, 'no entry') AS found
    FROM suspect
    CROSS JOIN LATERAL (
      SELECT * FROM usage_record
      WHERE company_id = ${companyId} AND source = suspect.source AND external_id = suspect.external_id OFFSET 0
    ) AS u
    CROSS JOIN LATERAL (VALUES ('own_seq', u.own_wallet_id, u.own_seq), ('paid_seq', u.paid_wallet_id, u.paid_seq)) AS l("column", wallet_id, seq)
    LEFT JOIN LATERAL (
      SELECT source, reference FROM entry
      WHERE company_id = ${companyId} AND wallet_id = l.wallet_id AND seq = l.seq AND type IN ${USAGE} LIMIT 1
    ) AS e ON true
    WHERE num_nonnulls(l.wallet_id, l.seq) > 0 AND (e.source, e.reference) IS DISTINCT FROM (u.source, u.external_id)`;
}

/** Of a part of the books: what its last revision costs beyond the last one before. */
function costs(scope: Scope): Prisma.Sql {
  const { companyId, since } = scope;
  const costBefore =
    since === null
      ? Prisma.sql`SELECT NULL::bigint AS cost_micros`
      : Prisma.sql`
          SELECT cost_micros FROM usage_record
          WHERE company_id = ${companyId} AND source = suspect.source AND external_id = suspect.external_id AND posted_at < ${since}
          ORDER BY revision DESC LIMIT 1`;
  return Prisma.sql`
    SELECT 'usage-cost', 'usage_record', coalesce(u.wallet_id, e.wallet_id), suspect.source || '/' || suspect.external_id,
      'cost_micros', (coalesce(e.cost, 0) + coalesce(b.cost_micros, 0))::text, u.cost_micros::text
    FROM suspect
    LEFT JOIN LATERAL (
      SELECT cost_micros, coalesce(paid_wallet_id, own_wallet_id) AS wallet_id FROM usage_record
      WHERE company_id = ${companyId} AND source = suspect.source AND external_id = suspect.external_id
      ORDER BY revision DESC LIMIT 1
    ) AS u ON true
    LEFT JOIN LATERAL (${costBefore}) AS b ON true
    LEFT JOIN (
      SELECT entry.source, entry.reference, -sum(entry.amount_micros) AS cost, min(entry.wallet_id) AS wallet_id
      FROM entry JOIN suspect AS s ON s.source = entry.source AND s.external_id = entry.reference
      WHERE entry.company_id = ${companyId} AND entry.type IN ${USAGE} ${postedSince(scope, 'entry.posted_at')}
      GROUP BY entry.source, entry.reference
    ) AS e ON e.source = suspect.source AND e.reference = suspect.external_id
    WHERE coalesce(e.cost, 0) + coalesce(b.cost_micros, 0) IS DISTINCT FROM u.cost_micros`;
}

/**
 * `exact`: the entries that are summed up and were not matched, each by the kind that its usage had then; `moved`: what they
 * come to by kind of credit.
 */
function exactSums(scope: Scope): Prisma.Sql {
  const { companyId, since } = scope;
  const unmatched =
    since === null
      ? {
          joins: Prisma.sql`
      LEFT JOIN changed ON changed.source = entry.source AND changed.external_id = entry.reference
      LEFT JOIN (SELECT wallet_id, odd[5]::bigint AS seq FROM matched WHERE odd[5] IS NOT NULL AND ${areFew('odd')}) AS odd
        ON odd.wallet_id = entry.wallet_id AND odd.seq = entry.seq`,
          where: Prisma.sql`AND (entry.type <> 'usage' OR entry.is_split OR changed.source IS NOT NULL OR odd.seq IS NOT NULL)`,
        }
      : { joins: Prisma.empty, where: Prisma.empty };
  return Prisma.sql`
    exact AS MATERIALIZED (
      SELECT entry.wallet_id, ledger_quarter_hour(entry.posted_at) AS bucket_at,
        CASE WHEN entry.type IN ('usage', 'correction') THEN 0 ELSE entry.seq END AS alone_seq, entry.type,
        coalesce(entry.class, '') AS class, coalesce(usage.category, '') AS category, entry.seq, entry.amount_micros, entry.grant_id,
        entry.is_split
      FROM entry
      JOIN wallet_summed ON wallet_summed.company_id = ${companyId} AND wallet_summed.wallet_id = entry.wallet_id
        AND entry.seq <= wallet_summed.seq
      ${unmatched.joins}
      LEFT JOIN LATERAL ledger_usage_at(${companyId}, entry.wallet_id, entry.seq, entry.source, entry.reference) AS usage
        ON entry.usage_at IS NOT NULL
      WHERE entry.company_id = ${companyId} ${unmatched.where} ${postedSince(scope, 'entry.posted_at')}
    ), moved AS (
      SELECT wallet_id, bucket_at, alone_seq, type, class, category, seq AS first_seq, 1 AS entries,
        greatest(amount_micros, 0) AS in_micros, greatest(-amount_micros, 0) AS out_micros, grant_id,
        CASE WHEN NOT is_split THEN amount_micros END AS micros
      FROM exact
      UNION ALL
      SELECT exact.wallet_id, exact.bucket_at, exact.alone_seq, exact.type, exact.class, exact.category, exact.seq, 0, 0, 0,
        entry_split.grant_id, entry_split.amount_micros
      FROM exact JOIN entry_split ON entry_split.company_id = ${companyId} AND entry_split.wallet_id = exact.wallet_id
        AND entry_split.seq = exact.seq WHERE exact.is_split
      ${
        since === null
          ? Prisma.sql`
      UNION ALL
      SELECT wallet_id, bucket_at, 0, 'usage', coalesce(class, ''), coalesce(category, ''), first_seq, entries, in_micros, out_micros,
        grant_id, micros
      FROM matched WHERE odd IS NULL AND is_summed AND NOT is_split`
          : Prisma.empty
      }
    )`;
}

const SUMS = [
  'entries',
  'in_micros',
  'out_micros',
  'general_micros',
  'calling_micros',
  'ai_micros',
  'debt_micros',
];

/** What sums up the entries has their sums, as far as they are summed up. */
function sums(scope: Scope): Prisma.Sql {
  const { companyId } = scope;
  return Prisma.sql`
    SELECT 'rollup', 'entry_rollup', x.wallet_id, concat_ws(' ', x.bucket_at, nullif(x.alone_seq, 0), x.type, x.class, x.category),
      c.column, c.expected, c.found
    FROM (
      SELECT wallet_id, bucket_at, alone_seq, type, class, category, s.first_seq, r.first_seq AS r_first_seq,
        ${Prisma.raw(SUMS.map((sum) => `s.${sum}, r.${sum} AS r_${sum}`).join(', '))}
      FROM (
        SELECT moved.wallet_id, moved.bucket_at, moved.alone_seq, moved.type, moved.class, moved.category, min(moved.first_seq) AS first_seq,
          sum(moved.entries) AS entries, sum(moved.in_micros) AS in_micros, sum(moved.out_micros) AS out_micros,
          coalesce(sum(moved.micros) FILTER (WHERE g.kind = 'general'), 0) AS general_micros,
          coalesce(sum(moved.micros) FILTER (WHERE g.kind = 'calling'), 0) AS calling_micros,
          coalesce(sum(moved.micros) FILTER (WHERE g.kind = 'ai'), 0) AS ai_micros,
          coalesce(sum(moved.micros) FILTER (WHERE g.id IS NULL), 0) AS debt_micros
        FROM moved LEFT JOIN credit_grant AS g ON g.company_id = ${companyId} AND g.wallet_id = moved.wallet_id AND g.id = moved.grant_id
        GROUP BY 1, 2, 3, 4, 5, 6
      ) AS s
      FULL JOIN (
        SELECT * FROM entry_rollup WHERE company_id = ${companyId} ${postedSince(scope, 'bucket_at')}
      ) AS r USING (wallet_id, bucket_at, alone_seq, type, class, category)
      OFFSET 0
    ) AS x
    CROSS JOIN LATERAL (VALUES
      ('first_seq', x.first_seq::text, x.r_first_seq::text),
      ${Prisma.raw(SUMS.map((sum) => `('${sum}', coalesce(x.${sum}, 0)::text, coalesce(x.r_${sum}, 0)::text)`).join(', '))}
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`;
}
