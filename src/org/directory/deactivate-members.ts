import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { recordAudit } from '../audit.ts';
import { lockCompany } from '../lock-company.ts';

/**
 * Takes people who left out of a company's directory: they are offered nowhere any more;
 * what they used stays theirs. Returns whether that changed anything. A directory that lists them again brings them back.
 */
export async function deactivateMembers(
  { db, clock }: { db: Db; clock: Clock },
  { companyId, memberIds }: { companyId: bigint; memberIds: readonly bigint[] },
): Promise<boolean> {
  return await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const { count } = await tx.member.updateMany({
      where: { companyId, id: { in: [...memberIds] }, active: true },
      data: { active: false },
    });
    if (count === 0) return false;
    await recordAudit(tx, {
      companyId,
      at: clock.now(),
      actor: 'operator',
      surface: 'operator',
      action: 'person-removed',
      details: { members: memberIds.join(', ') },
    });
    return true;
  });
}
