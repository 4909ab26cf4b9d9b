import type { Queryable } from '../db/index.ts';

/** Whose entries are summed up. */
export interface SummedWallet {
  companyId: bigint;
  walletId: bigint;
}

/** Entries summed up in one transaction: a tenth of a second's work. */
const AT_ONCE = 10_000;

/** The wallets with entries that are not summed up yet, by id. */
export async function listUnsummed(db: Queryable): Promise<SummedWallet[]> {
  const rows = await db.$queryRaw<{ company_id: bigint; id: bigint }[]>`
    SELECT w.company_id, w.id FROM wallet AS w LEFT JOIN wallet_summed AS s ON s.company_id = w.company_id AND s.wallet_id = w.id
    WHERE w.seq > coalesce(s.seq, 0) ORDER BY w.company_id, w.id`;
  return rows.map((row) => ({ companyId: row.company_id, walletId: row.id }));
}

/**
 * Sums up the next entries of a wallet, at most so many, by quarter-hour of posting and kind; nothing that is read
 * changes by it. Answers whether there were any.
 */
export async function sumEntries(tx: Queryable, wallet: SummedWallet, most = AT_ONCE): Promise<boolean> {
  const rows = await tx.$queryRaw<{ done: boolean }[]>`
    SELECT ledger_sum_entries(${wallet.companyId}, ${wallet.walletId}, ${most}::int) AS done`;
  return rows[0]?.done === true;
}
