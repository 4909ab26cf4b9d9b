import type { Queryable } from '../db/index.ts';
import type { WatchClass } from './types.ts';

/**
 * Enqueues, in the caller's transaction, the job that decides what a class of a wallet needs as it is then:
 * `watch-balance`, or `recharge-if-low` for its general credits. For changes that no posting notices, such as a new
 * setting: postings do so themselves. A waiting job is not doubled.
 */
export async function wakeWatch(
  tx: Queryable,
  watched: { companyId: bigint; walletId: bigint; class: WatchClass },
): Promise<void> {
  await tx.$executeRaw`SELECT ledger_wake_watch(${watched.companyId}, ${watched.walletId}, ${watched.class})`;
}
