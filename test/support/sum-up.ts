import type { Queryable } from '../../src/db/index.ts';
import { sumUpUsage } from '../../src/ledger/sum-up-usage.ts';

/** Sums a company's usage up as the sweep does at this time, and of each wallet's entries the next so many. */
export async function sumUp(db: Queryable, companyId: bigint, at: Date, entries = 1_000): Promise<void> {
  await sumUpUsage(db, companyId, at);
  await db.$queryRaw`
    SELECT ledger_sum_entries(w.company_id, w.id, ${entries}::int)
    FROM (SELECT company_id, id FROM wallet WHERE company_id = ${companyId} ORDER BY id) AS w`;
}
