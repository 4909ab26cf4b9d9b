import { openDb } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { type VerifyOptions, type VerifySummary, verifyLedger } from './verify-ledger.ts';

/**
 * Verifies all of a database's books on a connection of its own. Going through millions of rows takes longer than any
 * statement of the app may. Each check goes through all of a company's or a wallet's rows, so they are not looked up one by
 * one, which a planner that has no statistics yet would choose, and would not come to an end with; but for the usage of each
 * entry, which is looked up by its key.
 * Throws RefillError `database-unavailable`.
 */
export async function verifyDatabase(
  database: { url: string; log: Logger },
  options: VerifyOptions,
): Promise<VerifySummary> {
  const db = await openDb({ ...database, poolSize: 1, statementTimeoutMs: 0 });
  try {
    await db.$executeRaw`SELECT set_config('work_mem', '64MB', false), set_config('enable_nestloop', 'off', false)`;
    return await verifyLedger(db, options);
  } finally {
    await db.$disconnect();
  }
}
