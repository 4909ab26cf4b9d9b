import { Prisma } from '../../db/index.ts';
import { WEEK_MS } from '../../durations.ts';
import { type Comparison, columns } from './comparison.ts';

/** A check that nobody answered is refunded after a week; a day more is too long. */
const CHECK_OVER_MS = (WEEK_MS / 7) * 8;

/** Payments that succeeded and are ours, each with its order, attempt or card check as far as there is one. */
const OURS = Prisma.sql`
  SELECT p.id, p.created_at, p.received_micros, p.currency, p.customer_id,
    coalesce(a.company_id, c.company_id, p.company_id) AS company_id, o.id AS order_id, o.state AS order_state,
    o.amount_micros, a.state AS attempt_state, c.id AS check_id, c.resolved_at,
    coalesce((SELECT sum(r.amount_micros) FROM listed_refund AS r
      WHERE r.intent_id = p.id AND r.state NOT IN ('failed', 'canceled')), 0) AS refunded_micros
  FROM listed_payment AS p
  LEFT JOIN payment_attempt AS a ON a.intent_id = p.id
  LEFT JOIN card_check AS c ON c.intent_id = p.id OR (c.company_id = p.company_id AND c.id = p.check_id)
  LEFT JOIN purchase_order AS o ON o.company_id = coalesce(a.company_id, p.company_id)
    AND o.id = coalesce(a.order_id, p.order_id)
  WHERE p.status = 'succeeded' AND (p.company_id IS NOT NULL OR a.intent_id IS NOT NULL OR c.intent_id IS NOT NULL)`;

const PAYMENT = {
  key: 'ours.id',
  company: 'ours.company_id',
  order: 'ours.order_id',
  intent: 'ours.id',
};

/** Payments at the processor, and what the books know of them. */
export const paymentComparisons: readonly Comparison[] = [
  {
    kind: 'payment-without-order',
    query: () => Prisma.sql`
      SELECT ${columns({ ...PAYMENT, there: 'ours.received_micros' })} FROM (${OURS}) AS ours
      WHERE ours.order_id IS NULL AND ours.check_id IS NULL AND ours.refunded_micros < ours.received_micros`,
  },
  {
    kind: 'payment-not-credited',
    query: () => Prisma.sql`
      SELECT ${columns({ ...PAYMENT, here: 'ours.order_state', there: 'ours.received_micros' })} FROM (${OURS}) AS ours
      WHERE ours.order_state <> 'settled' AND ours.refunded_micros < ours.received_micros`,
  },
  {
    kind: 'order-paid-twice',
    query: () => Prisma.sql`
      SELECT ${columns({
        ...PAYMENT,
        here: `(SELECT paid.intent_id FROM payment_attempt AS paid WHERE paid.company_id = ours.company_id
          AND paid.order_id = ours.order_id AND paid.state = 'succeeded')`,
        there: 'ours.received_micros',
      })} FROM (${OURS}) AS ours
      WHERE ours.order_state = 'settled' AND ours.attempt_state IS DISTINCT FROM 'succeeded'
        AND ours.refunded_micros < ours.received_micros`,
  },
  {
    kind: 'order-without-payment',
    query: ({ since, until }) => Prisma.sql`
      SELECT ${columns({
        key: `o.company_id || '/' || o.id`,
        company: 'o.company_id',
        order: 'o.id',
        intent: 'a.intent_id',
        here: 'o.amount_micros',
        there: 'p.status',
      })}
      FROM purchase_order AS o
      LEFT JOIN payment_attempt AS a ON a.company_id = o.company_id AND a.order_id = o.id AND a.state = 'succeeded'
      LEFT JOIN listed_payment AS p ON p.id = a.intent_id
      WHERE o.state = 'settled' AND o.method = 'card'
        AND coalesce(a.opened_at, o.settled_at) >= ${since} AND coalesce(a.opened_at, o.settled_at) < ${until}
        AND p.status IS DISTINCT FROM 'succeeded'`,
  },
  {
    kind: 'amount-differs',
    query: () => Prisma.sql`
      SELECT ${columns({ ...PAYMENT, here: 'ours.amount_micros', there: 'ours.received_micros' })}
      FROM (${OURS}) AS ours
      WHERE ours.attempt_state = 'succeeded' AND ours.received_micros <> ours.amount_micros`,
  },
  {
    kind: 'currency-differs',
    query: () => Prisma.sql`
      SELECT ${columns({ ...PAYMENT, here: "'usd'", there: 'ours.currency' })} FROM (${OURS}) AS ours
      WHERE ours.currency <> 'usd' AND ours.refunded_micros < ours.received_micros`,
  },
  {
    // A customer that was deleted at the processor was replaced; payments of before have the one of before.
    kind: 'customer-differs',
    query: () => Prisma.sql`
      SELECT ${columns({
        ...PAYMENT,
        here: 'known.customer_id',
        there: 'ours.customer_id',
      })} FROM (${OURS}) AS ours
      LEFT JOIN processor_customer AS known ON known.company_id = ours.company_id
      WHERE (ours.order_id IS NOT NULL OR ours.check_id IS NOT NULL)
        AND ours.customer_id IS DISTINCT FROM known.customer_id AND NOT EXISTS (
          SELECT FROM audit WHERE audit.company_id = ours.company_id AND audit.action = 'customer-replaced'
            AND audit.details->>'gone' = ours.customer_id)`,
  },
  {
    // Its amount is between the company and its bank, so it is not named.
    kind: 'check-not-refunded',
    query: ({ until }) => Prisma.sql`
      SELECT ${columns(PAYMENT)} FROM (${OURS}) AS ours
      WHERE ours.check_id IS NOT NULL AND ours.refunded_micros < ours.received_micros
        AND (ours.resolved_at < ${until} OR ours.created_at < ${new Date(until.getTime() - CHECK_OVER_MS)})`,
  },
];
