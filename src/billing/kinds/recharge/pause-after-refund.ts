import type { Tx } from '../../../db/index.ts';
import { readBalance } from '../../../ledger/index.ts';
import { fromMicros } from '../../../money.ts';
import type { Moments } from '../../orders/moments.ts';
import { findOpenRecharge } from './find-open.ts';
import { dropWaiting } from './retry-recharge.ts';
import { isBelow } from './settings.ts';
import { updateSetting } from './store-setting.ts';

/**
 * Pauses auto-recharge of every wallet that a refund left below its threshold, until a company admin resumes it (R16):
 * what was just given back is not charged again. A recharge that only waits is dropped. Returns which wallets.
 * Applies R16.7.
 */
export async function pauseAfterRefund(
  tx: Tx,
  { companyId, walletIds, amount, at }: Moments['creditRefunded'],
): Promise<bigint[]> {
  const settings = await tx.rechargeSetting.findMany({
    where: { companyId, walletId: { in: [...walletIds] }, isOn: true },
    orderBy: { walletId: 'asc' },
  });
  if (settings.length === 0) return [];
  const { wallets } = await readBalance(tx, companyId, at);
  const paused: bigint[] = [];
  for (const setting of settings) {
    const wallet = wallets.find(({ walletId }) => walletId === setting.walletId);
    if (wallet === undefined || !isBelow(wallet, fromMicros(setting.thresholdMicros))) continue;
    await updateSetting(tx, setting, { pausedFor: 'refunded', pausedMicros: amount }, at);
    const waiting = await findOpenRecharge(tx, setting);
    if (waiting !== null) await dropWaiting(tx, waiting, at, 'given_up');
    paused.push(setting.walletId);
  }
  return paused;
}
