import type { Role } from '../people.ts';

/** Who changes roles: a company admin in Slack, or the operator, by the name that is recorded for them. */
export type Granter = { teamId: string; userId: string } | { operator: string };

/** One role as it is granted or revoked, with the name of its office or department. */
export interface RolePlace {
  role: Role;
  officeId: bigint | null;
  departmentId: bigint | null;
  /** `New York`, or `Sales, New York` of a department; null: the whole company. */
  place: string | null;
}

/** Which role, and for which offices and departments. */
export interface RoleChoice {
  role: Role;
  officeIds: readonly bigint[];
  departmentIds: readonly bigint[];
}

/** How the audit and the row itself keep who changed a role. */
export function nameGranter(by: Granter): string {
  return 'operator' in by ? 'operator' : `${by.teamId}/${by.userId}`;
}
