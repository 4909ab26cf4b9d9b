import type { MemberKind, PhoneNumberKind } from '../../db/index.ts';
import type { DirectoryRows } from './create-directory.ts';

/** Something of the directory as it is to be, beside what it is now. */
export interface Draft<Data> {
  /** Null until a new one is stored. */
  id: bigint | null;
  /** As it is now; null: it is new. */
  before: Data | null;
  data: Data;
  /** What is being brought in names it. */
  isNamed: boolean;
}

export type OfficeDraft = Draft<{
  name: string;
  country: string;
  localPrefixes: readonly string[];
  externalRef: string | null;
}>;
export type DepartmentDraft = Draft<{ name: string; externalRef: string | null; office: OfficeDraft }>;
export type MemberDraft = Draft<{
  name: string;
  email: string | null;
  licence: string;
  kind: MemberKind;
  active: boolean;
  externalRef: string | null;
  office: OfficeDraft;
  department: DepartmentDraft | null;
}>;
export type NumberDraft = Draft<{
  number: string;
  kind: PhoneNumberKind;
  isFromPhoneSystem: boolean;
  office: OfficeDraft;
  department: DepartmentDraft | null;
  member: MemberDraft | null;
}>;

/** A company's directory as it is to be: everything there is, to be changed and added to. */
export interface DirectoryDraft {
  offices: OfficeDraft[];
  departments: DepartmentDraft[];
  members: MemberDraft[];
  numbers: Map<string, NumberDraft>;
  primary: OfficeDraft;
}

/** A draft that changes nothing yet. Throws a RangeError for a company without a primary office: there is none. */
export function draftDirectory(rows: DirectoryRows): DirectoryDraft {
  const offices = rows.offices.map(({ id, isPrimary, name, country, localPrefixes, externalRef }) => ({
    isPrimary,
    draft: standing(id, { name, country, localPrefixes, externalRef }),
  }));
  const primary = offices.find(({ isPrimary }) => isPrimary)?.draft;
  if (primary === undefined) throw new RangeError('a company has a primary office');
  const officeOf = byId(offices.map(({ draft }): OfficeDraft => draft));
  const departments = rows.departments.map(
    ({ id, name, externalRef, officeId }): DepartmentDraft =>
      standing(id, { name, externalRef, office: officeOf(officeId) ?? primary }),
  );
  const departmentOf = byId(departments);
  const members = rows.members.map(
    ({ id, name, email, licence, kind, active, externalRef, ...row }): MemberDraft => {
      const office = officeOf(row.officeId) ?? primary;
      const department = departmentOf(row.departmentId);
      return standing(id, { name, email, licence, kind, active, externalRef, office, department });
    },
  );
  const memberOf = byId(members);
  const numbers = rows.numbers.map(({ number, kind, isFromPhoneSystem, ...row }): [string, NumberDraft] => {
    const office = officeOf(row.officeId) ?? primary;
    const department = departmentOf(row.departmentId);
    const member = memberOf(row.memberId);
    return [number, standing(null, { number, kind, isFromPhoneSystem, office, department, member })];
  });
  return {
    offices: offices.map(({ draft }) => draft),
    departments,
    members,
    numbers: new Map(numbers),
    primary,
  };
}

function standing<Data>(id: bigint | null, data: Data): Draft<Data> {
  return { id, before: data, data, isNamed: false };
}

function byId<T extends { id: bigint | null }>(drafts: readonly T[]): (id: bigint | null) => T | null {
  const found = new Map(drafts.map((draft) => [draft.id, draft]));
  return (id) => (id === null ? null : (found.get(id) ?? null));
}
