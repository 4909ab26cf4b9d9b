import type { Queryable } from '../db/index.ts';
import { type Money, toMicros } from '../money.ts';
import { asLedgerCall } from './ledger-error.ts';

/**
 * Sets the levels below which people are told of a wallet's classes; null: not watched. Where a class is below its
 * level already, they are told now. Throws RefillError `wallet-unknown`, `no-book`.
 */
export async function setWatch(
  tx: Queryable,
  watch: { companyId: bigint; walletId: bigint; calls: Money | null; ai: Money | null },
): Promise<void> {
  const micros = (level: Money | null): bigint | null => (level === null ? null : toMicros(level));
  await asLedgerCall(
    () =>
      tx.$executeRaw`SELECT ledger_set_watch(${watch.companyId}, ${watch.walletId}, ${micros(watch.calls)}::bigint,
        ${micros(watch.ai)}::bigint)`,
  );
}
