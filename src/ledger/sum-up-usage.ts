import type { Queryable } from '../db/index.ts';
import { HOUR_MS } from '../durations.ts';
import { asLedgerCall } from './ledger-error.ts';

/** Usage of a quarter-hour mostly comes within an hour of its end; what comes later is added to its sums one by one. */
const LATE_MS = HOUR_MS;

const settledAt = (at: Date): Date => new Date(at.getTime() - LATE_MS);

/**
 * The companies with usage of quarter-hours, or of quarters of a day, that have been over for an hour and are not summed up,
 * by id.
 */
export async function listDueSums(db: Queryable, at: Date): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ company_id: bigint }[]>`
    SELECT b.company_id FROM book AS b
    WHERE EXISTS (
      SELECT FROM usage_rollup AS r WHERE r.company_id = b.company_id AND r.bucket_at >= b.summed_until
        AND r.bucket_at < ledger_quarter_hour(${settledAt(at)}))
      OR b.summed_until < ledger_quarter_day(${settledAt(at)}) AND EXISTS (
        SELECT FROM usage_rollup AS r WHERE r.company_id = b.company_id AND r.bucket_at >= ledger_quarter_day(b.summed_until)
          AND r.bucket_at < ledger_quarter_day(${settledAt(at)}))
    ORDER BY b.company_id`;
  return rows.map((row) => row.company_id);
}

/**
 * Sums up a company's usage by kind for every quarter-hour that has been over for an hour, and by person for every quarter of
 * a UTC day that has; no total changes by it. Returns whether there was one. Throws RefillError `no-book`.
 */
export async function sumUpUsage(tx: Queryable, companyId: bigint, at: Date): Promise<boolean> {
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ done: boolean }[]>`SELECT ledger_sum_up(${companyId}, ${settledAt(at)}) AS done`,
  );
  return rows[0]?.done === true;
}
