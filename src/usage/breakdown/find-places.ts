import type { Db } from '../../db/index.ts';
import { managedDepartments, type Person, visibleOffices } from '../../org/index.ts';

export interface NamedPlaces {
  /** Members by their Slack identity; those who are not found are missing. */
  members: { id: bigint; userId: string }[];
  officeIds: bigint[];
  departmentIds: bigint[];
  departmentNames: string[];
  /** What is left of the words after the names were taken out of them. */
  rest: string;
}

/**
 * Finds the people whom these Slack users are, and the offices and departments that are named in the words, among what
 * this person may see.
 */
export async function findPlaces(
  db: Db,
  person: Person,
  named: { userIds: readonly string[]; text: string },
): Promise<NamedPlaces> {
  const companyId = person.company.id;
  const offices = visibleOffices(person);
  const [members, departments] = await Promise.all([
    db.member.findMany({
      where: { companyId, slackUserId: { in: [...named.userIds] } },
      select: { id: true, slackUserId: true },
    }),
    named.text === '' ? [] : listDepartments(db, person),
  ]);
  const byOffice = matchNames(named.text, offices);
  const byDepartment = matchNames(byOffice.rest, departments);
  return {
    members: members.map(({ id, slackUserId }) => ({ id, userId: slackUserId ?? '' })),
    officeIds: byOffice.ids,
    departmentIds: byDepartment.ids,
    departmentNames: [
      ...new Set(departments.filter(({ id }) => byDepartment.ids.includes(id)).map(({ name }) => name)),
    ],
    rest: byDepartment.rest,
  };
}

/** The departments whose usage this person may see; `ids`: only these. */
export async function listDepartments(
  db: Db,
  person: Person,
  ids?: readonly bigint[],
): Promise<{ id: bigint; name: string }[]> {
  const offices = visibleOffices(person).map(({ id }) => id);
  return await db.department.findMany({
    where: {
      companyId: person.company.id,
      OR: [{ officeId: { in: offices } }, { id: { in: managedDepartments(person) } }],
      ...(ids === undefined ? {} : { AND: { id: { in: [...ids] } } }),
    },
    select: { id: true, name: true },
  });
}

/** Takes names out of words, the longest first; a name that several have stands for all of them. */
function matchNames(
  text: string,
  things: readonly { id: bigint; name: string }[],
): { ids: bigint[]; rest: string } {
  const ids: bigint[] = [];
  const named = things.map(({ id, name }) => ({ id, name: asTyped(name).toLowerCase() }));
  let rest = ` ${asTyped(text)} `;
  for (const name of [...new Set(named.map((thing) => thing.name))].toSorted((a, b) => b.length - a.length)) {
    const at = rest.toLowerCase().indexOf(` ${name} `);
    if (at < 0) continue;
    ids.push(...named.filter((thing) => thing.name === name).map(({ id }) => id));
    rest = `${rest.slice(0, at)} ${rest.slice(at + name.length + 2)}`;
  }
  return { ids, rest: rest.trim() };
}

/** Names and dates without what phones and keyboards dress them in: quotes, stars, long dashes, a full stop. */
function asTyped(text: string): string {
  return text
    .replace(/[“”„«»"*`]/g, ' ')
    .replace(/’/g, "'")
    .replace(/(\d)[‐‑‒–—―](?=\d)/g, '$1-')
    .replace(/[.!?]+(?=\s|$)/g, '')
    .trim()
    .replace(/\s+/g, ' ');
}
