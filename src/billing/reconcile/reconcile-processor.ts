import { type Db, Prisma } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { requireAnswer } from '../processor/require-answer.ts';
import type { ListPeriod, ProcessorLists } from '../processor-lists.ts';
import { moneyBackComparisons } from './compare-money-back.ts';
import { paymentComparisons } from './compare-payments.ts';
import type { Comparison, Difference, DifferenceRow } from './comparison.ts';
import { loadLists, storeMoneyBack, storePayments } from './listed-tables.ts';

/** What is younger may be on its way still: a webhook that is late is made up for by the sweep within 15 minutes. */
const SETTLING_MS = 30 * MINUTE_MS;
const PAGE = 200;

const COMPARISONS: readonly Comparison[] = [...paymentComparisons, ...moneyBackComparisons];

/** What was compared. */
export interface ReconciledCounts {
  /** Payments of ours that succeeded at the processor. */
  payments: number;
  refunds: number;
  disputes: number;
  /** Payments that somebody else took with the same account: ignored. */
  foreignPayments: number;
}

/** The end of a period that may be compared: what came later may not have arrived yet. */
export function latestComparable(now: Date): Date {
  return new Date(now.getTime() - SETTLING_MS);
}

/**
 * Compares the books with the processor's own lists of a period, both ways: payments, refunds and disputes. Whatever looks
 * different is asked of the processor once more and compared again before `onDifference` gets it, as it may have changed since
 * it was listed, or have been made at the edge of the period. Reads only. Nothing of the lists is held in memory.
 * `db`: a single connection of its own, which keeps the lists. Throws RefillError `processor-unanswered`.
 * Applies R16.14.
 */
export async function reconcileProcessor(
  { db, lists }: { db: Db; lists: ProcessorLists },
  period: ListPeriod,
  onDifference: (difference: Difference) => void | Promise<void>,
  onListed: (count: number) => void = () => undefined,
): Promise<ReconciledCounts> {
  await fromProcessor(() => loadLists(db, lists, period, onListed));
  // Counted before single objects outside of the period are added.
  const counts = await count(db);
  for (const { kind, query } of COMPARISONS) {
    let after = '';
    for (;;) {
      const found = await select(db, query(period), Prisma.sql`key > ${after} COLLATE "C"`);
      for (const suspect of found) {
        await fromProcessor(() => askAgain({ db, lists }, suspect));
        const [confirmed] = await select(db, query(period), Prisma.sql`key = ${suspect.key}`);
        if (confirmed === undefined) continue;
        const { key: _, ...difference } = confirmed;
        await onDifference({ kind, ...difference });
      }
      const last = found.at(-1);
      if (last === undefined || found.length < PAGE) break;
      after = last.key;
    }
  }
  return counts;
}

const fromProcessor = <T>(call: () => Promise<T>): Promise<T> =>
  requireAnswer(call, 'Nothing was compared further; run it again.');

async function select(db: Db, query: Prisma.Sql, where: Prisma.Sql): Promise<DifferenceRow[]> {
  return await db.$queryRaw<DifferenceRow[]>`
    SELECT * FROM (${query}) AS difference WHERE ${where} ORDER BY key COLLATE "C" LIMIT ${PAGE}`;
}

/** Brings what a difference is about up to date in the lists. */
async function askAgain(
  { db, lists }: { db: Db; lists: ProcessorLists },
  { intentId, refundId, disputeId }: DifferenceRow,
): Promise<void> {
  if (intentId !== null) {
    const payment = await lists.findPayment(intentId);
    if (payment !== null) await storePayments(db, [payment]);
    if (payment !== null) await storeMoneyBack(db, 'listed_refund', await lists.listRefundsOf(intentId));
  }
  const refund = refundId === null ? null : await lists.findRefund(refundId);
  if (refund !== null) await storeMoneyBack(db, 'listed_refund', [refund]);
  const dispute = disputeId === null ? null : await lists.findDispute(disputeId);
  if (dispute !== null) await storeMoneyBack(db, 'listed_dispute', [dispute]);
}

async function count(db: Db): Promise<ReconciledCounts> {
  const [row] = await db.$queryRaw<Record<keyof ReconciledCounts, bigint>[]>`
    SELECT count(*) FILTER (WHERE is_ours) AS payments, count(*) FILTER (WHERE NOT is_ours) AS "foreignPayments",
      (SELECT count(*) FROM listed_refund JOIN payment_attempt USING (intent_id)) AS refunds,
      (SELECT count(*) FROM listed_dispute JOIN payment_attempt USING (intent_id)) AS disputes
    FROM (
      SELECT p.company_id IS NOT NULL OR EXISTS (SELECT FROM payment_attempt AS a WHERE a.intent_id = p.id)
        OR EXISTS (SELECT FROM card_check AS c WHERE c.intent_id = p.id)
        OR EXISTS (SELECT FROM invoice_payment AS i WHERE i.intent_id = p.id) AS is_ours
      FROM listed_payment AS p WHERE p.status = 'succeeded'
    ) AS listed`;
  const { payments = 0n, refunds = 0n, disputes = 0n, foreignPayments = 0n } = row ?? {};
  return {
    payments: Number(payments),
    refunds: Number(refunds),
    disputes: Number(disputes),
    foreignPayments: Number(foreignPayments),
  };
}
