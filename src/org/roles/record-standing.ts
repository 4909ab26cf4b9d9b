import type { Db } from '../../db/index.ts';
import { inTransaction } from '../../db/index.ts';
import { listUnanswerable } from '../approvers.ts';
import { recordAudit } from '../audit.ts';
import { lockCompany } from '../lock-company.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from '../operator-notices/raise-operator-notice.ts';
import { followApprovers } from '../operator-notices/too-few-approvers.ts';
import { findCompany } from '../people.ts';

/**
 * Records what Slack answered about a person with roles: while they are not an active full member their roles are suspended,
 * which means that they neither act nor count as admins; the day they are one again the roles count as before. Credits that too
 * few people can approve for meanwhile are an operator notice, as after a revocation (R30). Applies R30.8.
 */
export async function recordStanding(
  db: Db,
  { teamId, userId, isFull, at }: { teamId: string; userId: string; isFull: boolean; at: Date },
): Promise<void> {
  const rows = await db.roleAssignment.updateManyAndReturn({
    where: { teamId, userId },
    data: { checkedAt: at },
    select: { companyId: true, suspendedAt: true },
  });
  const isOther = ({ suspendedAt }: { suspendedAt: Date | null }): boolean =>
    (suspendedAt === null) !== isFull;
  const companyId = rows.find(isOther)?.companyId;
  if (companyId === undefined) return;
  const changed = { teamId, userId, suspendedAt: isFull ? { not: null } : null };
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const company = await findCompany(tx, companyId);
    if (company === null) return;
    const before = await listUnanswerable(tx, company);
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
    await followApprovers(tx, company, before, at);
  });
}

/** Those with roles whom Slack was not asked about since, the longest first; at most so many. */
export async function listToCheck(
  db: Db,
  { before, limit }: { before: Date; limit: number },
): Promise<{ teamId: string; userId: string }[]> {
  return await db.$queryRaw<{ teamId: string; userId: string }[]>`
    SELECT r.team_id AS "teamId", r.user_id AS "userId" FROM role_assignment r
    JOIN workspace w ON w.team_id = r.team_id AND w.company_id = r.company_id
    GROUP BY r.team_id, r.user_id
    HAVING coalesce(min(r.checked_at), '-infinity') < ${before}
    ORDER BY min(r.checked_at) NULLS FIRST, r.user_id LIMIT ${limit}`;
}
