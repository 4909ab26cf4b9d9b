import type { Db } from '../../db/index.ts';
import type { Role, RoleChoice, RolePlace } from '../../org/index.ts';
import { findByName } from '../frame/index.ts';

/** Roles as they are typed. */
const TYPED_ROLES = {
  'company-admin': 'company_admin',
  'office-admin': 'office_admin',
  manager: 'manager',
} as const satisfies Record<string, Role>;

export type TypedRole = keyof typeof TYPED_ROLES;

/** A role with its offices and departments by name. Throws RefillError `bad-argument` for a name that none has. */
export async function readRole(
  db: Db,
  companyId: bigint,
  typed: { role: TypedRole; offices: readonly string[]; departments: readonly string[] },
): Promise<RoleChoice> {
  const offices = await db.office.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
  const departments = await db.department.findMany({
    where: { companyId },
    include: { office: true },
    orderBy: { id: 'asc' },
  });
  return {
    role: TYPED_ROLES[typed.role],
    officeIds: typed.offices.map((name) =>
      findByName(
        '--office',
        name,
        offices.map((each) => ({ id: each.id, names: [each.name] })),
      ),
    ),
    departmentIds: typed.departments.map((name) =>
      findByName(
        '--department',
        name,
        departments.map((each) => ({ id: each.id, names: [each.name, `${each.name}, ${each.office.name}`] })),
      ),
    ),
  };
}

/** `office-admin of New York`. */
export function describeRole({ role, place }: Pick<RolePlace, 'role' | 'place'>): string {
  const name = role.replace('_', '-');
  return place === null ? name : `${name} of ${place}`;
}
