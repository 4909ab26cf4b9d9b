import { Prisma } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { type Check, postedSince, type Scope } from './finding.ts';

/** Every sealed table, how a row of it is called, the wallet it belongs to, and which of its rows a scope asks for: all, where none is said. */
const SEALED = [
  { table: 'book', row: `'book'`, wallet: 'NULL::bigint' },
  { table: 'wallet', row: `'wallet'`, wallet: 't.id' },
  { table: 'credit_grant', row: `'grant ' || t.id`, wallet: 't.wallet_id' },
  { table: 'entry', row: `'seq ' || t.seq`, wallet: 't.wallet_id', rows: posted },
  {
    table: 'entry_split',
    row: `format('seq %s part %s', t.seq, t.part)`,
    wallet: 't.wallet_id',
    rows: ofPostedEntries,
  },
  {
    table: 'usage_record',
    row: `format('%s/%s revision %s', t.source, t.external_id, t.revision)`,
    wallet: 'coalesce(t.paid_wallet_id, t.own_wallet_id)',
    rows: posted,
  },
  { table: 'posting', row: `'key ' || t.key`, wallet: 'NULL::bigint', rows: posted },
  { table: 'wallet_summed', row: `'wallet summed'`, wallet: 't.wallet_id' },
  { table: 'hold', row: `'key ' || t.key`, wallet: 't.paid_wallet_id', rows: movedHolds },
] satisfies readonly {
  table: string;
  row: string;
  wallet: string;
  rows?: (scope: Scope) => Prisma.Sql;
}[];

function posted(scope: Scope): Prisma.Sql {
  return postedSince(scope, 't.posted_at');
}

function ofPostedEntries({ companyId, since }: Scope): Prisma.Sql {
  if (since === null) return Prisma.empty;
  return Prisma.sql`AND (t.wallet_id, t.seq) IN (
    SELECT wallet_id, seq FROM entry WHERE company_id = ${companyId} AND posted_at >= ${since})`;
}

/** The holds that are open, or were placed or resolved since. */
function movedHolds({ since }: Scope): Prisma.Sql {
  if (since === null) return Prisma.empty;
  return Prisma.sql`AND (t.state = 'open' OR t.placed_at >= ${since} OR t.resolved_at >= ${since})`;
}

/** A row whose seal does not fit was changed around the ledger's functions, in one column or another. */
export const sealChecks: readonly Check[] = SEALED.map(({ table, row, wallet, rows }) => ({
  name: 'seal',
  table,
  query: (scope) => Prisma.sql`
    SELECT ${Prisma.raw(wallet)} AS wallet_id, ${Prisma.raw(row)} AS row, 'seal' AS column,
      seal_of(t)::text AS expected, t.seal::text AS found
    FROM ${Prisma.raw(table)} AS t WHERE t.company_id = ${scope.companyId} AND t.seal IS DISTINCT FROM seal_of(t)
      ${rows?.(scope) ?? Prisma.empty}`,
}));

/** Tables whose rows are a wallet's. */
const BELONGING: readonly { table: string; rows?: (scope: Scope) => Prisma.Sql }[] = [
  { table: 'credit_grant' },
  { table: 'entry', rows: posted },
  { table: 'entry_split', rows: ofPostedEntries },
  { table: 'entry_rollup', rows: (scope) => postedSince(scope, 't.bucket_at') },
  { table: 'wallet_summed' },
];

