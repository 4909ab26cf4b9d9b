import type { Queryable } from '../db/index.ts';
import { asLedgerCall } from './ledger-error.ts';
import type { SpendingLimit } from './read-spending-limits.ts';

/** Makes a company's limits count the periods that contain `at`. Throws RefillError `no-book`. */
export async function rollSpendingLimits(tx: Queryable, companyId: bigint, at: Date): Promise<void> {
  await asLedgerCall(() => tx.$executeRaw`SELECT ledger_roll_limits(${companyId}, ${at})`);
}

/** Stores the highest level of a limit that was notified in its period: the job is woken for the next one only. */
export async function storeNotifiedLevel(tx: Queryable, limit: SpendingLimit, level: number): Promise<void> {
  await asLedgerCall(
    () => tx.$executeRaw`SELECT ledger_arm_limit(${limit.companyId}, ${limit.limitId}, ${level}::int)`,
  );
}

/**
 * The companies with limits that a job should look at: where a level is reached that was not notified, or a period ended.
 * Finds what a lost wake-up, a new period or another time zone left.
 */
export async function listDueLimits(db: Queryable, at: Date): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ company_id: bigint }[]>`
    SELECT book.company_id FROM book
    WHERE book.is_limited AND EXISTS (
      SELECT FROM ledger_limits_at(book.company_id, ${at}) AS counted
      JOIN spending_limit ON spending_limit.company_id = book.company_id AND spending_limit.id = counted.id
      WHERE counted.is_stale OR counted.spent_micros >= spending_limit.wake_micros)
    ORDER BY book.company_id`;
  return rows.map((row) => row.company_id);
}

/** Enqueues, in the caller's transaction, the job that judges a company's limits. A waiting one is not doubled. */
export async function wakeLimits(tx: Queryable, companyId: bigint): Promise<void> {
  await tx.$executeRaw`SELECT ledger_wake_limits(${companyId})`;
}
