import { actorOf } from '../actor.ts';
import type { Role } from '../people.ts';

/** Who changes roles: a company admin in Slack, or the operator. */
export type Granter = { teamId: string; userId: string } | 'operator';

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

/** The actor to record for a change of a role. */
export function nameGranter(by: Granter): string {
  return by === 'operator' ? by : actorOf(by);
}
