import { Prisma } from '../../db/index.ts';
import type { Check } from './finding.ts';

/** Every sealed table, how a row of it is called, and the wallet it belongs to. */
const SEALED = [
  { table: 'book', row: `'book'`, wallet: 'NULL::bigint' },
  { table: 'wallet', row: `'wallet'`, wallet: 't.id' },
  { table: 'credit_grant', row: `'grant ' || t.id`, wallet: 't.wallet_id' },
  { table: 'entry', row: `'seq ' || t.seq`, wallet: 't.wallet_id' },
  { table: 'entry_split', row: `format('seq %s part %s', t.seq, t.part)`, wallet: 't.wallet_id' },
  {
    table: 'usage_record',
    row: `format('%s/%s revision %s', t.source, t.external_id, t.revision)`,
    wallet: 'coalesce(t.paid_wallet_id, t.own_wallet_id)',
  },
  { table: 'posting', row: `'key ' || t.key`, wallet: 'NULL::bigint' },
  { table: 'wallet_summed', row: `'wallet summed'`, wallet: 't.wallet_id' },
  { table: 'hold', row: `'key ' || t.key`, wallet: 't.paid_wallet_id' },
] as const;

/** A row whose seal does not fit was changed around the ledger's functions, in one column or another. */
export const sealChecks: readonly Check[] = SEALED.map(({ table, row, wallet }) => ({
  name: 'seal',
  table,
  query: ({ companyId }) => Prisma.sql`
    SELECT ${Prisma.raw(wallet)} AS wallet_id, ${Prisma.raw(row)} AS row, 'seal' AS column,
      seal_of(t)::text AS expected, t.seal::text AS found
    FROM ${Prisma.raw(table)} AS t WHERE t.company_id = ${companyId} AND t.seal IS DISTINCT FROM seal_of(t)`,
}));

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
  ...(['credit_grant', 'entry', 'entry_split', 'entry_rollup', 'wallet_summed'] as const).map(
    (table): Check => ({
      name: 'wallet-unknown',
      table,
      query: ({ companyId }) => Prisma.sql`
        SELECT t.wallet_id, 'wallet' AS row, 'wallet_id' AS column, 'a wallet of the company' AS expected, t.wallet_id::text AS found
        FROM (SELECT DISTINCT wallet_id FROM ${Prisma.raw(table)} WHERE company_id = ${companyId}) AS t
        WHERE NOT EXISTS (SELECT FROM wallet AS w WHERE w.company_id = ${companyId} AND w.id = t.wallet_id)`,
    }),
  ),
  {
    name: 'posting-result',
    table: 'posting',
    query: ({ companyId }) => Prisma.sql`
      SELECT (p.result->>'walletId')::bigint AS wallet_id, 'key ' || p.key AS row, 'result' AS column, 'an entry that exists' AS expected,
        p.result->>'seq' AS found
      FROM posting AS p
      WHERE p.company_id = ${companyId} AND p.result ? 'seq' AND NOT EXISTS (
        SELECT FROM entry AS e WHERE e.company_id = p.company_id AND e.wallet_id = (p.result->>'walletId')::bigint
          AND e.seq = (p.result->>'seq')::bigint)`,
  },
  {
    // Without its key a credit would be given again.
    name: 'key',
    table: 'posting',
    query: ({ companyId }) => Prisma.sql`
      SELECT e.wallet_id, 'seq ' || e.seq AS row, 'key' AS column, 'a key that made this credit' AS expected, 'none' AS found
      FROM entry AS e
      WHERE e.company_id = ${companyId} AND e.type = 'grant' AND NOT EXISTS (
        SELECT FROM posting AS p WHERE p.company_id = e.company_id AND p.operation = 'grant'
          AND (p.result->>'walletId')::bigint = e.wallet_id AND (p.result->>'seq')::bigint = e.seq)`,
  },
  {
    // What was placed is there; what settled it and how it stands agree.
    name: 'hold-posting',
    table: 'hold',
    query: ({ companyId }) => Prisma.sql`
      SELECT h.paid_wallet_id AS wallet_id, 'key ' || key AS row, c.column, c.expected, c.found
      FROM (SELECT * FROM hold WHERE company_id = ${companyId}) AS h
      FULL JOIN (
        SELECT substr(key, length('hold:') + 1) AS key, 'placed' AS did FROM posting
        WHERE company_id = ${companyId} AND operation = 'place-hold'
      ) AS placed USING (key)
      FULL JOIN (
        SELECT substr(key, length('settle:') + 1) AS key, 'settled' AS did FROM posting
        WHERE company_id = ${companyId} AND operation = 'settle-hold'
      ) AS settled USING (key)
      CROSS JOIN LATERAL (VALUES
        ('key', coalesce(placed.did, 'never placed'), CASE WHEN h.state IS NULL THEN 'no hold' ELSE 'placed' END),
        ('state', coalesce(settled.did, 'not settled'), CASE h.state WHEN 'settled' THEN 'settled' ELSE 'not settled' END)
      ) AS c("column", expected, found)
      WHERE c.expected IS DISTINCT FROM c.found`,
  },
];
