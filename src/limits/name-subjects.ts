import type { Queryable } from '../db/index.ts';
import type { LimitSubject } from '../ledger/index.ts';
import { moneyOffices, type Person } from '../org/index.ts';

/** Whose limit it is, with the names that people know. */
export interface NamedSubject {
  subject: LimitSubject;
  name: string;
  /** The office that it is, or belongs to. */
  office: { id: bigint; name: string; externalRef: string | null };
  /** The phone system's own id of the office, department or person. */
  externalRef: string | null;
  /** The department that it is, or that the person is in. */
  departmentId: bigint | null;
  /** Of a person who was matched in the workspace. */
  slackUserId: string | null;
}

const UNKNOWN = 'Unknown';

/** Names whose limits these are, in their order; a subject that is not the company's any more is left out. */
export async function nameSubjects(
  db: Queryable,
  companyId: bigint,
  subjects: readonly LimitSubject[],
): Promise<NamedSubject[]> {
  const offices = await db.office.findMany({
    where: { companyId },
    select: { id: true, name: true, externalRef: true },
  });
  const departments = await db.department.findMany({
    where: {
      companyId,
      id: { in: subjects.flatMap((one) => (one.kind === 'department' ? one.departmentId : [])) },
    },
  });
  const members = await db.member.findMany({
    where: { companyId, id: { in: subjects.flatMap((one) => (one.kind === 'member' ? one.memberId : [])) } },
  });
  const officeOf = (id: bigint) =>
    offices.find((office) => office.id === id) ?? { id, name: UNKNOWN, externalRef: null };
  return subjects.flatMap((subject): NamedSubject | [] => {
    if (subject.kind === 'office') {
      const office = offices.find(({ id }) => id === subject.officeId);
      return office === undefined
        ? []
        : {
            subject,
            name: office.name,
            office,
            departmentId: null,
            slackUserId: null,
            externalRef: office.externalRef,
          };
    }
    if (subject.kind === 'department') {
      const department = departments.find(({ id }) => id === subject.departmentId);
      if (department === undefined) return [];
      const office = officeOf(department.officeId);
      return {
        subject,
        name: `${department.name}, ${office.name}`,
        office,
        departmentId: department.id,
        slackUserId: null,
        externalRef: department.externalRef,
      };
    }
    const member = members.find(({ id }) => id === subject.memberId);
    if (member === undefined) return [];
    const { name, officeId, departmentId, kind, externalRef } = member;
    const slackUserId = kind === 'person' ? member.slackUserId : null;
    return { subject, name, office: officeOf(officeId), departmentId, slackUserId, externalRef };
  });
}

export function isSameSubject(a: LimitSubject, b: LimitSubject): boolean {
  return encodeSubject(a) === encodeSubject(b);
}

/** A subject as a form's option or a button carries it: `office:12`, `department:3`, `member:77`. */
export function encodeSubject(subject: LimitSubject): string {
  if (subject.kind === 'office') return `office:${subject.officeId}`;
  return subject.kind === 'department' ? `department:${subject.departmentId}` : `member:${subject.memberId}`;
}

/** The subject that a client sent back, or null. Untrusted: whether it is the company's is asked again. */
export function decodeSubject(text: string | undefined): LimitSubject | null {
  const [, kind, number] = /^(office|department|member):(\d{1,18})$/.exec(text ?? '') ?? [];
  if (number === undefined) return null;
  const id = BigInt(number);
  if (kind === 'office') return { kind, officeId: id };
  return kind === 'department' ? { kind, departmentId: id } : { kind: 'member', memberId: id };
}

/** Whom a person may limit: their offices, and the departments and active people of these, each by name. */
export async function listSubjects(db: Queryable, person: Person): Promise<NamedSubject[]> {
  const companyId = person.company.id;
  const offices = moneyOffices(person);
  const within = { companyId, officeId: { in: offices.map(({ id }) => id) } };
  const departments = await db.department.findMany({
    where: within,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  const members = await db.member.findMany({
    where: { ...within, active: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  return await nameSubjects(db, companyId, [
    ...offices.map(({ id }): LimitSubject => ({ kind: 'office', officeId: id })),
    ...departments.map(({ id }): LimitSubject => ({ kind: 'department', departmentId: id })),
    ...members.map(({ id }): LimitSubject => ({ kind: 'member', memberId: id })),
  ]);
}
