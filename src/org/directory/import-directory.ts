import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { recordAudit } from '../audit.ts';
import {
  type DirectoryFile,
  type DirectoryLine,
  type FileFault,
  readDirectoryFile,
} from './read-directory-file.ts';

/** The files' texts; those left out leave what they would describe as it is. */
export type DirectoryFiles = Partial<Record<DirectoryFile, string>>;

export interface DirectoryImport {
  /** Any of these: nothing was imported. */
  faults: FileFault[];
  counts: Record<DirectoryFile, number>;
}

const E164 = /^\+[1-9][0-9]{5,14}$/;
const COUNTRY = /^[A-Z]{2}$/;
const MOST_FAULTS = 100;

/** Undoes the transaction of an import that is not to be. */
class FaultyFiles extends Error {}

/**
 * Imports offices, members (with their departments) and numbers: what is there already, by the phone system's id, else
 * by name, e-mail or number, is brought up to date; nothing is removed. All of it or, with any fault, nothing.
 */
export async function importDirectory(
  db: Db,
  companyId: bigint,
  files: DirectoryFiles,
  at: Date,
): Promise<DirectoryImport> {
  const faults: FileFault[] = [];
  const counts = { offices: 0, members: 0, numbers: 0 };
  try {
    await inTransaction(db, async (tx) => {
      faults.length = 0;
      for (const file of ['offices', 'members', 'numbers'] as const) {
        const text = files[file];
        if (text === undefined) continue;
        counts[file] = await importFile(tx, companyId, file, text, faults, at);
      }
      if (faults.length > 0) throw new FaultyFiles();
      await recordAudit(tx, {
        companyId,
        at,
        actor: 'operator',
        surface: 'operator',
        action: 'directory-imported',
        details: counts,
      });
    });
  } catch (error) {
    if (!(error instanceof FaultyFiles)) throw error;
  }
  return { faults: faults.slice(0, MOST_FAULTS), counts };
}

async function importFile(
  tx: Tx,
  companyId: bigint,
  file: DirectoryFile,
  text: string,
  faults: FileFault[],
  at: Date,
): Promise<number> {
  const fault = (line: number, words: string): void => void faults.push({ file, line, words });
  if (file === 'offices') {
    const read = readDirectoryFile(file, text);
    faults.push(...read.faults);
    for (const row of read.lines) await importOffice(tx, companyId, row, fault, at);
    return read.lines.length;
  }
  if (file === 'members') {
    const read = readDirectoryFile(file, text);
    faults.push(...read.faults);
    for (const row of read.lines) await importMember(tx, companyId, row, fault);
    return read.lines.length;
  }
  const read = readDirectoryFile(file, text);
  faults.push(...read.faults);
  for (const row of read.lines) await importNumber(tx, companyId, row, fault);
  return read.lines.length;
}

type Fault = (line: number, words: string) => void;

async function importOffice(
  tx: Tx,
  companyId: bigint,
  row: DirectoryLine<'offices'>,
  fault: Fault,
  at: Date,
): Promise<void> {
  if (row.name === '') return fault(row.line, 'the office has no name');
  const country = row.country.toUpperCase() || 'US';
  if (!COUNTRY.test(country)) return fault(row.line, `"${row.country}" is not a country's two letters`);
  const localPrefixes = row.localPrefixes.split(/[\s|]+/).filter((prefix) => prefix !== '');
  const wrong = localPrefixes.find((prefix) => !/^\+?\d{1,12}$/.test(prefix));
  if (wrong !== undefined) return fault(row.line, `"${wrong}" is not a prefix: digits, like 1415`);
  const data = {
    name: row.name,
    country,
    localPrefixes: localPrefixes.map((prefix) => prefix.replace('+', '')),
    ...(row.ref === '' ? {} : { externalRef: row.ref }),
  };
  const known = await findOffice(tx, companyId, row.ref, row.name);
  if (known === null)
    await tx.office.create({ data: { companyId, isPrimary: false, createdAt: at, ...data } });
  else await tx.office.update({ where: { companyId_id: { companyId, id: known.id } }, data });
}

