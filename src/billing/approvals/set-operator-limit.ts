import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type Money, toMicros } from '../../money.ts';
import { findCompany, lockCompany, recordAudit, type ScopeWithoutApprover } from '../../org/index.ts';
import { requireApprovers } from './require-approvers.ts';

export interface OperatorLimit {
  companyId: bigint;
  /** Null: none. */
  limit: Money | null;
  at: Date;
  /** Sets the company's own limit instead, for a company that has no second admin left to agree. */
  isOwn?: boolean;
  /** Sets it also where too few people could approve: the operator answers there. */
  isForced?: boolean;
}

/**
 * Sets the amount above which a company needs a second admin, whatever the company itself chose; null: the company's own
 * choice alone counts (R9). What waits already goes on waiting. Returns the credits about which too few people could
 * answer. Throws RefillError `company-unknown`, and `no-second-admin` where there are such credits and it is not forced.
 */
export async function setOperatorApprovalLimit(
  db: Db,
  { companyId, limit, at, isOwn = false, isForced = false }: OperatorLimit,
): Promise<ScopeWithoutApprover[]> {
  const micros = limit === null ? null : toMicros(limit);
  return await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const company = await findCompany(tx, companyId);
    if (company === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
    const lacking = await requireApprovers(tx, company, { limit, isForced });
    await tx.company.update({
      where: { id: companyId },
      data: isOwn ? { approvalLimitMicros: micros } : { operatorApprovalLimitMicros: micros },
    });
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: isOwn ? 'own-approval-limit-set' : 'approval-limit-set',
      details: { limit: limit?.toFixed(2) ?? null, ...(lacking.length > 0 ? { isForced } : {}) },
    });
    return lacking;
  });
}
