import { Prisma } from '../../db/index.ts';
import type { Check } from '../../ledger/index.ts';

/** Every credit that an order brought, and every settled order that brings one by itself. */
const purchases: Check = {
  name: 'cause-order',
  table: 'credit_grant',
  query: ({ companyId }) => Prisma.sql`
    SELECT grants.wallet_id, coalesce('grant ' || grants.id, 'order ' || orders.id) AS row, c.column, c.expected, c.found
    FROM (
      SELECT credit_grant.*, wallet.office_id FROM credit_grant JOIN wallet USING (company_id)
      WHERE credit_grant.company_id = ${companyId} AND wallet.id = credit_grant.wallet_id
        AND credit_grant.source = 'purchase'
    ) AS grants
    FULL JOIN (
      SELECT * FROM purchase_order
      WHERE company_id = ${companyId} AND state = 'settled' AND kind IN ('purchase', 'recharge')
    ) AS orders ON orders.id::text = grants.reference
    CROSS JOIN LATERAL (VALUES
      ('order', coalesce(grants.reference, orders.id::text), orders.id::text),
      ('grant', orders.grant_id::text, grants.id::text),
      ('amount_micros', orders.amount_micros::text, grants.amount_micros::text),
      ('kind', 'general', grants.kind),
      ('office_id', orders.office_id::text, grants.office_id::text)
    ) AS c("column", expected, found)
    WHERE CASE WHEN orders.id IS NULL THEN c.column = 'order' WHEN grants.id IS NULL THEN c.column = 'grant'
      ELSE c.expected IS DISTINCT FROM c.found END`,
};

/** Every credit of a bundle or of recurring funds, and every credited period. */
const periods: Check = {
  name: 'cause-period',
  table: 'credit_grant',
  query: ({ companyId }) => Prisma.sql`
    SELECT grants.wallet_id, coalesce('grant ' || grants.id, 'period ' || periods.reference) AS row, c.column, c.expected,
      c.found
    FROM (
      SELECT * FROM credit_grant WHERE company_id = ${companyId} AND source IN ('bundle', 'recurring')
    ) AS grants
    FULL JOIN (
      SELECT format('%s:%s', subscription_id, number) AS reference, subscription_period.*,
        CASE kind WHEN 'general' THEN 'recurring' ELSE 'bundle' END AS source
      FROM subscription_period WHERE company_id = ${companyId} AND state = 'credited'
    ) AS periods ON periods.source = grants.source AND periods.reference = grants.reference
    LEFT JOIN purchase_order AS paid ON paid.company_id = ${companyId} AND paid.id = periods.order_id
    CROSS JOIN LATERAL (VALUES
      ('period', coalesce(grants.reference, periods.reference), periods.reference),
      ('grant', 'a credit', grants.id::text),
      ('amount_micros', periods.credit_micros::text, grants.amount_micros::text),
      ('kind', periods.kind, grants.kind),
      ('order', CASE WHEN periods.price_micros > 0 THEN 'settled' END, CASE WHEN periods.price_micros > 0 THEN paid.state END),
      ('order_amount', CASE WHEN periods.price_micros > 0 THEN periods.price_micros::text END,
        CASE WHEN periods.price_micros > 0 THEN paid.amount_micros::text END),
      ('order_grant', CASE WHEN paid.id IS NOT NULL THEN grants.id::text END, paid.grant_id::text)
    ) AS c("column", expected, found)
    WHERE CASE WHEN periods.reference IS NULL THEN c.column = 'period' WHEN grants.id IS NULL THEN c.column = 'grant'
      ELSE c.column NOT IN ('period', 'grant') AND c.expected IS DISTINCT FROM c.found END`,
};