async function importMember(
  tx: Tx,
  companyId: bigint,
  row: DirectoryLine<'members'>,
  fault: Fault,
): Promise<void> {
  if (row.name === '') return fault(row.line, 'the member has no name');
  if (row.email !== '' && !/^\S+@\S+\.\S+$/.test(row.email))
    return fault(row.line, `"${row.email}" is not an e-mail address`);
  const office =
    row.office === ''
      ? await tx.office.findFirst({ where: { companyId, isPrimary: true } })
      : await findOffice(tx, companyId, row.office, row.office);
  if (office === null) return fault(row.line, `there is no office "${row.office}"`);
  const departmentId = await placeDepartment(tx, companyId, office.id, row.department);
  const data = {
    officeId: office.id,
    departmentId,
    name: row.name,
    email: row.email === '' ? null : row.email,
    licence: row.licence || 'talk',
    kind: /line|shared|center|centre/i.test(row.kind) ? 'shared_line' : 'person',
    ...(row.ref === '' ? {} : { externalRef: row.ref }),
  };
  const known =
    (row.ref === '' ? null : await tx.member.findFirst({ where: { companyId, externalRef: row.ref } })) ??
    (row.email === ''
      ? null
      : await tx.member.findFirst({
          where: { companyId, email: { equals: row.email, mode: 'insensitive' } },
        }));
  if (known === null) await tx.member.create({ data: { companyId, ...data } });
  else await tx.member.update({ where: { companyId_id: { companyId, id: known.id } }, data });
}

async function importNumber(
  tx: Tx,
  companyId: bigint,
  row: DirectoryLine<'numbers'>,
  fault: Fault,
): Promise<void> {
  const number = row.number.replace(/[\s().-]/g, '');
  if (!E164.test(number)) return fault(row.line, `"${row.number}" is not a number like +14155550100`);
  const member = row.member === '' ? null : await findMember(tx, companyId, row.member);
  if (member === null && row.member !== '') return fault(row.line, `there is no member "${row.member}"`);
  const office = row.office === '' ? null : await findOffice(tx, companyId, row.office, row.office);
  if (office === null && row.office !== '') return fault(row.line, `there is no office "${row.office}"`);
  const officeId =
    office?.id ??
    member?.officeId ??
    (await tx.office.findFirstOrThrow({ where: { companyId, isPrimary: true } })).id;
  const departmentId =
    (await placeDepartment(tx, companyId, officeId, row.department)) ?? member?.departmentId ?? null;
  const data = { kind: readKind(row.kind), officeId, departmentId, memberId: member?.id ?? null };
  await tx.phoneNumber.upsert({
    where: { companyId_number: { companyId, number } },
    create: { companyId, number, ...data },
    update: data,
  });
}

function readKind(word: string): string {
  if (/toll|free-?phone|800/i.test(word)) return 'toll_free';
  if (/mobile|cell/i.test(word)) return 'mobile';
  return word === '' || /local|geo|free/i.test(word) ? 'local' : 'other';
}

async function findOffice(tx: Tx, companyId: bigint, ref: string, name: string) {
  return (
    (ref === '' ? null : await tx.office.findFirst({ where: { companyId, externalRef: ref } })) ??
    (await tx.office.findFirst({ where: { companyId, name: { equals: name, mode: 'insensitive' } } }))
  );
}

async function findMember(tx: Tx, companyId: bigint, name: string) {
  return (
    (await tx.member.findFirst({ where: { companyId, externalRef: name } })) ??
    (await tx.member.findFirst({ where: { companyId, email: { equals: name, mode: 'insensitive' } } }))
  );
}

/** The department of that name in an office, made when it is new; null for no name. */
async function placeDepartment(
  tx: Tx,
  companyId: bigint,
  officeId: bigint,
  name: string,
): Promise<bigint | null> {
  if (name === '') return null;
  const key = { companyId, officeId, name };
  const { id } = await tx.department.upsert({
    where: { companyId_officeId_name: key },
    create: key,
    update: {},
  });
  return id;
}
