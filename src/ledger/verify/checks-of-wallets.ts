import { Prisma } from '../../db/index.ts';
import { chain } from './check-chain.ts';
import { type Check, postedSince, type Scope } from './finding.ts';

/** Parts exist exactly where an entry says so, are numbered from 1, and sum to it. */
const splits: Check = {
  name: 'splits',
  table: 'entry_split',
  query: (scope) => Prisma.sql`
    SELECT x.wallet_id, 'seq ' || x.seq AS row, c.column, c.expected, c.found
    FROM (
      SELECT coalesce(e.wallet_id, s.wallet_id) AS wallet_id, coalesce(e.seq, s.seq) AS seq, s.parts, s.last, s.amount, coalesce(e.is_split, false) AS is_split,
        CASE WHEN e.seq IS NOT NULL THEN e.amount_micros ELSE (SELECT amount_micros FROM entry
          WHERE company_id = ${scope.companyId} AND wallet_id = s.wallet_id AND seq = s.seq) END AS amount_micros
      FROM (
        SELECT wallet_id, seq, amount_micros, is_split FROM entry
        WHERE company_id = ${scope.companyId} AND is_split ${postedSince(scope, 'posted_at')}
      ) AS e
      FULL JOIN (
        SELECT wallet_id, seq, count(*) AS parts, max(part) AS last, sum(amount_micros) AS amount FROM entry_split
        WHERE company_id = ${scope.companyId} ${splitsSince(scope)} GROUP BY wallet_id, seq
      ) AS s USING (wallet_id, seq)
      OFFSET 0
    ) AS x
    CROSS JOIN LATERAL (VALUES
      ('is_split', (coalesce(x.parts, 0) > 1)::text, x.is_split::text),
      ('part', x.parts::text, x.last::text),
      ('amount_micros', x.amount_micros::text, coalesce(x.amount, x.amount_micros)::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
};

/** The parts of the entries of a scope, and those that no entry has. */
function splitsSince({ companyId, since }: Scope): Prisma.Sql {
  if (since === null) return Prisma.empty;
  return Prisma.sql`AND (wallet_id, seq) IN (
    SELECT wallet_id, seq FROM entry WHERE company_id = ${companyId} AND posted_at >= ${since})`;
}

/** What is left of a grant is what went in and out of it by the entries; in a part of the books, of those grants that are new. */
const grants: Check = {
  name: 'grant',
  table: 'credit_grant',
  query: (scope) => Prisma.sql`
    SELECT x.wallet_id, 'grant ' || x.id AS row, c.column, c.expected, c.found
    FROM (
      SELECT coalesce(g.wallet_id, m.wallet_id) AS wallet_id, coalesce(g.id, m.grant_id) AS id, m.remaining, m.credited,
        g.remaining_micros, g.amount_micros, g.is_open
      FROM (SELECT * FROM credit_grant WHERE company_id = ${scope.companyId} ${postedSince(scope, 'created_at')}) AS g
      FULL JOIN (
        SELECT wallet_id, grant_id, sum(remaining) AS remaining, max(credited) AS credited FROM (
          SELECT wallet_id, grant_id, sum(amount_micros) AS remaining, max(amount_micros) AS credited FROM entry
          WHERE company_id = ${scope.companyId} AND grant_id IS NOT NULL ${postedSince(scope, 'posted_at')} GROUP BY wallet_id, grant_id
          UNION ALL
          SELECT wallet_id, grant_id, sum(amount_micros), max(amount_micros) FROM entry_split
          WHERE company_id = ${scope.companyId} AND grant_id IS NOT NULL ${splitsSince(scope)} GROUP BY wallet_id, grant_id
        ) AS moves
        ${scope.since === null ? Prisma.empty : Prisma.sql`WHERE grant_id NOT IN (SELECT id FROM credit_grant WHERE company_id = ${scope.companyId} AND created_at < ${scope.since})`}
        GROUP BY wallet_id, grant_id
      ) AS m ON m.wallet_id = g.wallet_id AND m.grant_id = g.id
      OFFSET 0
    ) AS x
    CROSS JOIN LATERAL (VALUES
      ('remaining_micros', coalesce(x.remaining, 0)::text, x.remaining_micros::text),
      ('amount_micros', x.credited::text, x.amount_micros::text),
      ('is_open', (coalesce(x.remaining, 0) > 0)::text, x.is_open::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
};

/** A wallet's figures are its last entry's, the sums of its grants, and its open holds. */
const figures: Check = {
  name: 'balance',
  table: 'wallet',
  query: ({ companyId }) => Prisma.sql`
    SELECT w.id AS wallet_id, 'wallet' AS row, c.column, c.expected, c.found
    FROM wallet AS w
    LEFT JOIN LATERAL (
      SELECT * FROM entry WHERE company_id = w.company_id AND wallet_id = w.id ORDER BY seq DESC LIMIT 1
    ) AS e ON true
    LEFT JOIN (
      SELECT wallet_id, coalesce(sum(remaining_micros) FILTER (WHERE kind = 'general'), 0) AS general,
        coalesce(sum(remaining_micros) FILTER (WHERE kind = 'calling'), 0) AS calling,
        coalesce(sum(remaining_micros) FILTER (WHERE kind = 'ai'), 0) AS ai
      FROM credit_grant WHERE company_id = ${companyId} GROUP BY wallet_id
    ) AS g ON g.wallet_id = w.id
    LEFT JOIN (
      SELECT p.wallet_id, coalesce(sum(p.amount) FILTER (WHERE h.class = 'calls'), 0) AS calls, coalesce(sum(p.amount) FILTER (WHERE h.class = 'ai'), 0) AS ai
      FROM hold AS h, LATERAL (VALUES (h.own_wallet_id, h.own_micros), (h.paid_wallet_id, h.paid_micros)) AS p(wallet_id, amount)
      WHERE h.company_id = ${companyId} AND h.state = 'open' GROUP BY p.wallet_id
    ) AS h ON h.wallet_id = w.id
    CROSS JOIN LATERAL (VALUES
      ('seq', coalesce(e.seq, 0)::text, w.seq::text),
      ('posted_at', e.posted_at::text, w.posted_at::text),
      ('general_micros', coalesce(e.general_after_micros, 0)::text, w.general_micros::text),
      ('general_micros', coalesce(g.general, 0)::text, w.general_micros::text),
      ('calling_micros', coalesce(e.calling_after_micros, 0)::text, w.calling_micros::text),
      ('calling_micros', coalesce(g.calling, 0)::text, w.calling_micros::text),
      ('ai_micros', coalesce(e.ai_after_micros, 0)::text, w.ai_micros::text),
      ('ai_micros', coalesce(g.ai, 0)::text, w.ai_micros::text),
      ('debt_calls_micros', coalesce(e.debt_calls_after_micros, 0)::text, w.debt_calls_micros::text),
      ('debt_ai_micros', coalesce(e.debt_ai_after_micros, 0)::text, w.debt_ai_micros::text),
      ('held_calls_micros', coalesce(h.calls, 0)::text, w.held_calls_micros::text),
      ('held_ai_micros', coalesce(h.ai, 0)::text, w.held_ai_micros::text)
    ) AS c("column", expected, found)
    WHERE w.company_id = ${companyId} AND c.expected IS DISTINCT FROM c.found`,
};

/** General credits fill every debt of their wallet at once, so that the two never stand beside each other. */
const unfilled: Check = {
  name: 'unfilled-debt',
  table: 'wallet',
  query: ({ companyId }) => Prisma.sql`
    SELECT w.id AS wallet_id, 'wallet' AS row, 'general_micros' AS column, '0' AS expected, w.general_micros::text AS found
    FROM wallet AS w
    WHERE w.company_id = ${companyId} AND w.general_micros > 0 AND w.debt_calls_micros + w.debt_ai_micros > 0`,
};

/**
 * Entries are summed up to one that there is, and all of them together to the figures after it, each kind by itself; in a part of
 * the books, the sums of its times to what the figures moved by since the entry before it.
 */
const summed: Check = {
  name: 'summed',
  table: 'wallet_summed',
  query: (scope) => Prisma.sql`
    SELECT s.wallet_id, 'wallet summed' AS row, c.column, c.expected, c.found
    FROM wallet_summed AS s
    LEFT JOIN LATERAL (
      SELECT * FROM entry WHERE company_id = s.company_id AND wallet_id = s.wallet_id AND seq = s.seq LIMIT 1
    ) AS e ON true
    LEFT JOIN (${before(scope)}) AS b ON b.wallet_id = s.wallet_id
    LEFT JOIN (
      SELECT r.wallet_id, coalesce(sum(r.entries), 0) AS entries, coalesce(sum(r.in_micros - r.out_micros), 0) AS balance,
        coalesce(sum(r.general_micros), 0) AS general, coalesce(sum(r.calling_micros), 0) AS calling, coalesce(sum(r.ai_micros), 0) AS ai,
        coalesce(sum(r.debt_micros), 0) AS debt
      FROM entry_rollup AS r WHERE r.company_id = ${scope.companyId} ${postedSince(scope, 'r.bucket_at')} GROUP BY r.wallet_id
    ) AS r ON r.wallet_id = s.wallet_id
    CROSS JOIN LATERAL (VALUES
      ('seq', coalesce(e.seq, 0)::text, s.seq::text),
      ('entries', (coalesce(e.seq, 0) - coalesce(b.seq, 0))::text, coalesce(r.entries, 0)::text),
      ('balance', (coalesce(e.balance_after_micros, 0) - coalesce(b.balance_after_micros, 0))::text, coalesce(r.balance, 0)::text),
      ('general', (coalesce(e.general_after_micros, 0) - coalesce(b.general_after_micros, 0))::text, coalesce(r.general, 0)::text),
      ('calling', (coalesce(e.calling_after_micros, 0) - coalesce(b.calling_after_micros, 0))::text, coalesce(r.calling, 0)::text),
      ('ai', (coalesce(e.ai_after_micros, 0) - coalesce(b.ai_after_micros, 0))::text, coalesce(r.ai, 0)::text),
      ('debt', (coalesce(b.debt_calls_after_micros + b.debt_ai_after_micros, 0)
        - coalesce(e.debt_calls_after_micros + e.debt_ai_after_micros, 0))::text, coalesce(r.debt, 0)::text)
    ) AS c("column", expected, found)
    WHERE s.company_id = ${scope.companyId} AND c.expected IS DISTINCT FROM c.found`,
};

/**
 * The entry before a scope's first, of each wallet, or the last that is summed up where that is earlier: nothing of the scope is
 * summed up then. None where all entries are in it.
 */
function before({ companyId, since }: Scope): Prisma.Sql {
  if (since === null) return Prisma.sql`SELECT * FROM entry WHERE false`;
  return Prisma.sql`
    SELECT entry.* FROM wallet_summed AS last
    CROSS JOIN LATERAL (
      SELECT * FROM entry WHERE company_id = ${companyId} AND wallet_id = last.wallet_id AND seq <= last.seq AND posted_at < ${since}
      ORDER BY seq DESC LIMIT 1
    ) AS entry
    WHERE last.company_id = ${companyId}`;
}

export const walletChecks: readonly Check[] = [chain, splits, grants, figures, unfilled, summed];
