import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import type { Role, RoleChoice, RolePlace } from '../../org/index.ts';

/** Roles as they are typed. */
export const ROLES = {
  'company-admin': 'company_admin',
  'office-admin': 'office_admin',
  manager: 'manager',
} as const satisfies Record<string, Role>;

export type TypedRole = keyof typeof ROLES;

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
    role: ROLES[typed.role],
    officeIds: typed.offices.map((name) =>
      findOne(
        '--office',
        name,
        offices.map((each) => ({ id: each.id, names: [each.name] })),
      ),
    ),
    departmentIds: typed.departments.map((name) =>
      findOne(
        '--department',
        name,
        departments.map((each) => ({ id: each.id, names: [each.name, `${each.name}, ${each.office.name}`] })),
      ),
    ),
  };
}

function findOne(option: string, typed: string, all: readonly { id: bigint; names: string[] }[]): bigint {
  const wanted = typed.trim().toLowerCase();
  const found = all.filter(({ names }) => names.some((name) => name.toLowerCase() === wanted));
  const [only] = found;
  const known = all.map(({ names }) => names.at(-1)).join('; ');
  if (only === undefined)
    throw new RefillError(
      'bad-argument',
      `${option} "${typed}" is not known. There are: ${known || 'none'}.`,
    );
  if (found.length > 1)
    throw new RefillError('bad-argument', `${option} "${typed}" names several. Type one of: ${known}.`);
  return only.id;
}

/** `office-admin of New York`. */
export function describeRole({ role, place }: Pick<RolePlace, 'role' | 'place'>): string {
  const name = role.replace('_', '-');
  return place === null ? name : `${name} of ${place}`;
}
