import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { postNotice } from '../../notices/index.ts';
import {
  type Company,
  findCompany,
  followApprovers,
  type Granter,
  grantRole,
  listCompanyAdmins,
  listUnanswerable,
  lockCompany,
  type RoleChoice,
  type RolePlace,
  raiseOperatorNotice,
  resolveOperatorNotice,
  revokeRole,
} from '../../org/index.ts';
import { announce, sumClosed } from '../orders/moments.ts';

type Deps = { db: Db; clock: Clock };

/** Whose role changes, and who changes it. */
export interface RoleTarget {
  companyId: bigint;
  userId: string;
  by: Granter;
}

/**
 * Gives somebody a role and tells the company admins, the person and the operator (R30). The caller has asked Slack that
 * both are active full members. Returns what they did not have yet. Throws what `grantRole` throws, and
 * `workspace-missing` for a company that is linked to none.
 */
export async function grantRoleAndNotify(
  deps: Deps,
  target: RoleTarget,
  choice: RoleChoice,
): Promise<RolePlace[]> {
  const { companyId, by, userId } = target;
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const { company, teamId } = await lockLinked(tx, companyId);
    const before = await listUnanswerable(tx, company);
    const added = await grantRole(tx, { companyId, teamId, userId, by, at, ...choice });
    const change = { event: 'granted', teamId, userId, by, roles: added, at } as const;
    if (added.length > 0) await tellRoleChange(tx, company, change, await listCompanyAdmins(tx, companyId));
    if (added.some(({ role }) => role === 'company_admin'))
      await resolveOperatorNotice(tx, { kind: 'no-company-admin', companyId, at });
    await followApprovers(tx, company, before, at);
    return added;
  });
}

/**
 * Takes roles from somebody, closes the approvals they asked for and may not ask for any more, and tells the company
 * admins, the person and the operator (R30). Cards and settings they made stay. `choices` null: all of their roles.
 * `withoutApprover` names the credits about which, above the approval limit, fewer than two people can answer since: the
 * operator does meanwhile. Throws what `revokeRole` throws, and `workspace-missing`. Applies R30.6.
 */
export async function revokeRoleAndNotify(
  deps: Deps,
  target: RoleTarget & { isForced?: boolean },
  choices: readonly RoleChoice[] | null,
): Promise<{
  removed: RolePlace[];
  leavesNoAdmin: boolean;
  closedApprovals: number;
  withoutApprover: string[];
}> {
  const { companyId, by, userId, isForced = false } = target;
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const { company, teamId } = await lockLinked(tx, companyId);
    // Those who were admins until now are told, too: also the one whose role this was.
    const admins = await listCompanyAdmins(tx, companyId);
    const before = await listUnanswerable(tx, company);
    const revoked = await revokeRole(tx, { companyId, teamId, userId, choices, by, isForced, at });
    const who = { teamId, userId };
    const { approvals: closedApprovals } = sumClosed(await announce('roleRevoked', tx, { company, who, at }));
    const withoutApprover = await followApprovers(tx, company, before, at);
    const change = {
      event: 'revoked',
      teamId,
      userId,
      by,
      roles: revoked.removed,
      withoutApprover,
      at,
    } as const;
    await tellRoleChange(tx, company, change, admins);
    if (revoked.leavesNoAdmin) await raiseOperatorNotice(tx, { kind: 'no-company-admin', companyId, at });
    return { ...revoked, closedApprovals, withoutApprover };
  });
}

async function lockLinked(tx: Tx, companyId: bigint): Promise<{ company: Company; teamId: string }> {
  await lockCompany(tx, companyId);
  const [company, workspace] = [
    await findCompany(tx, companyId),
    await tx.workspace.findUnique({ where: { companyId } }),
  ];
  if (company === null || workspace === null)
    throw new RefillError('workspace-missing', 'The company is not linked to a Slack workspace yet.');
  return { company, teamId: workspace.teamId };
}

interface RoleChange {
  event: 'granted' | 'revoked';
  teamId: string;
  userId: string;
  by: Granter;
  roles: readonly RolePlace[];
  /** Credits about which too few people can answer since. */
  withoutApprover?: readonly string[];
  at: Date;
}

/** A direct message to each company admin and to the person; a notice to the operator where they did not do it. */
async function tellRoleChange(
  tx: Tx,
  company: Company,
  { event, teamId, userId, by, roles, withoutApprover = [], at }: RoleChange,
  admins: readonly string[],
): Promise<void> {
  const key = randomUUID();
  const byUserId = by === 'operator' ? null : by.userId;
  for (const to of new Set([...admins, userId]))
    await postNotice(tx, {
      companyId: company.id,
      dedupeKey: `role:${key}:${to}`,
      at,
      facts: {
        kind: 'role_change',
        event,
        userId,
        byUserId,
        roles: roles.map(({ role, place }) => ({ role, place })),
        companyName: company.name,
        isOwn: to === userId,
        withoutApprover: [...withoutApprover],
      },
      to: { teamId, channelId: to },
    });
  if (byUserId === null) return;
  const names = roles.map(({ role, place }) => (place === null ? role : `${role} of ${place}`));
  await raiseOperatorNotice(tx, {
    kind: 'role-changed',
    companyId: company.id,
    subject: userId,
    details: { event, userId, byUserId, roles: names.join('; ') },
    at,
  });
}
