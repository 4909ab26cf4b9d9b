import type { Queryable } from '../db/index.ts';
import { asLedgerCall } from './ledger-error.ts';

/**
 * Takes the lock that every posting of a company takes, so that a balance read after it stays true until the transaction
 * ends: for a decision about exact figures. The company's own lock comes first. Throws RefillError `no-book`.
 */
export async function lockBook(tx: Queryable, companyId: bigint): Promise<void> {
  await asLedgerCall(() => tx.$executeRaw`SELECT FROM ledger_lock_book(${companyId})`);
}
