import { Prisma } from '../../db/index.ts';
import type { Check } from '../../ledger/index.ts';

/** Every credit that an order brought, and every line of a settled order that brings one by itself. */
const purchases: Check = {
  name: 'cause-order',
  table: 'credit_grant',
  query: ({ companyId }) => Prisma.sql`
    SELECT grants.wallet_id, coalesce('grant ' || grants.id, format('order %s line %s', lines.order_id, lines.position)) AS row,
      c.column, c.expected, c.found
    FROM (
      SELECT credit_grant.*, wallet.office_id FROM credit_grant JOIN wallet USING (company_id)
      WHERE credit_grant.company_id = ${companyId} AND wallet.id = credit_grant.wallet_id
        AND credit_grant.source = 'purchase'
    ) AS grants
    FULL JOIN (
      SELECT order_line.* FROM order_line JOIN purchase_order AS orders
        ON orders.company_id = order_line.company_id AND orders.id = order_line.order_id
      WHERE order_line.company_id = ${companyId} AND orders.state = 'settled' AND orders.kind IN ('purchase', 'recharge')
    ) AS lines ON lines.grant_id = grants.id
    CROSS JOIN LATERAL (VALUES
      ('order', grants.reference, lines.order_id::text),
      ('grant', coalesce(lines.grant_id::text, 'a credit'), grants.id::text),
      ('amount_micros', lines.amount_micros::text, grants.amount_micros::text),
      ('kind', 'general', grants.kind),
      ('office_id', lines.office_id::text, grants.office_id::text)
    ) AS c("column", expected, found)
    WHERE CASE WHEN lines.order_id IS NULL THEN c.column = 'order' WHEN grants.id IS NULL THEN c.column = 'grant'
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
    LEFT JOIN order_line AS line ON line.company_id = ${companyId} AND line.order_id = paid.id
    CROSS JOIN LATERAL (VALUES
      ('period', coalesce(grants.reference, periods.reference), periods.reference),
      ('grant', 'a credit', grants.id::text),
      ('amount_micros', periods.credit_micros::text, grants.amount_micros::text),
      ('kind', periods.kind, grants.kind),
      ('order', CASE WHEN periods.price_micros > 0 THEN 'settled' END, CASE WHEN periods.price_micros > 0 THEN paid.state END),
      ('order_amount', CASE WHEN periods.price_micros > 0 THEN periods.price_micros::text END,
        CASE WHEN periods.price_micros > 0 THEN paid.amount_micros::text END),
      ('order_grant', CASE WHEN paid.id IS NOT NULL THEN grants.id::text END, line.grant_id::text)
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

/** An order is the sum of its lines, and one without an amount has none. */
const lines: Check = {
  name: 'order-lines',
  table: 'order_line',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, 'order ' || orders.id AS row, 'amount_micros' AS column,
      orders.amount_micros::text AS expected, line.micros::text AS found
    FROM purchase_order AS orders
    LEFT JOIN (
      SELECT order_id, sum(amount_micros) AS micros FROM order_line WHERE company_id = ${companyId} GROUP BY order_id
    ) AS line ON line.order_id = orders.id
    WHERE orders.company_id = ${companyId} AND orders.amount_micros IS DISTINCT FROM line.micros`,
};

/** What was taken back of an order's credits is what refunds and lost disputes of its payment took, less what was given back. */
const reversals: Check = {
  name: 'cause-reversal',
  table: 'refund',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, coalesce('grant ' || taken.grant_id, 'order ' || coalesce(taken.order_id, due.order_id))
        AS row, 'reversed_micros' AS column,
      coalesce(due.micros, 0)::text AS expected, coalesce(taken.micros, 0)::text AS found
    FROM (
      SELECT line.order_id, CASE WHEN line.order_id IS NULL THEN entry.reference END AS grant_id,
        -sum(entry.amount_micros) AS micros
      FROM entry
      LEFT JOIN order_line AS line ON line.company_id = ${companyId} AND line.grant_id = entry.reference::bigint
      WHERE entry.company_id = ${companyId} AND entry.type = 'reversal' AND entry.source = 'reversal'
      GROUP BY line.order_id, 2
    ) AS taken
    FULL JOIN (
      SELECT orders.id AS order_id, sum(claims.reversed_micros) AS micros
      FROM (${reversed(companyId)}) AS claims
      JOIN purchase_order AS orders ON orders.company_id = ${companyId} AND orders.id = claims.order_id
      WHERE claims.restored_at IS NULL AND orders.state = 'settled' GROUP BY orders.id
    ) AS due ON due.order_id = taken.order_id
    WHERE coalesce(due.micros, 0) <> coalesce(taken.micros, 0)`,
};

/** Every refund and dispute that took something of a credit, or had. */
const reversed = (companyId: bigint) => Prisma.sql`
  SELECT order_id, reversed_micros, restored_at FROM refund
  WHERE company_id = ${companyId} AND reversed_micros IS NOT NULL
  UNION ALL
  SELECT order_id, reversed_micros, restored_at FROM dispute
  WHERE company_id = ${companyId} AND reversed_micros IS NOT NULL`;

/** What was taken back of an order's credits was taken of each line in proportion, but for a few micro-dollars of rounding. */
const shares: Check = {
  name: 'cause-reversal',
  table: 'order_line',
  query: ({ companyId }) => Prisma.sql`
    SELECT wallet_id, 'grant ' || id AS row, 'reversed_micros' AS column, round(due)::text AS expected, taken::text AS found
    FROM (
      SELECT wallet_id, id, taken, claims,
        amount_micros * sum(taken) OVER of_order / sum(amount_micros) OVER of_order AS due
      FROM (
        SELECT credit_grant.wallet_id, credit_grant.id, credit_grant.amount_micros, line.order_id, claimed.claims,
          ledger_reversed(${companyId}, credit_grant.id)::numeric AS taken
        FROM (
          SELECT order_id, count(*) AS claims FROM (${reversed(companyId)}) AS each GROUP BY order_id
        ) AS claimed
        JOIN order_line AS line ON line.company_id = ${companyId} AND line.order_id = claimed.order_id
        JOIN credit_grant ON credit_grant.company_id = ${companyId} AND credit_grant.id = line.grant_id
      ) AS reversed_lines
      WINDOW of_order AS (PARTITION BY order_id)
    ) AS shared
    -- Each claim rounds once, and one that was given back leaves what it had rounded.
    WHERE abs(taken - due) > 3 * (1 + claims)`,
};

/** Credits and what brought each: their orders, periods, adjustments and origins; and what took them back. */
export const creditChecks: readonly Check[] = [
  purchases,
  periods,
  adjustments,
  moves,
  sources,
  lines,
  reversals,
  shares,
];
