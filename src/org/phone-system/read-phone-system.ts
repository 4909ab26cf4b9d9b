import { readPhoneNumber } from '../../phone-number.ts';
import { isCountry } from '../countries.ts';
import type { DirectoryLines } from '../directory/store-lines.ts';
import { listItems, type PhoneSystemAccess } from './list-items.ts';
import { type DirectoryList, ItemParser, isRawItem, type OddItem, readId } from './read-item.ts';

/** A company's directory as its phone system lists it, and what of it is odd. */
export interface PhoneSystemDirectory {
  lines: DirectoryLines;
  oddItems: OddItem[];
  /** Addresses of people that are listed but could not be taken in: they are not gone. */
  heldEmails: ReadonlySet<string>;
}

/** Of the departments a number may belong to, and of people. */
const DEPARTMENT = 'department';
const PERSON = 'user';
const NUMBER_TYPES = new Set(['free', 'local', 'mobile', 'softbank', 'tollfree']);

/**
 * A company's offices, departments, active people and numbers as its phone system lists them. One odd item never stops the
 * others: a field that is not what it should be is left out, an item without id or number whole, and each is noted.
 * Throws RefillError, see `listItems`.
 */
export async function readPhoneSystem(access: PhoneSystemAccess): Promise<PhoneSystemDirectory> {
  const found = {
    offices: await listItems(access, { path: '/api/v2/offices' }),
    departments: await listItems(access, { path: '/api/v2/departments' }),
    people: await listItems(access, { path: '/api/v2/users', query: { state: 'active' } }),
    numbers: await listItems(access, { path: '/api/v2/numbers' }),
  };
  const oddItems: OddItem[] = [];
  const read = <T>(list: DirectoryList, one: (item: ItemParser, key: string) => T): T[] =>
    readList(found[list], { list, oddItems }, one);

  const offices = read('offices', readOffice).filter(isStanding);
  const officeRefs = new Set(offices.map(({ ref }) => ref));
  const departments = read('departments', readDepartment).filter(isStanding);
  const departmentRefs = new Set(departments.map(({ ref }) => ref));
  const people = read('people', readPerson).filter(({ state }) => state === '' || state === 'active');
  const numbers = read('numbers', readNumber).filter(({ isDeleted }) => !isDeleted);

  const officeOf = (list: DirectoryList, item: string, named: string): string => {
    if (named === '' || officeRefs.has(named)) return named;
    const why = `its office ${named} is not listed, or is gone; it stays with the office it has, else the primary`;
    oddItems.push({ list, item, why, isSkipped: false });
    return '';
  };
  const placed = departments.map(({ ref, name, office }) => ({
    ref,
    name,
    office: officeOf('departments', ref, office),
  }));
  const officeNames = distinctNames(offices, () => '');
  const departmentNames = distinctNames(placed, ({ office }) => office);
  const lines: DirectoryLines = {
    offices: offices.map(({ state: _, ...each }, line) => ({
      ...each,
      line,
      name: officeNames.get(each.ref) ?? each.ref,
    })),
    departments: placed.map((each) => ({ ...each, name: departmentNames.get(each.ref) ?? each.ref })),
    members: people.map(({ state: _, groups, ...each }, line) => ({
      ...each,
      line,
      office: officeOf('people', each.ref, each.office),
      department: groups.find((group) => departmentRefs.has(group)) ?? '',
      kind: '',
    })),
    numbers: numbers.map(({ isDeleted: _, targetType, target, ...each }, line) => ({
      ...each,
      line,
      office: officeOf('numbers', each.number, each.office),
      department: targetType === DEPARTMENT && departmentRefs.has(target) ? target : '',
      member: targetType === PERSON ? target : '',
    })),
    isFromPhoneSystem: true,
  };
  return { lines, oddItems, heldEmails: new Set(found.people.flatMap(emailOfUnread)) };
}

/** The address of a person without a usable id. */
function emailOfUnread(item: unknown): string[] {
  if (!isRawItem(item) || readId(item.id) !== null) return [];
  const email = new ItemParser(item, () => undefined).email('emails');
  return email === '' ? [] : [email.toLowerCase()];
}

