import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { changeRole } from './change-role.ts';
import { readChoice } from './name-places.ts';
import { requireGranter } from './require-granter.ts';
import type { Granter, RoleChoice, RolePlace } from './role-changes.ts';

export interface RoleGrant extends RoleChoice {
  companyId: bigint;
  teamId: string;
  /** Whom: an active full member of the workspace, which the caller has asked Slack. */
  userId: string;
  by: Granter;
  at: Date;
}

/**
 * Gives a person a role beside those they have (R30). The caller holds the company's lock. Returns what they did not
 * have yet; nothing where the same was granted before, whose date stays. Throws RefillError `not-company-admin`,
 * `place-needed`, `place-unknown`, `place-unexpected`, and `role-included`: a company admin may do it already.
 * Applies R30.2.
 */
export async function grantRole(tx: Tx, grant: RoleGrant): Promise<RolePlace[]> {
  const { companyId, teamId, userId, by, at } = grant;
  await requireGranter(tx, companyId, by);
  const wanted = await readChoice(tx, companyId, grant);
  const held = await tx.roleAssignment.findMany({ where: { companyId, teamId, userId } });
  if (grant.role !== 'company_admin' && held.some(({ role }) => role === 'company_admin'))
    throw new RefillError('role-included', 'They are a company admin, who may do this already.');
  const added = wanted.filter(
    (place) =>
      !held.some(
        (row) =>
          row.role === place.role &&
          row.officeId === place.officeId &&
          row.departmentId === place.departmentId,
      ),
  );
  for (const role of added)
    await changeRole(tx, { event: 'granted', companyId, teamId, userId, role, by, at });
  return added;
}
