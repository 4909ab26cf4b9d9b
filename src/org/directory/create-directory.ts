import type { Queryable } from '../../db/index.ts';
import type { Directory, Party, PartyHint } from './types.ts';

export type RowOf<Table extends 'office' | 'department' | 'member' | 'phoneNumber'> = NonNullable<
  Awaited<ReturnType<Queryable[Table]['findFirst']>>
>;

export interface DirectoryRows {
  offices: readonly RowOf<'office'>[];
  departments: readonly RowOf<'department'>[];
  members: readonly RowOf<'member'>[];
  numbers: readonly RowOf<'phoneNumber'>[];
}

/** A directory over these rows. A member is found by the phone system's id, else by e-mail, else by their number. */
export function createDirectory(companyId: bigint, rows: DirectoryRows): Directory {
  const index = toIndex(rows);
  const primary = rows.offices.find(({ isPrimary }) => isPrimary);

  const findParty = (hint: PartyHint): Party => {
    const number = look(index.numbers, hint.internalNumber);
    const member =
      look(index.membersByRef, hint.memberRef) ??
      look(index.membersByEmail, hint.email?.toLowerCase()) ??
      (number?.memberId == null ? undefined : index.membersById.get(number.memberId));
    const department =
      look(index.departmentsByRef, hint.departmentRef) ??
      lookUp(index.departmentsById, member?.departmentId) ??
      lookUp(index.departmentsById, number?.departmentId);
    const office =
      lookUp(index.officesById, member?.officeId) ??
      lookUp(index.officesById, department?.officeId) ??
      lookUp(index.officesById, number?.officeId) ??
      look(index.officesByRef, hint.officeRef);
    const isNamed = [hint.memberRef, hint.email, hint.internalNumber, hint.departmentRef].some(
      (name) => name !== undefined && name !== '',
    );
    const prefixes = (office ?? primary)?.localPrefixes ?? [];
    return {
      officeId: office?.id ?? null,
      officeCountry: (office ?? primary)?.country ?? 'US',
      departmentId: department?.id ?? null,
      memberId: member?.id ?? null,
      licence: member?.licence ?? null,
      isTollFreeLine: number?.kind === 'toll_free',
      localPrefixes: prefixes.length === 0 ? null : prefixes,
      isAttributed: !isNamed || member !== undefined || number !== undefined || department !== undefined,
    };
  };
  return {
    companyId,
    knowsOffices: index.officesByRef.size > 0,
    hasOffice: (officeRef) => index.officesByRef.has(officeRef),
    isOwnNumber: (number) => index.numbers.has(number),
    findParty,
  };
}

function toIndex({ offices, departments, members, numbers }: DirectoryRows) {
  const byRef = <T extends { externalRef: string | null }>(rows: readonly T[]): Map<string, T> =>
    new Map(rows.flatMap((row) => (row.externalRef === null ? [] : [[row.externalRef, row]])));
  const byId = <T extends { id: bigint }>(rows: readonly T[]): Map<bigint, T> =>
    new Map(rows.map((row) => [row.id, row]));
  return {
    officesByRef: byRef(offices),
    officesById: byId(offices),
    departmentsByRef: byRef(departments),
    departmentsById: byId(departments),
    membersByRef: byRef(members),
    membersById: byId(members),
    membersByEmail: new Map(
      members.flatMap((row) => (row.email === null ? [] : [[row.email.toLowerCase(), row]])),
    ),
    numbers: new Map(numbers.map((row) => [row.number, row])),
  };
}

function look<T>(map: ReadonlyMap<string, T>, key: string | undefined): T | undefined {
  return key === undefined ? undefined : map.get(key);
}

function lookUp<T>(map: ReadonlyMap<bigint, T>, key: bigint | null | undefined): T | undefined {
  return key == null ? undefined : map.get(key);
}
