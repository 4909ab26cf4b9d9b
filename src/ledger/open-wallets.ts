import type { Queryable } from '../db/index.ts';
import { dollars, type Money, toMicros } from '../money.ts';
import { asLedgerCall } from './ledger-error.ts';

/** People are told below $5.00 unless they choose otherwise. */
const DEFAULT_WATCH = dollars('5');

/**
 * Opens a company's books: a wallet for its pool and one for each office. May be called again when an office is
 * added; what exists is kept. `pooled` counts at the first call only (R5).
 * Throws RefillError `office-unknown` where the primary office is none of the company's.
 */
export async function openWallets(
  tx: Queryable,
  company: {
    companyId: bigint;
    officeIds: readonly bigint[];
    primaryOfficeId: bigint;
    pooled: boolean;
    watchBelow?: Money;
    at: Date;
  },
): Promise<void> {
  await asLedgerCall(
    () => tx.$executeRaw`SELECT ledger_open_book(${company.companyId}, ${company.officeIds}::bigint[],
      ${company.primaryOfficeId}, ${company.pooled}, ${toMicros(company.watchBelow ?? DEFAULT_WATCH)}, ${company.at})`,
  );
}
