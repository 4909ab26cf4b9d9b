import type { Queryable } from '../../db/index.ts';
import { isCompanyAdmin, managedDepartments, type Person, visibleOffices } from '../../org/index.ts';

/**
 * Members of the phone system whose usage this person may see, by name; at most `limit`. `typed`: only those whose name
 * contains it. `ids`: only these.
 */
export async function listPeople(
  db: Queryable,
  person: Person,
  { limit, typed = '', ids }: { limit: number; typed?: string; ids?: readonly bigint[] },
): Promise<{ id: bigint; name: string }[]> {
  const offices = visibleOffices(person).map(({ id }) => id);
  return await db.member.findMany({
    where: {
      companyId: person.company.id,
      ...(isCompanyAdmin(person)
        ? {}
        : {
            OR: [{ officeId: { in: offices } }, { departmentId: { in: managedDepartments(person) } }],
          }),
      ...(typed === '' ? {} : { name: { contains: typed, mode: 'insensitive' } }),
      ...(ids === undefined ? {} : { id: { in: [...ids] } }),
    },
    select: { id: true, name: true },
    orderBy: [{ active: 'desc' }, { name: 'asc' }, { id: 'asc' }],
    take: limit,
  });
}
