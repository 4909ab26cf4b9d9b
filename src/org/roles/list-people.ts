import type { Queryable } from '../../db/index.ts';
import type { Role } from '../people.ts';
import { namePlaces } from './name-places.ts';
import type { RolePlace } from './role-changes.ts';

/** Somebody with roles of the company's. */
export interface PersonWithRoles {
  teamId: string;
  userId: string;
  /** As the directory has them; null: they are in none. */
  name: string | null;
  email: string | null;
  roles: (RolePlace & { grantedAt: Date; grantedBy: string })[];
  /** Since when Slack says that they are no active full member; their roles do not count meanwhile. */
  suspendedAt: Date | null;
}

const ORDER: readonly Role[] = ['company_admin', 'office_admin', 'manager', 'member'];

/** Everybody who was given a role, company admins first; within a role the longest standing first. */
export async function listPeople(db: Queryable, companyId: bigint): Promise<PersonWithRoles[]> {
  const rows = await db.roleAssignment.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
  const places = await namePlaces(db, companyId, rows);
  const members = await db.member.findMany({
    where: { companyId, slackUserId: { in: rows.map(({ userId }) => userId) } },
    select: { slackUserId: true, name: true, email: true },
  });
  const people = new Map<string, PersonWithRoles>();
  for (const [index, row] of rows.entries()) {
    const { teamId, userId, grantedAt, grantedBy, suspendedAt } = row;
    const place = places[index];
    if (place === undefined) continue;
    const member = members.find(({ slackUserId }) => slackUserId === userId);
    const key = `${teamId}/${userId}`;
    const person = people.get(key) ?? {
      teamId,
      userId,
      name: member?.name ?? null,
      email: member?.email ?? null,
      roles: [],
      suspendedAt,
    };
    person.roles.push({ ...place, grantedAt, grantedBy });
    people.set(key, person);
  }
  const rank = ({ roles }: PersonWithRoles): number =>
    Math.min(...roles.map(({ role }) => ORDER.indexOf(role)));
  return [...people.values()].toSorted((a, b) => rank(a) - rank(b));
}

/** How many people of the directory are members in Slack, with or without a role. */
export async function countMembers(db: Queryable, companyId: bigint): Promise<number> {
  return await db.member.count({
    where: { companyId, kind: 'person', active: true, slackUserId: { not: null } },
  });
}
