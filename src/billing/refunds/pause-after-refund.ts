import type { Tx } from '../../db/index.ts';
import { readBalance } from '../../ledger/index.ts';
import { fromMicros } from '../../money.ts';
import { findOpenRecharge } from '../kinds/recharge/find-open.ts';
import { dropWaiting } from '../kinds/recharge/retry-recharge.ts';
import { isBelow, keyOfSetting } from '../kinds/recharge/settings.ts';

/**
 * Pauses auto-recharge of every wallet that a refund left below its threshold, until a company admin resumes it (R16):
 * what was just given back is not charged again. A recharge that only waits is dropped. Answers which wallets.
 */
export async function pauseAfterRefund(
  tx: Tx,
  companyId: bigint,
  refund: { walletIds: readonly bigint[]; amount: bigint },
  at: Date,
): Promise<bigint[]> {
  const settings = await tx.rechargeSetting.findMany({
    where: { companyId, walletId: { in: [...refund.walletIds] }, isOn: true },
    orderBy: { walletId: 'asc' },
  });
  if (settings.length === 0) return [];
  const { wallets } = await readBalance(tx, companyId, at);
  const paused: bigint[] = [];
  for (const setting of settings) {
    const wallet = wallets.find(({ walletId }) => walletId === setting.walletId);
    if (wallet === undefined || !isBelow(wallet, fromMicros(setting.thresholdMicros))) continue;
    await tx.rechargeSetting.update({
      where: keyOfSetting(setting),
      data: { pausedFor: 'refunded', pausedMicros: refund.amount },
    });
    const waiting = await findOpenRecharge(tx, setting);
    if (waiting !== null) await dropWaiting(tx, waiting, at, 'given_up');
    paused.push(setting.walletId);
  }
  return paused;
}
