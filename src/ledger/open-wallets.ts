import type { Queryable } from '../db/index.ts';
import { asLedgerCall } from './ledger-error.ts';

/**
 * Opens the book of a company whose offices are no rows of this database: a wallet for its pool and one for each office.
 * May be called again when an office is added; what exists is kept. `pooled` counts at the first call only (R5).
 *
 * Offices in the table `office` need no call: its trigger opens their wallets, and the book with the primary office's.
 * Throws RefillError `office-unknown` where the primary office is none of the company's.
 */
export async function openWallets(
  tx: Queryable,
  company: {
    companyId: bigint;
    officeIds: readonly bigint[];
    primaryOfficeId: bigint;
    pooled: boolean;
    at: Date;
  },
): Promise<void> {
  await asLedgerCall(
    () => tx.$executeRaw`SELECT ledger_open_book(${company.companyId}, ${company.officeIds}::bigint[],
      ${company.primaryOfficeId}, ${company.pooled}, NULL, ${company.at})`,
  );
}
