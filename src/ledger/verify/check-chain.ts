import { Prisma } from '../../db/index.ts';
import type { Check, Scope } from './finding.ts';

/** Each entry follows from the one before: seq, balance, posting time, and what each kind and debt moved by. */
export const chain: Check = {
  name: 'chain',
  table: 'entry',
  query: (scope) => Prisma.sql`
    SELECT x.wallet_id, 'seq ' || x.seq AS row, c.column, c.expected, c.found
    FROM (
      SELECT e.*, g.id AS known_grant_id, p.general, p.calling, p.ai, p.debt_calls, p.debt_ai, g.kind
      FROM (${linked(scope)}) AS e
      LEFT JOIN credit_grant AS g ON g.company_id = ${scope.companyId} AND g.wallet_id = e.wallet_id AND g.id = e.grant_id
      LEFT JOIN (${parts(scope)}) AS p ON p.wallet_id = e.wallet_id AND p.seq = e.seq AND e.is_split
      WHERE (e.seq, e.balance_after_micros, e.general_after_micros, e.calling_after_micros, e.ai_after_micros,
          e.debt_calls_after_micros, e.debt_ai_after_micros, e.posted_at, g.id) IS DISTINCT FROM (e.seq_before + 1,
          e.balance_before + e.amount_micros, e.general_before + ${moved('general')}, e.calling_before + ${moved('calling')},
          e.ai_before + ${moved('ai')}, e.debt_calls_before + ${owed('calls')}, e.debt_ai_before + ${owed('ai')},
          greatest(e.posted_before, e.posted_at), e.grant_id)
      OFFSET 0
    ) AS x
    CROSS JOIN LATERAL (VALUES
      ('seq', (x.seq_before + 1)::text, x.seq::text),
      ('balance_after_micros', (x.balance_before + x.amount_micros)::text, x.balance_after_micros::text),
      ('general_after_micros', (x.general_before + ${movedOf('general')})::text, x.general_after_micros::text),
      ('calling_after_micros', (x.calling_before + ${movedOf('calling')})::text, x.calling_after_micros::text),
      ('ai_after_micros', (x.ai_before + ${movedOf('ai')})::text, x.ai_after_micros::text),
      ('debt_calls_after_micros', (x.debt_calls_before + ${owedOf('calls')})::text, x.debt_calls_after_micros::text),
      ('debt_ai_after_micros', (x.debt_ai_before + ${owedOf('ai')})::text, x.debt_ai_after_micros::text),
      ('posted_at', greatest(x.posted_before, x.posted_at)::text, x.posted_at::text),
      ('grant_id', x.grant_id::text, coalesce(x.known_grant_id, CASE WHEN x.grant_id IS NOT NULL THEN -1 END)::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
};

/** What an entry moved a kind of credit by, or a debt (its sign turned): by its one grant, or by its parts. */
const movement = (entry: string, part: string, kind: string) => ({
  credit: (of: string) =>
    Prisma.raw(`CASE WHEN ${entry}.is_split THEN coalesce(${part}.${of}, 0)
      WHEN ${kind} = '${of}' THEN ${entry}.amount_micros ELSE 0 END`),
  debt: (of: string) =>
    Prisma.raw(`CASE WHEN ${entry}.is_split THEN coalesce(${part}.debt_${of}, 0)
      WHEN ${kind} IS NULL AND ${entry}.class = '${of}' THEN -${entry}.amount_micros ELSE 0 END`),
});
const { credit: moved, debt: owed } = movement('e', 'p', 'g.kind');
const { credit: movedOf, debt: owedOf } = movement('x', 'x', 'x.kind');

/** The entries of a scope, each with the figures of the one before it in its wallet. */
function linked({ companyId, since }: Scope): Prisma.Sql {
  const lags = Prisma.sql`
    SELECT *, lag(seq, 1, 0::bigint) OVER chain AS seq_before, lag(balance_after_micros, 1, 0::bigint) OVER chain AS balance_before,
      lag(general_after_micros, 1, 0::bigint) OVER chain AS general_before, lag(calling_after_micros, 1, 0::bigint) OVER chain AS calling_before,
      lag(ai_after_micros, 1, 0::bigint) OVER chain AS ai_before, lag(debt_calls_after_micros, 1, 0::bigint) OVER chain AS debt_calls_before,
      lag(debt_ai_after_micros, 1, 0::bigint) OVER chain AS debt_ai_before, lag(posted_at) OVER chain AS posted_before`;
  const order = Prisma.sql`WINDOW chain AS (PARTITION BY entry.wallet_id ORDER BY seq)`;
  if (since === null) return Prisma.sql`${lags} FROM entry WHERE company_id = ${companyId} ${order}`;
  return Prisma.sql`
    SELECT * FROM (
      ${lags} FROM (${firstSeqs(companyId, since)}) AS first
      CROSS JOIN LATERAL (
        SELECT * FROM entry
        WHERE company_id = ${companyId} AND wallet_id = first.first_wallet AND seq >= first.first_seq - 1 OFFSET 0
      ) AS entry ${order}
    ) AS entry WHERE seq >= first_seq`;
}

/** The first entry of each wallet that was posted from a moment on. */
function firstSeqs(companyId: bigint, since: Date): Prisma.Sql {
  return Prisma.sql`
    SELECT wallet_id AS first_wallet, min(seq) AS first_seq FROM entry
    WHERE company_id = ${companyId} AND posted_at >= ${since} GROUP BY wallet_id`;
}

/** What the parts of a split entry moved, by kind. */
function parts({ companyId, since }: Scope): Prisma.Sql {
  return Prisma.sql`
    SELECT s.wallet_id, s.seq, coalesce(sum(s.amount_micros) FILTER (WHERE sg.kind = 'general'), 0) AS general,
      coalesce(sum(s.amount_micros) FILTER (WHERE sg.kind = 'calling'), 0) AS calling,
      coalesce(sum(s.amount_micros) FILTER (WHERE sg.kind = 'ai'), 0) AS ai,
      coalesce(-sum(s.amount_micros) FILTER (WHERE sg.kind IS NULL AND s.debt_class = 'calls'), 0) AS debt_calls,
      coalesce(-sum(s.amount_micros) FILTER (WHERE sg.kind IS NULL AND s.debt_class = 'ai'), 0) AS debt_ai
    FROM entry_split AS s
    LEFT JOIN credit_grant AS sg ON sg.company_id = ${companyId} AND sg.wallet_id = s.wallet_id AND sg.id = s.grant_id
    WHERE s.company_id = ${companyId} ${since === null ? Prisma.empty : Prisma.sql`AND (s.wallet_id, s.seq) IN (${splitSince(companyId, since)})`}
    GROUP BY s.wallet_id, s.seq`;
}

function splitSince(companyId: bigint, since: Date): Prisma.Sql {
  return Prisma.sql`SELECT wallet_id, seq FROM entry WHERE company_id = ${companyId} AND is_split AND posted_at >= ${since}`;
}
