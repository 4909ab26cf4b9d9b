import type { PhoneNumberKind } from '../../db/index.ts';
import { readPhoneNumber } from '../../phone-number.ts';
import type {
  DepartmentDraft,
  DirectoryDraft,
  Draft,
  MemberDraft,
  NumberDraft,
  OfficeDraft,
} from './draft-directory.ts';
import { indexDrafts } from './index-drafts.ts';
import type { DirectoryLine, FileFault } from './read-directory-file.ts';

/** What is to be brought in, each line as a file has it; what a line leaves out stays as it is. */
export interface DirectoryLines {
  offices: readonly (Omit<DirectoryLine<'offices'>, 'localPrefixes'> & {
    localPrefixes?: string;
    /** The phone system's own primary office: ours, unless a name says otherwise. */
    isPrimary?: boolean;
  })[];
  /** Departments by the phone system's id; those that files only name are made where they are named. */
  departments: readonly { ref: string; name: string; office: string }[];
  members: readonly DirectoryLine<'members'>[];
  numbers: readonly DirectoryLine<'numbers'>[];
  /** Told by the phone system itself, which knows who is active and which numbers are its own. */
  isFromPhoneSystem: boolean;
}

type Line<Kind extends 'offices' | 'departments' | 'members' | 'numbers'> = DirectoryLines[Kind][number];
/** Null, or what is wrong with the line. */
type Fault = string | null;

const COUNTRY = /^[A-Z]{2}$/;
const EMAIL = /^\S+@\S+\.\S+$/;

/**
 * Writes the lines into the draft: what is there already, by the phone system's id, else by name, e-mail or number, is
 * brought up to date. Returns what is wrong with lines; such a line changes nothing in the draft.
 */
export function storeLines(draft: DirectoryDraft, lines: DirectoryLines): FileFault[] {
  const faults: FileFault[] = [];
  const take = createTaker(draft, lines);
  const each = <L extends { line: number }>(file: string, all: readonly L[], one: (line: L) => Fault) => {
    for (const line of all) {
      const message = one(line);
      if (message !== null) faults.push({ file, line: line.line, message });
    }
  };
  each('offices', lines.offices, take.office);
  for (const line of lines.departments) take.department(line);
  each('members', lines.members, take.member);
  each('numbers', lines.numbers, take.number);
  return faults;
}

