import type { Queryable } from '../db/index.ts';
import type { Scope } from './access.ts';
import type { Person } from './people.ts';

/**
 * The credits that this person's own calls use: the company's pool where credits are shared, else those of the office
 * that their role names, else of the office where the phone system has them, else the primary office's (R5).
 */
export async function findOwnScope(db: Queryable, person: Person): Promise<Scope> {
  if (person.company.pooled) return { kind: 'company' };
  const named = await findRoleOffice(db, person);
  const member =
    named === null
      ? await db.member.findFirst({
          where: { companyId: person.company.id, slackUserId: person.userId, active: true },
          orderBy: { id: 'asc' },
        })
      : null;
  const primary = person.offices.find(({ isPrimary }) => isPrimary);
  const officeId = named ?? member?.officeId ?? primary?.id;
  if (officeId === undefined) throw new RangeError('a company has a primary office');
  return { kind: 'office', officeId };
}

/** The office that a role names, or that has the department which it names. */
async function findRoleOffice(db: Queryable, person: Person): Promise<bigint | null> {
  const officeId = person.roles.find((role) => role.officeId !== null)?.officeId;
  if (officeId != null) return officeId;
  const departmentId = person.roles.find((role) => role.departmentId !== null)?.departmentId;
  if (departmentId == null) return null;
  const where = { companyId_id: { companyId: person.company.id, id: departmentId } };
  return (await db.department.findUnique({ where, select: { officeId: true } }))?.officeId ?? null;
}
