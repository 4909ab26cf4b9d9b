import { inTransaction } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { readBalance } from '../../../ledger/index.ts';
import { actorOf, canBuyFor, lockForPerson, type Person, recordAudit } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { scopeOf } from '../../orders/order.ts';
import { findOpenRecharge } from './find-open.ts';
import { dropWaiting } from './retry-recharge.ts';
import { updateSetting } from './store-setting.ts';

/**
 * Pauses the auto-recharge that pays for an office, as its admin asks because of unusual spending (R32); only a company admin
 * resumes it. A recharge that waits is dropped; one that is being charged is completed. `off` where there is none, `already` where it
 * waits for a company admin, or was paused by this story's button before: a click that is delivered again does not pause what was
 * resumed since. Throws RefillError `not-allowed`. Applies R32.8.
 */
export async function pauseRechargeForSurprise(
  { db, clock }: Pick<BillingDeps, 'db' | 'clock'>,
  asked: Person,
  { officeId, storyId }: { officeId: bigint; storyId: bigint },
): Promise<'paused' | 'already' | 'off'> {
  const at = clock.now();
  return await inTransaction(db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const companyId = person.company.id;
    const payer = person.company.pooled ? null : officeId;
    const { wallets } = await readBalance(tx, companyId, at);
    const wallet = wallets.find((each) => each.officeId === payer);
    if (wallet === undefined || !canBuyFor(person, scopeOf(wallet)))
      throw new RefillError('not-allowed', 'Only admins pause auto-recharge there.');
    const { walletId } = wallet;
    const setting = await tx.rechargeSetting.findFirst({ where: { companyId, walletId, isOn: true } });
    if (setting === null) return 'off';
    if (setting.pausedFor === 'surprise' || setting.pausedFor === 'refunded') return 'already';
    const claimed = await tx.surprise.updateMany({
      where: { companyId, id: storyId, officeId, pausedBy: null },
      data: { pausedBy: actorOf(person) },
    });
    if (claimed.count === 0) return 'already';
    await updateSetting(tx, setting, { pausedFor: 'surprise', version: { increment: 1 } }, at);
    const waiting = await findOpenRecharge(tx, setting);
    if (waiting !== null) await dropWaiting(tx, waiting, at, 'given_up');
    await recordAudit(tx, {
      companyId,
      at,
      actor: actorOf(person),
      surface: 'slack',
      action: 'recharge-paused',
      details: { wallet: walletId.toString(), for: 'surprise', surprise: storyId.toString() },
    });
    return 'paused';
  });
}