function createTaker(draft: DirectoryDraft, lines: DirectoryLines) {
  // The phone system leaves out what could not be read of it: that stays as it is.
  const isSynced = lines.isFromPhoneSystem;
  const offices = indexDrafts(draft.offices, ({ data }) => data.name, lines.offices);
  const members = indexDrafts(draft.members, ({ data }) => data.email, lines.members);
  const placeKey = (office: OfficeDraft, name: string): string => `${draft.offices.indexOf(office)}/${name}`;
  const departments = indexDrafts(
    draft.departments,
    ({ data }) => placeKey(data.office, data.name),
    lines.departments,
  );
  const findOffice = (name: string): OfficeDraft | undefined => offices.byRef(name) ?? offices.byName(name);
  const place = (office: OfficeDraft, name: string): DepartmentDraft | null => {
    if (name === '') return null;
    const known = departments.byRef(name) ?? departments.byName(placeKey(office, name));
    return known ?? departments.keep(write(undefined, { name, externalRef: null, office }));
  };

  return {
    office: (line: Line<'offices'>): Fault => {
      const isOurs = line.isPrimary === true && draft.primary.data.externalRef === null;
      const known = offices.known(line.ref, line.name) ?? (isOurs ? draft.primary : undefined);
      const read = readOffice(line, known?.data.country ?? (isSynced ? draft.primary.data.country : 'US'));
      if (typeof read === 'string') return read;
      const { externalRef = null, localPrefixes = [] } = known?.data ?? {};
      offices.keep(write(known, { localPrefixes, ...read, externalRef: line.ref || externalRef }));
      return null;
    },
    department: (line: Line<'departments'>): void => {
      const office = findOffice(line.office) ?? departments.byRef(line.ref)?.data.office ?? draft.primary;
      const known = departments.known(line.ref, placeKey(office, line.name));
      departments.keep(write(known, { name: line.name, externalRef: line.ref, office }));
    },
    member: (line: Line<'members'>): Fault => {
      if (line.name === '') return 'the member has no name';
      if (line.email !== '' && !EMAIL.test(line.email)) return `"${line.email}" is not an e-mail address`;
      const known = members.known(line.ref, line.email);
      const present = isSynced ? known?.data.office : undefined;
      const office = line.office === '' ? (present ?? draft.primary) : findOffice(line.office);
      if (office === undefined) return `there is no office "${line.office}"`;
      const data: MemberDraft['data'] = {
        name: line.name,
        email: line.email || null,
        licence: line.licence || 'talk',
        kind: /line|shared|center|centre/i.test(line.kind) ? 'shared_line' : 'person',
        active: isSynced || (known?.data.active ?? true),
        externalRef: line.ref || (known?.data.externalRef ?? null),
        office,
        department: place(office, line.department),
      };
      members.keep(write(known, data));
      return null;
    },
    number: (line: Line<'numbers'>): Fault => {
      const read = readPhoneNumber(
        line.number,
        () => (findOffice(line.office) ?? draft.primary).data.country,
      );
      if ('fault' in read) return read.fault;
      const { number } = read;
      if (number === null) return `"${line.number}" is not a number like +14155550100`;
      const named = members.byRef(line.member) ?? members.byName(line.member);
      // The phone system assigns numbers to people who are gone, too.
      const member = isSynced && named?.isNamed !== true ? undefined : named;
      if (member === undefined && line.member !== '' && !isSynced)
        return `there is no member "${line.member}"`;
      const placed = findOffice(line.office);
      if (placed === undefined && line.office !== '') return `there is no office "${line.office}"`;
      const known = draft.numbers.get(number);
      const present = isSynced ? known?.data.office : undefined;
      const office = placed ?? member?.data.office ?? present ?? draft.primary;
      const data: NumberDraft['data'] = {
        number,
        kind: readKind(line.kind),
        isFromPhoneSystem: isSynced || known?.data.isFromPhoneSystem === true,
        office,
        department: place(office, line.department) ?? member?.data.department ?? null,
        member: member ?? null,
      };
      draft.numbers.set(number, write(known, data));
      return null;
    },
  };
}

/** An office's facts as its line has them, or what is wrong with it. */
function readOffice(
  line: Line<'offices'>,
  presentCountry: string,
): { name: string; country: string; localPrefixes?: string[] } | string {
  if (line.name === '') return 'the office has no name';
  const country = line.country.toUpperCase() || presentCountry;
  if (!COUNTRY.test(country)) return `"${line.country}" is not a country's two letters`;
  const prefixes = line.localPrefixes?.split(/[\s|]+/).filter((prefix) => prefix !== '');
  const wrong = prefixes?.find((prefix) => !/^\+?\d{1,12}$/.test(prefix));
  if (wrong !== undefined) return `"${wrong}" is not a prefix: digits, like 1415`;
  const localPrefixes = prefixes?.map((prefix) => prefix.replace('+', ''));
  return { name: line.name, country, ...(localPrefixes === undefined ? {} : { localPrefixes }) };
}

function write<Data>(known: Draft<Data> | undefined, data: Data): Draft<Data> {
  if (known === undefined) return { id: null, before: null, data, isNamed: true };
  known.data = data;
  known.isNamed = true;
  return known;
}

function readKind(word: string): PhoneNumberKind {
  if (/toll|free-?phone|800/i.test(word)) return 'toll_free';
  if (/mobile|cell/i.test(word)) return 'mobile';
  return word === '' || /local|geo|free/i.test(word) ? 'local' : 'other';
}
