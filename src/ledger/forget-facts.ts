import type { Queryable } from '../db/index.ts';
import { DAY_MS, HOUR_MS } from '../durations.ts';
import { asLedgerCall } from './ledger-error.ts';

/** How long the facts of a usage are compared when its key comes again (R23), and an hour for clocks that differ. */
const COMPARED_MS = 35 * DAY_MS + HOUR_MS;
const PAGE = 2_000;

const untilOf = (at: Date): Date => new Date(at.getTime() - COMPARED_MS);

/** The companies with usage that is no longer compared and whose facts may still be there, by id. */
export async function listDueFacts(db: Queryable, at: Date): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ company_id: bigint }[]>`
    SELECT b.company_id FROM book AS b
    WHERE EXISTS (SELECT FROM usage_record AS u
      WHERE u.company_id = b.company_id AND u.usage_at > b.facts_until AND u.usage_at <= ${untilOf(at)})
    ORDER BY b.company_id`;
  return rows.map((row) => row.company_id);
}

/**
 * Sets the facts of a company's usage to null once they are compared no more, a page a transaction (R23).
 * Applies R23.3.
 */
export async function forgetFacts(db: Queryable, companyId: bigint, at: Date): Promise<void> {
  for (let hasMore = true; hasMore; ) {
    const rows = await asLedgerCall(
      () => db.$queryRaw<{ more: boolean }[]>`
        SELECT ledger_forget_facts(${companyId}, ${untilOf(at)}, ${PAGE}::int) AS more`,
    );
    hasMore = rows[0]?.more === true;
  }
}