/** Rows that belong to nothing: a wallet's rows without the wallet, a company's without its book. */
export const belongingChecks: readonly Check[] = [
  {
    name: 'book',
    table: 'book',
    query: ({ companyId }) => Prisma.sql`
      SELECT NULL::bigint AS wallet_id, 'book' AS row, c.column, c.expected, c.found
      FROM (SELECT ${companyId}::bigint AS company_id) AS one
      LEFT JOIN book AS b USING (company_id)
      LEFT JOIN wallet AS pool ON pool.company_id = b.company_id AND pool.id = b.pool_wallet_id
      LEFT JOIN wallet AS main ON main.company_id = b.company_id AND main.id = b.primary_wallet_id
      CROSS JOIN LATERAL (VALUES
        ('company_id', one.company_id::text, b.company_id::text, b.company_id IS NOT NULL),
        ('pool_wallet_id', 'a wallet of no office', b.pool_wallet_id::text, pool.id IS NOT NULL AND pool.office_id IS NULL),
        ('primary_wallet_id', 'a wallet of an office', b.primary_wallet_id::text, main.office_id IS NOT NULL)
      ) AS c("column", expected, found, holds)
      WHERE NOT c.holds`,
  },
  ...BELONGING.map(
    ({ table, rows }): Check => ({
      name: 'wallet-unknown',
      table,
      query: (scope) => Prisma.sql`
        SELECT t.wallet_id, 'wallet' AS row, 'wallet_id' AS column, 'a wallet of the company' AS expected, t.wallet_id::text AS found
        FROM (
          SELECT DISTINCT t.wallet_id FROM ${Prisma.raw(table)} AS t
          WHERE t.company_id = ${scope.companyId} ${rows?.(scope) ?? Prisma.empty}
        ) AS t
        WHERE NOT EXISTS (SELECT FROM wallet AS w WHERE w.company_id = ${scope.companyId} AND w.id = t.wallet_id)`,
    }),
  ),
  {
    name: 'posting-result',
    table: 'posting',
    query: (scope) => Prisma.sql`
      SELECT (p.result->>'walletId')::bigint AS wallet_id, 'key ' || p.key AS row, 'result' AS column, 'an entry that exists' AS expected,
        p.result->>'seq' AS found
      FROM posting AS p
      WHERE p.company_id = ${scope.companyId} AND p.result ? 'seq' ${postedSince(scope, 'p.posted_at')} AND NOT EXISTS (
        SELECT FROM entry AS e WHERE e.company_id = p.company_id AND e.wallet_id = (p.result->>'walletId')::bigint
          AND e.seq = (p.result->>'seq')::bigint ${postedSince(scope, 'e.posted_at')})`,
  },
  {
    // Without its key a credit would be given again. An entry may be posted somewhat later than its key, by another clock.
    name: 'key',
    table: 'posting',
    query: (scope) => Prisma.sql`
      SELECT e.wallet_id, 'seq ' || e.seq AS row, 'key' AS column, 'a key that made this credit' AS expected, 'none' AS found
      FROM entry AS e
      WHERE e.company_id = ${scope.companyId} AND e.type = 'grant' ${postedSince(scope, 'e.posted_at')} AND NOT EXISTS (
        SELECT FROM posting AS p WHERE p.company_id = e.company_id AND p.operation = 'grant'
          AND (p.result->>'walletId')::bigint = e.wallet_id AND (p.result->>'seq')::bigint = e.seq
          ${postedSince({ ...scope, since: dayBefore(scope.since) }, 'p.posted_at')})`,
  },
  {
    // What was placed is there; what settled it and how it stands agree.
    name: 'hold-posting',
    table: 'hold',
    query: (scope) => Prisma.sql`
      SELECT h.paid_wallet_id AS wallet_id, 'key ' || key AS row, c.column, c.expected, c.found
      FROM (${holdsOf(scope)}) AS h
      FULL JOIN (${holdPostings(scope, { prefix: 'hold:', operation: 'place-hold', did: 'placed' })}) AS placed USING (key)
      FULL JOIN (${holdPostings(scope, { prefix: 'settle:', operation: 'settle-hold', did: 'settled' })}) AS settled USING (key)
      CROSS JOIN LATERAL (VALUES
        ('key', coalesce(placed.did, 'never placed'), CASE WHEN h.state IS NULL THEN 'no hold' ELSE 'placed' END),
        ('state', coalesce(settled.did, 'not settled'), CASE h.state WHEN 'settled' THEN 'settled' ELSE 'not settled' END)
      ) AS c("column", expected, found)
      WHERE c.expected IS DISTINCT FROM c.found`,
  },
];

function dayBefore(since: Date | null): Date | null {
  return since === null ? null : new Date(since.getTime() - DAY_MS);
}

function holdsOf({ companyId, since }: Scope): Prisma.Sql {
  if (since === null) return Prisma.sql`SELECT * FROM hold WHERE company_id = ${companyId}`;
  return Prisma.sql`
    SELECT hold.* FROM (${movedKeys(companyId, since)}) AS moved
    CROSS JOIN LATERAL (SELECT * FROM hold WHERE company_id = ${companyId} AND key = moved.key LIMIT 1) AS hold`;
}

/** What placed or settled holds, by their keys. */
function holdPostings(
  { companyId, since }: Scope,
  { prefix, operation, did }: { prefix: string; operation: string; did: string },
): Prisma.Sql {
  if (since === null)
    return Prisma.sql`
      SELECT substr(key, ${prefix.length + 1}::int) AS key, ${did}::text AS did FROM posting
      WHERE company_id = ${companyId} AND operation = ${operation}`;
  return Prisma.sql`
    SELECT moved.key, ${did}::text AS did FROM (${movedKeys(companyId, since)}) AS moved
    CROSS JOIN LATERAL (
      SELECT FROM posting WHERE company_id = ${companyId} AND key = ${prefix} || moved.key AND operation = ${operation} LIMIT 1
    ) AS posting`;
}

/** The keys of holds that were placed, settled, freed or expired since. */
function movedKeys(companyId: bigint, since: Date): Prisma.Sql {
  return Prisma.sql`
    SELECT key FROM hold WHERE company_id = ${companyId} AND (placed_at >= ${since} OR resolved_at >= ${since})
    UNION
    SELECT substr(key, strpos(key, ':') + 1) FROM posting
    WHERE company_id = ${companyId} AND operation IN ('place-hold', 'settle-hold') AND posted_at >= ${since}`;
}
