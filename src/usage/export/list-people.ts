import type { Queryable } from '../../db/index.ts';
import { isCompanyAdmin, managedDepartments, type Person, visibleOffices } from '../../org/index.ts';

/** A member of the phone system; `userId` where they are matched in Slack. */
export interface ListedPerson {
  id: bigint;
  name: string;
  userId: string | null;
}

/**
 * Members of the phone system whose usage this person may see, by name; at most `limit`. `typed`: only those whose name
 * contains it. `ids`: only these.
 */
export async function listPeople(
  db: Queryable,
  person: Person,
  { limit, typed = '', ids }: { limit: number; typed?: string; ids?: readonly bigint[] },
): Promise<ListedPerson[]> {
  const offices = visibleOffices(person).map(({ id }) => id);
  const found = await db.member.findMany({
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
    select: { id: true, name: true, slackUserId: true },
    orderBy: [{ active: 'desc' }, { name: 'asc' }, { id: 'asc' }],
    take: limit,
  });
  return found.map(({ id, name, slackUserId }) => ({ id, name, userId: slackUserId }));
}

/** The first people by name, and those who are chosen already. */
export async function listFirstPeople(
  db: Queryable,
  person: Person,
  { limit, chosen }: { limit: number; chosen: readonly bigint[] },
): Promise<ListedPerson[]> {
  const first = await listPeople(db, person, { limit });
  const missing = chosen.filter((id) => !first.some((one) => one.id === id));
  return missing.length === 0
    ? first
    : [...first, ...(await listPeople(db, person, { limit: missing.length, ids: missing }))];
}