/**
 * Reads each item of a list. What has no key of its own (an id, or a number) is left out; of two of one key the first
 * counts, and the second is noted where it says something else.
 */
function readList<T>(
  items: readonly unknown[],
  { list, oddItems }: { list: DirectoryList; oddItems: OddItem[] },
  one: (item: ItemParser, key: string) => T,
): T[] {
  const seen = new Map<string, string>();
  return items.flatMap((raw, index): T[] => {
    const skip = (name: string, why: string): [] => {
      oddItems.push({ list, item: name, why, isSkipped: true });
      return [];
    };
    if (!isRawItem(raw)) return skip(`#${index + 1}`, 'is not an object; left out');
    const key = list === 'numbers' ? readOwnNumber(raw.number) : readId(raw.id);
    if (key === null)
      return list === 'numbers'
        ? skip(describe(raw.number, index), 'is not a phone number; left out')
        : skip(describe(raw.id, index), 'has no usable id; left out');
    const said = JSON.stringify(raw);
    const before = seen.get(key);
    if (before !== undefined)
      return before === said ? [] : skip(key, 'is listed twice; the first of them counts');
    seen.set(key, said);
    const item = new ItemParser(raw, (why) => oddItems.push({ list, item: key, why, isSkipped: false }));
    return [one(item, key)];
  });
}

function readOwnNumber(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const read = readPhoneNumber(value);
  return 'fault' in read ? null : read.number;
}

/** What an item without a key is called: what stands in the key's place, shortened, else where it stands. */
function describe(value: unknown, index: number): string {
  const is = typeof value === 'string' && value !== '' ? ` (${JSON.stringify(value.slice(0, 40))})` : '';
  return `#${index + 1}${is}`;
}

function readOffice(item: ItemParser, ref: string) {
  const country = item.text('country').toUpperCase();
  const isKnown = isCountry(country);
  if (!isKnown)
    item.note(
      `country ${JSON.stringify(country)} is not a country's two letters; it keeps the one it has, else the primary office's`,
    );
  return {
    ref,
    name: nameOf(item, ref),
    country: isKnown ? country : '',
    isPrimary: item.flag('is_primary_office'),
    state: item.text('state'),
  };
}

function readDepartment(item: ItemParser, ref: string) {
  return { ref, name: nameOf(item, ref), office: item.ref('office_id'), state: item.text('state') };
}

function nameOf(item: ItemParser, ref: string): string {
  const name = item.text('name');
  if (name === '') item.note('has no name; called by its id');
  return name || ref;
}

function readPerson(item: ItemParser, ref: string) {
  const email = item.email('emails');
  const full = [item.text('first_name'), item.text('last_name')].filter((part) => part !== '').join(' ');
  const name = item.text('display_name') || full;
  if (name === '') item.note('has no name; called by the e-mail address, else the id');
  return {
    ref,
    name: name || email || `User ${ref}`,
    email,
    office: item.ref('office_id'),
    licence: item.text('license'),
    state: item.text('state'),
    groups: item
      .objects('group_details')
      .filter(({ group_type: type }) => type === DEPARTMENT)
      .flatMap(({ group_id: id }) => readId(id) ?? []),
  };
}

function readNumber(item: ItemParser, number: string) {
  const type = item.text('type').toLowerCase();
  if (type !== '' && !NUMBER_TYPES.has(type))
    item.note(`type ${JSON.stringify(type)} is not known; taken as another kind of number`);
  return {
    number,
    kind: type === 'softbank' ? 'mobile' : type,
    office: item.ref('office_id'),
    target: item.ref('target_id'),
    targetType: item.text('target_type'),
    isDeleted: item.flag('deleted'),
  };
}

function isStanding({ state }: { state: string }): boolean {
  return state !== 'deleted' && state !== 'cancelled';
}

/** A name for each by its id: those that several of one place have are distinguished by their ids. */
function distinctNames<T extends { ref: string; name: string }>(
  things: readonly T[],
  placeOf: (thing: T) => string,
): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    things.map((thing) => {
      const key = `${placeOf(thing)}/${thing.name.toLowerCase()}`;
      const name = taken.has(key) ? `${thing.name} (${thing.ref})` : thing.name;
      taken.add(key);
      return [thing.ref, name];
    }),
  );
}
