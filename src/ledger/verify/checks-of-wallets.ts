import { Prisma } from '../../db/index.ts';
import type { WalletCheck } from './finding.ts';

/** Each entry follows from the one before: seq, balance, posting time, and what each kind and debt moved by. */
const chain: WalletCheck = {
  name: 'chain',
  table: 'entry',
  query: ({ companyId, walletId }) => Prisma.sql`
    SELECT ${walletId}::bigint AS wallet_id, 'seq ' || x.seq AS row, c.column, c.expected, c.found
    FROM (
      SELECT e.*, lag(e.seq, 1, 0::bigint) OVER o AS seq_before, lag(e.balance_after_micros, 1, 0::bigint) OVER o AS balance_before,
        lag(e.general_after_micros, 1, 0::bigint) OVER o AS general_before, lag(e.calling_after_micros, 1, 0::bigint) OVER o AS calling_before,
        lag(e.ai_after_micros, 1, 0::bigint) OVER o AS ai_before, lag(e.debt_calls_after_micros, 1, 0::bigint) OVER o AS debt_calls_before,
        lag(e.debt_ai_after_micros, 1, 0::bigint) OVER o AS debt_ai_before, lag(e.posted_at) OVER o AS posted_before
      FROM entry AS e WHERE e.company_id = ${companyId} AND e.wallet_id = ${walletId} WINDOW o AS (ORDER BY e.seq)
    ) AS x
    LEFT JOIN credit_grant AS g ON g.company_id = ${companyId} AND g.wallet_id = ${walletId} AND g.id = x.grant_id
    CROSS JOIN LATERAL (
      SELECT
        coalesce(sum(p.amount) FILTER (WHERE p.what = 'general'), 0) AS general, coalesce(sum(p.amount) FILTER (WHERE p.what = 'calling'), 0) AS calling,
        coalesce(sum(p.amount) FILTER (WHERE p.what = 'ai'), 0) AS ai, coalesce(-sum(p.amount) FILTER (WHERE p.what = 'debt calls'), 0) AS debt_calls,
        coalesce(-sum(p.amount) FILTER (WHERE p.what = 'debt ai'), 0) AS debt_ai
      FROM (
        SELECT coalesce(g.kind, 'debt ' || x.class) AS what, x.amount_micros AS amount WHERE NOT x.is_split
        UNION ALL
        SELECT coalesce(sg.kind, 'debt ' || s.debt_class), s.amount_micros FROM entry_split AS s
        LEFT JOIN credit_grant AS sg ON sg.company_id = ${companyId} AND sg.wallet_id = ${walletId} AND sg.id = s.grant_id
        WHERE x.is_split AND s.company_id = ${companyId} AND s.wallet_id = ${walletId} AND s.seq = x.seq
      ) AS p
    ) AS moved
    CROSS JOIN LATERAL (VALUES
      ('seq', (x.seq_before + 1)::text, x.seq::text),
      ('balance_after_micros', (x.balance_before + x.amount_micros)::text, x.balance_after_micros::text),
      ('general_after_micros', (x.general_before + moved.general)::text, x.general_after_micros::text),
      ('calling_after_micros', (x.calling_before + moved.calling)::text, x.calling_after_micros::text),
      ('ai_after_micros', (x.ai_before + moved.ai)::text, x.ai_after_micros::text),
      ('debt_calls_after_micros', (x.debt_calls_before + moved.debt_calls)::text, x.debt_calls_after_micros::text),
      ('debt_ai_after_micros', (x.debt_ai_before + moved.debt_ai)::text, x.debt_ai_after_micros::text),
      ('posted_at', greatest(x.posted_before, x.posted_at)::text, x.posted_at::text),
      ('grant_id', x.grant_id::text, coalesce(g.id, CASE WHEN x.grant_id IS NOT NULL THEN -1 END)::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
};

/** Parts exist exactly where an entry says so, are numbered from 1, and sum to it. */
const splits: WalletCheck = {
  name: 'splits',
  table: 'entry_split',
  query: ({ companyId, walletId }) => Prisma.sql`
    SELECT ${walletId}::bigint AS wallet_id, 'seq ' || coalesce(e.seq, s.seq) AS row, c.column, c.expected, c.found
    FROM (SELECT seq, amount_micros, is_split FROM entry WHERE company_id = ${companyId} AND wallet_id = ${walletId}) AS e
    FULL JOIN (
      SELECT seq, count(*) AS parts, max(part) AS last, sum(amount_micros) AS amount FROM entry_split
      WHERE company_id = ${companyId} AND wallet_id = ${walletId} GROUP BY seq
    ) AS s USING (seq)
    CROSS JOIN LATERAL (VALUES
      ('is_split', (coalesce(s.parts, 0) > 1)::text, coalesce(e.is_split, false)::text),
      ('part', s.parts::text, s.last::text),
      ('amount_micros', e.amount_micros::text, coalesce(s.amount, e.amount_micros)::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
};

/** What is left of a grant is what went in and out of it by the entries. */
const grants: WalletCheck = {
  name: 'grant',
  table: 'credit_grant',
  query: ({ companyId, walletId }) => Prisma.sql`
    SELECT ${walletId}::bigint AS wallet_id, 'grant ' || coalesce(g.id, m.grant_id) AS row, c.column, c.expected, c.found
    FROM (SELECT * FROM credit_grant WHERE company_id = ${companyId} AND wallet_id = ${walletId}) AS g
    FULL JOIN (
      SELECT grant_id, sum(amount) AS remaining, max(amount) AS credited FROM (
        SELECT grant_id, amount_micros AS amount FROM entry
        WHERE company_id = ${companyId} AND wallet_id = ${walletId} AND grant_id IS NOT NULL
        UNION ALL
        SELECT grant_id, amount_micros FROM entry_split
        WHERE company_id = ${companyId} AND wallet_id = ${walletId} AND grant_id IS NOT NULL
      ) AS moves GROUP BY grant_id
    ) AS m ON m.grant_id = g.id
    CROSS JOIN LATERAL (VALUES
      ('remaining_micros', coalesce(m.remaining, 0)::text, g.remaining_micros::text),
      ('amount_micros', m.credited::text, g.amount_micros::text),
      ('is_open', (coalesce(m.remaining, 0) > 0)::text, g.is_open::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
};

/** A wallet's figures are its last entry's, the sums of its grants, and its open holds. */
const figures: WalletCheck = {
  name: 'balance',
  table: 'wallet',
  query: ({ companyId, walletId }) => Prisma.sql`
    SELECT w.id AS wallet_id, 'wallet' AS row, c.column, c.expected, c.found
    FROM wallet AS w
    LEFT JOIN LATERAL (SELECT * FROM entry WHERE company_id = w.company_id AND wallet_id = w.id ORDER BY seq DESC LIMIT 1) AS e ON true
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(remaining_micros) FILTER (WHERE kind = 'general'), 0) AS general,
        coalesce(sum(remaining_micros) FILTER (WHERE kind = 'calling'), 0) AS calling,
        coalesce(sum(remaining_micros) FILTER (WHERE kind = 'ai'), 0) AS ai
      FROM credit_grant WHERE company_id = w.company_id AND wallet_id = w.id
    ) AS g
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(p.amount) FILTER (WHERE h.class = 'calls'), 0) AS calls, coalesce(sum(p.amount) FILTER (WHERE h.class = 'ai'), 0) AS ai
      FROM hold AS h, LATERAL (VALUES (h.own_wallet_id, h.own_micros), (h.paid_wallet_id, h.paid_micros)) AS p(wallet_id, amount)
      WHERE h.company_id = w.company_id AND h.state = 'open' AND p.wallet_id = w.id
    ) AS h
    CROSS JOIN LATERAL (VALUES
      ('seq', coalesce(e.seq, 0)::text, w.seq::text),
      ('posted_at', e.posted_at::text, w.posted_at::text),
      ('general_micros', coalesce(e.general_after_micros, 0)::text, w.general_micros::text),
      ('general_micros', g.general::text, w.general_micros::text),
      ('calling_micros', coalesce(e.calling_after_micros, 0)::text, w.calling_micros::text),
      ('calling_micros', g.calling::text, w.calling_micros::text),
      ('ai_micros', coalesce(e.ai_after_micros, 0)::text, w.ai_micros::text),
      ('ai_micros', g.ai::text, w.ai_micros::text),
      ('debt_calls_micros', coalesce(e.debt_calls_after_micros, 0)::text, w.debt_calls_micros::text),
      ('debt_ai_micros', coalesce(e.debt_ai_after_micros, 0)::text, w.debt_ai_micros::text),
      ('held_calls_micros', h.calls::text, w.held_calls_micros::text),
      ('held_ai_micros', h.ai::text, w.held_ai_micros::text)
    ) AS c("column", expected, found)
    WHERE w.company_id = ${companyId} AND w.id = ${walletId} AND c.expected IS DISTINCT FROM c.found`,
};

/** General credits fill every debt of their wallet at once, so that the two never stand beside each other. */
const unfilled: WalletCheck = {
  name: 'unfilled-debt',
  table: 'wallet',
  query: ({ companyId, walletId }) => Prisma.sql`
    SELECT w.id AS wallet_id, 'wallet' AS row, 'general_micros' AS column, '0' AS expected, w.general_micros::text AS found
    FROM wallet AS w
    WHERE w.company_id = ${companyId} AND w.id = ${walletId} AND w.general_micros > 0 AND w.debt_calls_micros + w.debt_ai_micros > 0`,
};

/** What sums up the entries has their sums, as far as they are summed up. */
const sums: WalletCheck = {
  name: 'rollup',
  table: 'entry_rollup',
  query: ({ companyId, walletId }) => Prisma.sql`
    SELECT ${walletId}::bigint AS wallet_id, concat_ws(' ', bucket_at, nullif(alone_seq, 0), type, class, category) AS row,
      c.column, c.expected, c.found
    FROM ledger_sums_of_entries(${companyId}, ${walletId}, 0, coalesce((
      SELECT seq FROM wallet_summed WHERE company_id = ${companyId} AND wallet_id = ${walletId}), 0)) AS s
    FULL JOIN (SELECT * FROM entry_rollup WHERE company_id = ${companyId} AND wallet_id = ${walletId}) AS r
      USING (bucket_at, alone_seq, type, class, category)
    CROSS JOIN LATERAL (VALUES
      ('first_seq', s.first_seq::text, r.first_seq::text),
      ('entries', coalesce(s.entries, 0)::text, coalesce(r.entries, 0)::text),
      ('in_micros', coalesce(s.in_micros, 0)::text, coalesce(r.in_micros, 0)::text),
      ('out_micros', coalesce(s.out_micros, 0)::text, coalesce(r.out_micros, 0)::text),
      ('general_micros', coalesce(s.general_micros, 0)::text, coalesce(r.general_micros, 0)::text),
      ('calling_micros', coalesce(s.calling_micros, 0)::text, coalesce(r.calling_micros, 0)::text),
      ('ai_micros', coalesce(s.ai_micros, 0)::text, coalesce(r.ai_micros, 0)::text),
      ('debt_micros', coalesce(s.debt_micros, 0)::text, coalesce(r.debt_micros, 0)::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
};

/** Entries are summed up to one that there is, and all of them together to the figures after it, each kind by itself. */
const summed: WalletCheck = {
  name: 'summed',
  table: 'wallet_summed',
  query: ({ companyId, walletId }) => Prisma.sql`
    SELECT ${walletId}::bigint AS wallet_id, 'wallet summed' AS row, c.column, c.expected, c.found
    FROM wallet_summed AS s
    LEFT JOIN entry AS e ON e.company_id = s.company_id AND e.wallet_id = s.wallet_id AND e.seq = s.seq
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(r.entries), 0) AS entries, coalesce(sum(r.in_micros - r.out_micros), 0) AS balance,
        coalesce(sum(r.general_micros), 0) AS general, coalesce(sum(r.calling_micros), 0) AS calling, coalesce(sum(r.ai_micros), 0) AS ai,
        coalesce(sum(r.debt_micros), 0) AS debt
      FROM entry_rollup AS r WHERE r.company_id = s.company_id AND r.wallet_id = s.wallet_id
    ) AS r
    CROSS JOIN LATERAL (VALUES
      ('seq', coalesce(e.seq, 0)::text, s.seq::text),
      ('entries', coalesce(e.seq, 0)::text, r.entries::text),
      ('balance', coalesce(e.balance_after_micros, 0)::text, r.balance::text),
      ('general', coalesce(e.general_after_micros, 0)::text, r.general::text),
      ('calling', coalesce(e.calling_after_micros, 0)::text, r.calling::text),
      ('ai', coalesce(e.ai_after_micros, 0)::text, r.ai::text),
      ('debt', (-coalesce(e.debt_calls_after_micros + e.debt_ai_after_micros, 0))::text, r.debt::text)
    ) AS c("column", expected, found)
    WHERE s.company_id = ${companyId} AND s.wallet_id = ${walletId} AND c.expected IS DISTINCT FROM c.found`,
};

export const walletChecks: readonly WalletCheck[] = [chain, splits, grants, figures, unfilled, sums, summed];
