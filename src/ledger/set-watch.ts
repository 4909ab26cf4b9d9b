import type { Queryable } from '../db/index.ts';
import { type Money, toMicros } from '../money.ts';
import { asLedgerCall } from './ledger-error.ts';
import type { WatchClass } from './types.ts';

/**
 * Sets the levels of a wallet below which `wakeWatch` is called; null: not watched; what is not named
 * stays. `calls` and `ai` are compared with what the class can spend, `general` with `freeGeneral` (R11). What is below
 * its level already wakes its job at once. Throws RefillError `wallet-unknown`, `no-book`.
 */
export async function setWatch(
  tx: Queryable,
  watch: { companyId: bigint; walletId: bigint } & { [C in WatchClass]?: Money | null },
): Promise<void> {
  const { companyId, walletId, ...levels } = watch;
  const micros = Object.entries(levels).map(([name, level]) => [
    name,
    level === null ? null : toMicros(level).toString(),
  ]);
  await asLedgerCall(
    () =>
      tx.$executeRaw`SELECT ledger_set_watch(${companyId}, ${walletId}, ${JSON.stringify(Object.fromEntries(micros))}::jsonb)`,
  );
}
