import { openDb } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { type VerifyOptions, type VerifySummary, verifyLedger } from './verify-ledger.ts';

/**
 * Verifies all of a database's books on a connection of its own. Going through millions of rows takes longer than any
 * statement of the app may, and is twice as fast where the server may sort and hash in more of its memory.
 * Throws RefillError `database-unavailable`.
 */
export async function verifyDatabase(
  database: { url: string; log: Logger },
  options: VerifyOptions,
): Promise<VerifySummary> {
  const db = await openDb({ ...database, poolSize: 1, statementTimeoutMs: 0 });
  try {
    await db.$executeRaw`SET work_mem = '64MB'`;
    return await verifyLedger(db, options);
  } finally {
    await db.$disconnect();
  }
}
