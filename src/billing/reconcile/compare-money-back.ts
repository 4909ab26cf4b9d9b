import { Prisma } from '../../db/index.ts';
import type { ListPeriod } from '../processor-lists.ts';
import { type Comparison, columns } from './comparison.ts';

type Noun = 'refund' | 'dispute';

/**
 * Refunds, or disputes, of payments of orders: those of a period at the processor beside ours. A payment that came through
 * late credited nothing, so its refund is none of the books'.
 */
function both(noun: Noun, { since, until }: ListPeriod): Prisma.Sql {
  const ours = Prisma.raw(noun);
  const listed = Prisma.raw(`listed_${noun}`);
  return Prisma.sql`
    SELECT coalesce(there.id, here.processor_id) AS id, coalesce(here.company_id, a.company_id) AS company_id,
      coalesce(here.order_id, a.order_id) AS order_id, coalesce(there.intent_id, a.intent_id) AS intent_id,
      here.processor_id AS here_id, here.state AS here_state, here.amount_micros AS here_micros,
      there.id AS there_id, there.state AS there_state, there.amount_micros AS there_micros
    FROM (SELECT * FROM ${listed} WHERE created_at >= ${since} AND created_at < ${until}) AS there
    JOIN payment_attempt AS a ON a.intent_id = there.intent_id AND a.refund_reason IS NULL
    LEFT JOIN ${ours} AS here ON here.processor_id = there.id`;
}

/** Ours of a period that the processor's list does not have. Disputes of ours know when we noticed them. */
function onlyHere(noun: Noun, { since, until }: ListPeriod): Prisma.Sql {
  const at = Prisma.raw(noun === 'refund' ? 'here.created_at' : 'here.opened_at');
  return Prisma.sql`
    SELECT here.processor_id AS id, here.company_id, here.order_id, NULL AS intent_id, here.state AS here_state,
      here.amount_micros AS here_micros
    FROM ${Prisma.raw(noun)} AS here
    LEFT JOIN ${Prisma.raw(`listed_${noun}`)} AS there ON there.id = here.processor_id
    WHERE ${at} >= ${since} AND ${at} < ${until} AND there.id IS NULL`;
}

function comparisonsOf(noun: Noun): readonly Comparison[] {
  const place = {
    key: 'b.id',
    company: 'b.company_id',
    order: 'b.order_id',
    intent: 'b.intent_id',
    [noun]: 'b.id',
  };
  // One that took nothing, and of which nobody heard in time, is nothing to be told of.
  const over = noun === 'refund' ? ['failed', 'canceled'] : ['closed'];
  return [
    {
      kind: `${noun}-missing-here`,
      query: (period) => Prisma.sql`
        SELECT ${columns({ ...place, there: 'b.there_micros' })} FROM (${both(noun, period)}) AS b
        WHERE b.here_id IS NULL AND b.there_state <> ALL (${over})`,
    },
    {
      kind: `${noun}-missing-there`,
      query: (period) => Prisma.sql`
        SELECT ${columns({ ...place, here: 'b.here_micros' })} FROM (${onlyHere(noun, period)}) AS b`,
    },
    {
      kind: `${noun}-amount-differs`,
      query: (period) => Prisma.sql`
        SELECT ${columns({ ...place, here: 'b.here_micros', there: 'b.there_micros' })}
        FROM (${both(noun, period)}) AS b WHERE b.here_micros <> b.there_micros`,
    },
    {
      kind: `${noun}-state-differs`,
      query: (period) => Prisma.sql`
        SELECT ${columns({ ...place, here: 'b.here_state', there: 'b.there_state' })}
        FROM (${both(noun, period)}) AS b WHERE b.here_state <> b.there_state`,
    },
  ];
}

/** Refunds and disputes at the processor, and what the books know of them. */
export const moneyBackComparisons: readonly Comparison[] = [
  ...comparisonsOf('refund'),
  {
    kind: 'refund-not-made',
    query: ({ since, until }) => Prisma.sql`
      SELECT ${columns({
        key: `w.company_id || '/' || w.id`,
        company: 'w.company_id',
        order: 'w.order_id',
        here: 'w.amount_micros',
      })}
      FROM operator_refund AS w
      WHERE w.requested_at >= ${since} AND w.requested_at < ${until} AND w.processor_id IS NULL AND w.failure_code IS NULL`,
  },
  ...comparisonsOf('dispute'),
];
