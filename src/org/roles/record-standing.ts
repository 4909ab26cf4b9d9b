import type { Db } from '../../db/index.ts';
import { inTransaction } from '../../db/index.ts';
import { recordAudit } from '../audit.ts';
import { lockCompany } from '../lock-company.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from '../operator-notices/raise-operator-notice.ts';

/**
 * Keeps what Slack answered about somebody with roles: while they are no active full member their roles are suspended,
 * which means that they neither act nor count as admins; the day they are one again the roles count as before.
 */
export async function recordStanding(
  db: Db,
  { teamId, userId, isFull, at }: { teamId: string; userId: string; isFull: boolean; at: Date },
): Promise<void> {
  const changed = { teamId, userId, ...(isFull ? { suspendedAt: { not: null } } : { suspendedAt: null }) };
  const found = await db.roleAssignment.findFirst({ where: changed, select: { companyId: true } });
  await db.roleAssignment.updateMany({ where: { teamId, userId }, data: { checkedAt: at } });
  if (found === null) return;
  const { companyId } = found;
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const { count } = await tx.roleAssignment.updateMany({
      where: { ...changed, companyId },
      data: { suspendedAt: isFull ? null : at },
    });
    if (count === 0) return;
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'slack',
      surface: 'slack',
      action: isFull ? 'role-resumed' : 'role-suspended',
      details: { teamId, userId, roles: count },
    });
    const admins = await tx.roleAssignment.count({
      where: { companyId, role: 'company_admin', suspendedAt: null },
    });
    const notice = { kind: 'no-company-admin', companyId, at } as const;
    if (admins === 0) await raiseOperatorNotice(tx, notice);
    else await resolveOperatorNotice(tx, notice);
  });
}
