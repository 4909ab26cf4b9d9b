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
 * Sums up what a wallet has of entries by now, by quarter-hour of posting and kind, so many in a transaction; nothing that
 * is read changes by it. What is posted meanwhile may be left for the next time.
 */
export async function sumEntries(db: Queryable, wallet: SummedWallet, atOnce = AT_ONCE): Promise<void> {
  while ((await sumNext(db, wallet, atOnce)) === atOnce);
}

/** Sums up the next entries, at most `AT_ONCE`. Returns how many there were. */
export async function sumNext(db: Queryable, wallet: SummedWallet, most: number): Promise<number> {
  const rows = await db.$queryRaw<{ summed: bigint }[]>`
    SELECT ledger_sum_entries(${wallet.companyId}, ${wallet.walletId}, ${most}::int) AS summed`;
  return Number(rows[0]?.summed ?? 0);
}
