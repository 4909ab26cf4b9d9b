import type { Tx } from '../../db/index.ts';
import { nameOperator } from '../acting-operator.ts';
import { recordAudit } from '../audit.ts';
import { raiseOperatorNotice } from '../operator-notices/raise-operator-notice.ts';
import { listAccountsOfMailbox } from '../same-mailbox.ts';
import { type Granter, nameGranter, type RolePlace } from './role-changes.ts';

/** One role that somebody gets or loses. */
export interface RoleChange {
  event: 'granted' | 'revoked';
  companyId: bigint;
  teamId: string;
  userId: string;
  role: RolePlace;
  by: Granter;
  at: Date;
  /** Nobody is left who may grant roles in Slack. */
  leavesNoAdmin?: boolean;
}

/**
 * Gives somebody a role or takes it, and records it (R28, R30); whether it may be was judged before. The caller holds
 * the company's lock. A role that goes to a second account of one mailbox is flagged in the audit and to the operator:
 * one person could be both of those whom an approval needs.
 */
export async function changeRole(tx: Tx, change: RoleChange): Promise<void> {
  const { event, companyId, teamId, userId, by, at, leavesNoAdmin = false } = change;
  const { role, officeId, departmentId, place } = change.role;
  const key = { companyId, teamId, userId, role, officeId, departmentId };
  if (event === 'revoked') await tx.roleAssignment.deleteMany({ where: key });
  else
    await tx.roleAssignment.create({
      data: { ...key, grantedBy: nameOperator(nameGranter(by)), grantedAt: at, checkedAt: at },
    });
  const sameMailbox = event === 'granted' ? await listAccountsOfMailbox(tx, companyId, userId) : [];
  await recordAudit(tx, {
    companyId,
    at,
    actor: nameGranter(by),
    surface: by === 'operator' ? 'operator' : 'slack',
    action: event === 'granted' ? 'role-granted' : 'role-revoked',
    details: {
      teamId,
      userId,
      role,
      place,
      ...(leavesNoAdmin ? { leavesNoAdmin } : {}),
      ...(sameMailbox.length > 0 ? { sameEmail: true } : {}),
    },
  });
  if (sameMailbox.length > 0)
    await raiseOperatorNotice(tx, {
      kind: 'same-email',
      companyId,
      subject: userId,
      details: { role, userIds: [userId, ...sameMailbox].join(', ') },
      at,
    });
}
