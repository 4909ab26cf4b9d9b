import type { Queryable, Role } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import type { RoleChoice, RolePlace } from './role-changes.ts';

type Row = { role: Role; officeId: bigint | null; departmentId: bigint | null };

/** Roles with the names of what they are for. */
export async function namePlaces(
  db: Queryable,
  companyId: bigint,
  rows: readonly Row[],
): Promise<RolePlace[]> {
  const idsOf = (pick: (row: Row) => bigint | null): bigint[] => rows.flatMap((row) => pick(row) ?? []);
  const offices = await db.office.findMany({
    where: { companyId, id: { in: idsOf(({ officeId }) => officeId) } },
  });
  const departments = await db.department.findMany({
    where: { companyId, id: { in: idsOf(({ departmentId }) => departmentId) } },
    include: { office: true },
  });
  return rows.map(({ role, officeId, departmentId }) => {
    const department = departments.find(({ id }) => id === departmentId);
    const office = offices.find(({ id }) => id === officeId);
    const place = department === undefined ? office?.name : `${department.name}, ${department.office.name}`;
    return { role, officeId, departmentId, place: place ?? null };
  });
}

/**
 * A choice as one role an office or department, each looked up in the company. Throws RefillError `place-needed`,
 * `place-unknown` (also for another company's) and `place-unexpected`.
 */
export async function readChoice(
  db: Queryable,
  companyId: bigint,
  { role, officeIds, departmentIds }: RoleChoice,
): Promise<RolePlace[]> {
  if (departmentIds.length > 0 && role !== 'manager')
    throw new RefillError('place-unexpected', 'Only a manager can be given departments.', { role });
  if (role === 'company_admin' || role === 'member') {
    if (officeIds.length > 0)
      throw new RefillError('place-unexpected', 'This role is for the whole company.', { role });
    return [{ role, officeId: null, departmentId: null, place: null }];
  }
  const rows: Row[] = [
    ...[...new Set(officeIds)].map((officeId) => ({ role, officeId, departmentId: null })),
    ...[...new Set(departmentIds)].map((departmentId) => ({ role, officeId: null, departmentId })),
  ];
  if (rows.length === 0)
    throw new RefillError('place-needed', 'Choose at least one office for this role.', { role });
  const places = await namePlaces(db, companyId, rows);
  if (places.some(({ place }) => place === null))
    throw new RefillError('place-unknown', 'That office or department is not known any more.');
  return places;
}
