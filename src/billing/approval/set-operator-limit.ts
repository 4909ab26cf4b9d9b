import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type Money, toMicros } from '../../money.ts';
import { recordAudit } from '../../org/index.ts';

/**
 * Sets the amount above which a company needs a second admin, whatever the company itself chose; null: the company's own
 * choice alone counts (R9). `isOwn`: sets the company's own instead, for one that has no second admin left to agree. What
 * waits already goes on waiting. Throws RefillError `company-unknown`.
 */
export async function setOperatorApprovalLimit(
  db: Db,
  {
    companyId,
    limit,
    at,
    isOwn = false,
  }: { companyId: bigint; limit: Money | null; at: Date; isOwn?: boolean },
): Promise<void> {
  const micros = limit === null ? null : toMicros(limit);
  await inTransaction(db, async (tx) => {
    const { count } = await tx.company.updateMany({
      where: { id: companyId },
      data: isOwn ? { approvalLimitMicros: micros } : { operatorApprovalLimitMicros: micros },
    });
    if (count === 0) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: isOwn ? 'own-approval-limit-set' : 'approval-limit-set',
      details: { limit: limit?.toFixed(2) ?? null },
    });
  });
}
