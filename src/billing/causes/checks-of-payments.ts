import { Prisma } from '../../db/index.ts';
import type { Check } from '../../ledger/index.ts';

/** A settled order that a card paid has one succeeded attempt, and a succeeded attempt has a settled order. */
const attempts: Check = {
  name: 'cause-attempt',
  table: 'purchase_order',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, 'order ' || orders.id AS row, 'succeeded attempts' AS column,
      (orders.state = 'settled' AND orders.method = 'card')::int::text AS expected, coalesce(paid.attempts, 0)::text AS found
    FROM purchase_order AS orders
    LEFT JOIN (
      SELECT order_id, count(*) AS attempts FROM payment_attempt
      WHERE company_id = ${companyId} AND state = 'succeeded' GROUP BY order_id
    ) AS paid ON paid.order_id = orders.id
    WHERE orders.company_id = ${companyId}
      AND (orders.state = 'settled' AND orders.method = 'card')::int <> coalesce(paid.attempts, 0)`,
};

/** A settled order has its receipt, and no other; the company's receipts run from 1 without a gap. */
const receipts: Check = {
  name: 'receipt',
  table: 'purchase_order',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, numbered.row, 'receipt_number' AS column, numbered.expected, numbered.found
    FROM (
      SELECT 'order ' || id AS row, CASE WHEN state = 'settled' THEN 'a number' ELSE 'none' END AS expected,
        coalesce(receipt_number::text, 'none') AS found
      FROM purchase_order WHERE company_id = ${companyId} AND (state = 'settled') <> (receipt_number IS NOT NULL)
      UNION ALL
      SELECT 'order ' || id, (row_number() OVER (ORDER BY receipt_number))::text, receipt_number::text
      FROM purchase_order WHERE company_id = ${companyId} AND receipt_number IS NOT NULL
      UNION ALL
      SELECT 'last receipt', count(purchase_order.receipt_number)::text, company.last_receipt_number::text
      FROM company LEFT JOIN purchase_order ON purchase_order.company_id = company.id
      WHERE company.id = ${companyId} GROUP BY company.id
    ) AS numbered
    WHERE numbered.expected <> numbered.found AND numbered.expected <> 'a number' OR numbered.found = 'none'`,
};

/** What is credited on invoice is an item of an invoice or of the next one, with its amount and receipt. */
const items: Check = {
  name: 'cause-invoice',
  table: 'invoice_item',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, 'order ' || coalesce(orders.id, item.order_id) AS row, c.column, c.expected, c.found
    FROM (
      SELECT * FROM purchase_order WHERE company_id = ${companyId} AND state = 'settled' AND method = 'invoice'
    ) AS orders
    FULL JOIN (SELECT * FROM invoice_item WHERE company_id = ${companyId}) AS item ON item.order_id = orders.id
    CROSS JOIN LATERAL (VALUES
      ('order_id', orders.id::text, item.order_id::text),
      ('amount_micros', orders.amount_micros::text, item.amount_micros::text),
      ('receipt_number', orders.receipt_number::text, item.receipt_number::text)
    ) AS c("column", expected, found)
    WHERE c.expected IS DISTINCT FROM c.found`,
};

/** An invoice is the sum of its items. */
const totals: Check = {
  name: 'invoice-total',
  table: 'invoice',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, 'invoice ' || invoice.id AS row, 'total_micros' AS column,
      coalesce(item.total, 0)::text AS expected, invoice.total_micros::text AS found
    FROM invoice
    LEFT JOIN (
      SELECT invoice_id, sum(amount_micros) AS total FROM invoice_item WHERE company_id = ${companyId} GROUP BY invoice_id
    ) AS item ON item.invoice_id = invoice.id
    WHERE invoice.company_id = ${companyId} AND coalesce(item.total, 0) <> invoice.total_micros`,
};

/** Whether credits are shared decides who pays: the company and its book say the same. */
const sharing: Check = {
  name: 'cause-sharing',
  table: 'company',
  query: ({ companyId }) => Prisma.sql`
    SELECT NULL::bigint AS wallet_id, 'company' AS row, 'pooled' AS column, company.pooled::text AS expected,
      book.pooled::text AS found
    FROM company JOIN book ON book.company_id = company.id
    WHERE company.id = ${companyId} AND company.pooled <> book.pooled`,
};

/** What was paid or invoiced: attempts, receipts, invoices, and whose credits pay. */
export const paymentChecks: readonly Check[] = [attempts, receipts, items, totals, sharing];
