import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit } from '../audit.ts';
import { raiseOperatorNotice } from '../operator-notices/raise-operator-notice.ts';
import { changeRole } from './change-role.ts';
import { namePlaces } from './name-places.ts';
import type { RolePlace } from './role-changes.ts';

/** Somebody with roles in the workspace that a company leaves, and who they are in the one it moves to. */
export interface MovedPerson {
  fromUserId: string;
  email: string | null;
  /** Null: no active full member of the new workspace has this address; their roles are dropped. */
  toUserId: string | null;
}

export interface WorkspaceMove {
  companyId: bigint;
  fromTeamId: string;
  toTeamId: string;
  /** Becomes company admin, whether or not a role of theirs follows. */
  adminUserId: string;
  people: readonly MovedPerson[];
  at: Date;
}

export interface RolesMoved {
  /** `fromUserIds`: who they were; several are accounts of one e-mail address. */
  kept: { userId: string; fromUserIds: string[]; roles: RolePlace[] }[];
  dropped: { fromUserId: string; email: string | null; roles: RolePlace[] }[];
}

/**
 * Binds a company to another workspace (R30): roles follow the people who were found there, all other roles are dropped,
 * the named person becomes a company admin, and the directory's people are matched again, because every Slack id is void.
 * The caller holds the company's lock. Throws RefillError `workspace-changed` where the company is not in the workspace
 * that the people were read from, or roles have changed meanwhile, and `workspace-taken`.
 */
export async function moveWorkspace(tx: Tx, move: WorkspaceMove): Promise<RolesMoved> {
  const { companyId, fromTeamId, toTeamId, people, at } = move;
  await bindWorkspace(tx, move);
  const rows = await tx.roleAssignment.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
  if (rows.some(({ userId }) => !people.some(({ fromUserId }) => fromUserId === userId)))
    throw new RefillError('workspace-changed', 'Roles were granted meanwhile. Run this again.');
  const moved: RolesMoved = { kept: [], dropped: [] };
  for (const { fromUserId, email, toUserId } of people) {
    const own = rows.filter(({ userId }) => userId === fromUserId);
    const roles = await namePlaces(tx, companyId, own);
    for (const role of roles) await change(tx, move, 'revoked', { userId: fromUserId, role });
    if (toUserId === null) moved.dropped.push({ fromUserId, email, roles });
    else await grantAgain(tx, move, moved, { fromUserId, userId: toUserId, roles });
  }
  const admin: RolePlace = { role: 'company_admin', officeId: null, departmentId: null, place: null };
  await grantAgain(tx, move, moved, { fromUserId: null, userId: move.adminUserId, roles: [admin] });
  await tx.member.updateMany({
    where: { companyId },
    data: { slackUserId: null, slackLookAt: null, slackAnswer: null },
  });
  const merged = moved.kept.filter(({ fromUserIds }) => fromUserIds.length > 1);
  for (const { userId, fromUserIds } of merged)
    await raiseOperatorNotice(tx, {
      kind: 'same-email',
      companyId,
      subject: userId,
      details: { userIds: fromUserIds.join(', ') },
      at,
    });
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'operator',
    surface: 'operator',
    action: 'company-moved',
    details: {
      fromTeamId,
      toTeamId,
      adminUserId: move.adminUserId,
      kept: moved.kept.map(({ userId }) => userId).join(', '),
      dropped: moved.dropped.map(({ fromUserId, email }) => email ?? fromUserId).join(', '),
      ...(merged.length > 0 ? { sameEmail: true } : {}),
    },
  });
  return moved;
}

async function bindWorkspace(tx: Tx, { companyId, fromTeamId, toTeamId, at }: WorkspaceMove): Promise<void> {
  const left = await tx.workspace.updateMany({
    where: { teamId: fromTeamId, companyId },
    data: { companyId: null, boundAt: null },
  });
  if (left.count === 0)
    throw new RefillError('workspace-changed', 'The company is in another workspace by now. Run this again.');
  const bound = await tx.workspace.updateMany({
    where: { teamId: toTeamId, companyId: null },
    data: { companyId, boundAt: at },
  });
  if (bound.count === 0)
    throw new RefillError('workspace-taken', 'That workspace is linked to another company.');
}

/** Grants roles in the new workspace; a role that a person has there already is not granted twice. */
async function grantAgain(
  tx: Tx,
  move: WorkspaceMove,
  moved: RolesMoved,
  found: { fromUserId: string | null; userId: string; roles: readonly RolePlace[] },
): Promise<void> {
  const { fromUserId, userId, roles } = found;
  const person = moved.kept.find((each) => each.userId === userId) ?? { userId, fromUserIds: [], roles: [] };
  if (!moved.kept.includes(person)) moved.kept.push(person);
  if (fromUserId !== null) person.fromUserIds.push(fromUserId);
  for (const role of roles) {
    const isHeld = person.roles.some(
      (held) =>
        held.role === role.role && held.officeId === role.officeId && held.departmentId === role.departmentId,
    );
    if (isHeld) continue;
    person.roles.push(role);
    await change(tx, move, 'granted', { userId, role });
  }
}

async function change(
  tx: Tx,
  { companyId, fromTeamId, toTeamId, at }: WorkspaceMove,
  event: 'granted' | 'revoked',
  of: { userId: string; role: RolePlace },
): Promise<void> {
  const teamId = event === 'granted' ? toTeamId : fromTeamId;
  await changeRole(tx, { event, companyId, teamId, by: 'operator', at, ...of });
}
