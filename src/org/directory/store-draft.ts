import type { Tx } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { isChanged } from './diff-directory.ts';
import type { DepartmentDraft, DirectoryDraft, Draft, MemberDraft, NumberDraft } from './draft-directory.ts';

/** How long storing may take: a large company's first import writes tens of thousands of rows. */
export const DIRECTORY_STORE_TIMEOUT_MS = 10 * MINUTE_MS;
/** So many rows are written by a statement: what a company has in all is too much for one. */
const ROWS_A_STATEMENT = 1_000;

/** How many rows of a draft are stored, of those that it changes. */
export type StoreProgress = (done: number, total: number) => void;

/** Stores what the draft changes, and nothing else; numbers that are gone are taken out. */
export async function storeDraft(
  tx: Tx,
  companyId: bigint,
  draft: DirectoryDraft,
  of: { goneNumbers: ReadonlySet<string>; at: Date; onProgress?: StoreProgress },
): Promise<void> {
  const offices = draft.offices.filter(isChanged);
  const departments = draft.departments.filter(isChanged);
  const members = draft.members.filter(isChanged);
  const numbers = [...draft.numbers.values()]
    .filter(({ data }) => !of.goneNumbers.has(data.number))
    .filter(isChanged);
  const total = offices.length + departments.length + members.length + numbers.length;
  let done = 0;
  const count: RowCounter = (rows) => {
    done += rows;
    of.onProgress?.(done, total);
  };
  await vacateNames(tx, companyId, draft);
  for (const office of offices) {
    const { localPrefixes, ...rest } = office.data;
    const data = { ...rest, localPrefixes: [...localPrefixes] };
    if (office.id !== null)
      await tx.office.update({ where: { companyId_id: { companyId, id: office.id } }, data });
    else
      office.id = (
        await tx.office.create({ data: { companyId, isPrimary: false, createdAt: of.at, ...data } })
      ).id;
  }
  count(offices.length);
  for (const department of departments) {
    const data = departmentColumns(department);
    if (department.id !== null)
      await tx.department.update({ where: { companyId_id: { companyId, id: department.id } }, data });
    else department.id = (await tx.department.create({ data: { companyId, ...data } })).id;
  }
  count(departments.length);
  await storeMembers(tx, companyId, members, count);
  await storeNumbers(tx, companyId, numbers, count);
  await tx.phoneNumber.deleteMany({ where: { companyId, number: { in: [...of.goneNumbers] } } });
}

/**
 * Frees each name and address that one has now and another is to have: written one after another, two that swap them would
 * meet half-way.
 */
async function vacateNames(tx: Tx, companyId: bigint, draft: DirectoryDraft): Promise<void> {
  const offices = idsOfLeft(draft.offices, ({ name }) => name);
  for (const id of offices)
    await tx.office.update({ where: { companyId_id: { companyId, id } }, data: { name: `${id}…` } });
  const departments = idsOfLeft(
    draft.departments,
    ({ name, office }) => `${draft.offices.indexOf(office)}/${name}`,
  );
  for (const id of departments)
    await tx.department.update({ where: { companyId_id: { companyId, id } }, data: { name: `${id}…` } });
  const members = idsOfLeft(draft.members, ({ email }) => email?.toLowerCase() ?? null);
  await tx.member.updateMany({ where: { companyId, id: { in: members } }, data: { email: null } });
}

/** Of those that are to have another name: whose present one another one is to have. */
function idsOfLeft<Data>(drafts: readonly Draft<Data>[], nameOf: (data: Data) => string | null): bigint[] {
  const wanted = new Set(
    drafts.flatMap(({ before, data }) =>
      before !== null && nameOf(before) === nameOf(data) ? [] : [nameOf(data)],
    ),
  );
  return drafts.flatMap(({ id, before, data }) => {
    const name = before === null ? null : nameOf(before);
    return id !== null && name !== null && name !== nameOf(data) && wanted.has(name) ? [id] : [];
  });
}

type RowCounter = (rows: number) => void;

async function storeMembers(
  tx: Tx,
  companyId: bigint,
  members: readonly MemberDraft[],
  count: RowCounter,
): Promise<void> {
  const added = members.filter(({ id }) => id === null);
  for (const some of inParts(added)) {
    const rows = await tx.member.createManyAndReturn({
      data: some.map((member) => ({ companyId, ...memberColumns(member) })),
      select: { id: true },
    });
    for (const [index, member] of some.entries()) member.id = rows[index]?.id ?? null;
    count(some.length);
  }
  for (const member of members.filter(({ before }) => before !== null)) {
    const isAnotherAddress =
      member.before?.email != null && member.before.email.toLowerCase() !== member.data.email?.toLowerCase();
    await tx.member.update({
      where: { companyId_id: { companyId, id: requireId(member) } },
      // Who was found in Slack by the old address is looked for again.
      data: {
        ...memberColumns(member),
        ...(isAnotherAddress ? { slackUserId: null, slackLookAt: null } : {}),
      },
    });
    count(1);
  }
}

async function storeNumbers(
  tx: Tx,
  companyId: bigint,
  numbers: readonly NumberDraft[],
  count: RowCounter,
): Promise<void> {
  const added = numbers.filter(({ before }) => before === null);
  for (const some of inParts(added)) {
    await tx.phoneNumber.createMany({
      data: some.map((number) => ({ companyId, number: number.data.number, ...numberColumns(number) })),
    });
    count(some.length);
  }
  for (const number of numbers.filter(({ before }) => before !== null)) {
    await tx.phoneNumber.update({
      where: { companyId_number: { companyId, number: number.data.number } },
      data: numberColumns(number),
    });
    count(1);
  }
}

function inParts<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_A_STATEMENT) }, (_, part) =>
    rows.slice(part * ROWS_A_STATEMENT, (part + 1) * ROWS_A_STATEMENT),
  );
}

function departmentColumns({ data: { office, ...rest } }: DepartmentDraft) {
  return { ...rest, officeId: requireId(office) };
}

function memberColumns({ data: { office, department, ...rest } }: MemberDraft) {
  return {
    ...rest,
    officeId: requireId(office),
    departmentId: department === null ? null : requireId(department),
  };
}

function numberColumns({ data: { number: _, office, department, member, ...rest } }: NumberDraft) {
  return {
    ...rest,
    officeId: requireId(office),
    departmentId: department === null ? null : requireId(department),
    memberId: member === null ? null : requireId(member),
  };
}

function requireId({ id }: { id: bigint | null }): bigint {
  if (id === null) throw new RangeError('what others stand in relation to is stored before them');
  return id;
}
