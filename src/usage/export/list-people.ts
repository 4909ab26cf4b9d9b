import type { Queryable } from '../../db/index.ts';
import { isCompanyAdmin, managedDepartments, type Person, visibleOffices } from '../../org/index.ts';

/** Members of the phone system whose usage this person may see, by name; at most so many. */
export async function listPeople(
  db: Queryable,
  person: Person,
  most: number,
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
    },
    select: { id: true, name: true },
    orderBy: [{ active: 'desc' }, { name: 'asc' }, { id: 'asc' }],
    take: most,
  });
}
