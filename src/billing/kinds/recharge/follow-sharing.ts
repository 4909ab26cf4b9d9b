import type { Tx } from '../../../db/index.ts';
import { type Company, findCompany } from '../../../org/index.ts';
import { askForChange } from '../../approvals/ask-approval.ts';
import { closeDrafts } from '../../drafts/drafts.ts';
import type { Moments } from '../../orders/moments.ts';
import { putInForce } from './change-recharge.ts';
import { recordSetting } from './notify-recharge.ts';
import { toChange } from './recharge-change.ts';
import { dropWaiting, listWaiting } from './retry-recharge.ts';
import { storeSetting } from './store-setting.ts';

/** Credits are about to be shared otherwise: recharges that wait for their next try are dropped, open forms closed. */
export async function dropForSharing(tx: Tx, { company, at }: { company: Company; at: Date }): Promise<void> {
  for (const order of await listWaiting(tx, company.id)) await dropWaiting(tx, order, at, 'dropped');
  await closeDrafts(tx, company.id, 'recharge');
}

/** Credits are shared otherwise now: each wallet's auto-recharge is put in force as it was chosen, or asked about (R9). */
export async function followSharing(
  tx: Tx,
  { company, actor, recharges, at }: Moments['sharingChanged'],
): Promise<void> {
  for (const { inForce, paused, asked, ...wallet } of recharges) {
    if (inForce !== null) {
      const setting = await storeSetting(tx, { company, actor }, wallet, inForce, at, paused);
      await recordSetting(tx, setting, { by: actor, at });
      await putInForce(tx, setting, inForce, at);
    }
    if (asked === null) continue;
    const present = (await findCompany(tx, company.id)) ?? company;
    const change = toChange(wallet, asked.choice, asked.chargesNow);
    await askForChange(tx, present, { change, askedBy: actor }, at);
  }
}