/** Every credit that came by hand, every row that says so, and every deduction with its entry. */
const adjustments: Check = {
  name: 'cause-adjustment',
  table: 'credit_adjustment',
  query: ({ companyId }) => Prisma.sql`
    SELECT grants.wallet_id, coalesce('grant ' || grants.id, 'adjustment ' || made.id) AS row, c.column, c.expected, c.found
    FROM (
      SELECT * FROM credit_grant WHERE company_id = ${companyId} AND source IN ('adjustment', 'opening')
    ) AS grants
    FULL JOIN (
      SELECT * FROM credit_adjustment WHERE company_id = ${companyId} AND kind <> 'deduction'
    ) AS made ON made.grant_id = grants.id
    CROSS JOIN LATERAL (VALUES
      ('adjustment', 'a reason', made.id::text),
      ('grant', 'a credit', grants.id::text),
      ('amount_micros', made.amount_micros::text, grants.amount_micros::text)
    ) AS c("column", expected, found)
    WHERE CASE WHEN made.id IS NULL THEN c.column = 'adjustment' WHEN grants.id IS NULL THEN c.column = 'grant'
      ELSE c.column = 'amount_micros' AND c.expected <> c.found END
    UNION ALL
    SELECT entries.wallet_id, coalesce('adjustment ' || made.id, 'seq ' || entries.seq), 'amount_micros',
      made.amount_micros::text, entries.amount_micros::text
    FROM (
      SELECT * FROM credit_adjustment WHERE company_id = ${companyId} AND kind = 'deduction'
    ) AS made
    FULL JOIN (
      SELECT * FROM entry WHERE company_id = ${companyId} AND type = 'adjustment'
    ) AS entries ON entries.reference = made.id::text
    WHERE made.amount_micros IS DISTINCT FROM entries.amount_micros`,
};

/** A credit whose source nobody makes has no cause at all; what a change of usage or sharing makes is posted as that. */
const sources: Check = {
  name: 'cause',
  table: 'credit_grant',
  query: ({ companyId }) => Prisma.sql`
    SELECT wallet_id, 'grant ' || id AS row, 'source' AS column, 'a source of credits' AS expected, source AS found
    FROM credit_grant
    WHERE company_id = ${companyId} AND CASE
      WHEN source IN ('purchase', 'bundle', 'recurring', 'adjustment', 'opening') THEN false
      WHEN source IN ('move', 'correction', 'refund', 'reversal') THEN EXISTS (
        SELECT FROM entry WHERE entry.company_id = ${companyId} AND entry.wallet_id = credit_grant.wallet_id
          AND entry.grant_id = credit_grant.id AND entry.type = 'grant')
      ELSE true END`,
};

/** What sharing moved came from a grant of the company, and is no more than that grant. */
const moves: Check = {
  name: 'cause-move',
  table: 'credit_grant',
  query: ({ companyId }) => Prisma.sql`
    SELECT moved.wallet_id, 'grant ' || moved.id AS row, 'reference' AS column, 'a grant that it came from' AS expected,
      moved.reference AS found
    FROM credit_grant AS moved
    LEFT JOIN credit_grant AS origin ON origin.company_id = ${companyId} AND origin.id::text = moved.reference
      AND origin.kind = moved.kind AND origin.amount_micros >= moved.amount_micros
    WHERE moved.company_id = ${companyId} AND moved.source = 'move' AND origin.id IS NULL`,
};

/** What was taken back of a credit is what refunds and lost disputes of its payment took, less what was given back. */
const reversals: Check = {
  name: 'cause-reversal',
  table: 'refund',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, 'grant ' || grant_id AS row, 'reversed_micros' AS column,
      coalesce(due.micros, 0)::text AS expected, coalesce(taken.micros, 0)::text AS found
    FROM (
      SELECT reference::bigint AS grant_id, -sum(amount_micros) AS micros FROM entry
      WHERE company_id = ${companyId} AND type = 'reversal' AND source = 'reversal' GROUP BY reference
    ) AS taken
    FULL JOIN (
      SELECT orders.grant_id, sum(claims.reversed_micros) AS micros
      FROM (
        SELECT order_id, reversed_micros FROM refund WHERE company_id = ${companyId} AND restored_at IS NULL
        UNION ALL
        SELECT order_id, reversed_micros FROM dispute WHERE company_id = ${companyId} AND restored_at IS NULL
      ) AS claims
      JOIN purchase_order AS orders ON orders.company_id = ${companyId} AND orders.id = claims.order_id
      WHERE claims.reversed_micros IS NOT NULL AND orders.grant_id IS NOT NULL GROUP BY orders.grant_id
    ) AS due USING (grant_id)
    WHERE coalesce(due.micros, 0) <> coalesce(taken.micros, 0)`,
};

/** Credits and what brought each: their orders, periods, adjustments and origins; and what took them back. */
export const creditChecks: readonly Check[] = [purchases, periods, adjustments, moves, sources, reversals];
