import type { Tx } from '../../../db/index.ts';
import { setWatch } from '../../../ledger/index.ts';
import type { Company } from '../../../org/index.ts';
import { recordSetting } from './notify-recharge.ts';
import { dropWaiting, listWaiting } from './retry-recharge.ts';
import { updateSetting } from './store-setting.ts';

/** Turns auto-recharge of every wallet of a company off that is closed, and drops recharges that wait for their next try. */
export async function endRechargesForClosing(
  tx: Tx,
  { company, at }: { company: Company; at: Date },
): Promise<Record<string, never>> {
  for (const order of await listWaiting(tx, company.id)) await dropWaiting(tx, order, at, 'dropped');
  const on = await tx.rechargeSetting.findMany({ where: { companyId: company.id, isOn: true } });
  const ended = { isOn: false, pausedFor: null, pausedMicros: null, setBy: 'operator', setAt: at };
  for (const before of on) {
    const setting = await updateSetting(tx, before, { ...ended, version: { increment: 1 } }, at);
    await setWatch(tx, { companyId: company.id, walletId: before.walletId, general: null });
    await recordSetting(tx, setting, { by: 'operator', at });
  }
  return {};
}
