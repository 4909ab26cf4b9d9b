import { inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { lockCompany, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { PAUSING_DISPUTE } from '../orders/purchases-paused.ts';
import { notifyDispute } from './notify-dispute.ts';

/**
 * The operator lets a company buy and recharge again, whatever is disputed; answers how many disputes that was.
 * Throws RefillError `no-dispute` where none keeps it from that. Applies R16.2.
 */
export async function clearDisputes(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  companyId: bigint,
  reason: string,
): Promise<number> {
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const at = deps.clock.now();
    const standing = await tx.dispute.findMany({ where: { companyId, ...PAUSING_DISPUTE } });
    if (standing.length === 0)
      throw new RefillError('no-dispute', `No dispute pauses the purchases of company ${companyId}.`);
    for (const dispute of standing) {
      await tx.dispute.update({ where: { processorId: dispute.processorId }, data: { clearedAt: at } });
      await notifyDispute(tx, dispute, 'cleared', at);
    }
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'disputes-cleared',
      reason,
      details: { disputes: standing.length },
    });
    return standing.length;
  });
}
