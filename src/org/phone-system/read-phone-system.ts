import { z } from 'zod';
import { isE164 } from '../../phone-number.ts';
import type { DirectoryLines } from '../directory/store-lines.ts';
import { listItems, type PhoneSystemAccess } from './list-items.ts';

/** 64-bit ids come as text; as a number only where a number holds it. */
const id = z.union([z.string().regex(/^\d{1,20}$/), z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)]);
const ref = id.transform(String);
const text = z.string().nullish();

const office = z.object({
  id: ref,
  name: text,
  country: text,
  is_primary_office: z.boolean().nullish(),
  state: text,
});
const department = z.object({ id: ref, name: text, office_id: ref.nullish(), state: text });
const user = z.object({
  id: ref,
  office_id: ref.nullish(),
  display_name: text,
  first_name: text,
  last_name: text,
  emails: z.array(z.string()).nullish(),
  license: text,
  state: text,
  group_details: z.array(z.object({ group_id: ref.nullish(), group_type: text })).nullish(),
});
const number = z.object({
  number: z.string(),
  type: text,
  office_id: ref.nullish(),
  target_id: ref.nullish(),
  target_type: text,
  deleted: z.boolean().nullish(),
});

const EMAIL = /^\S+@\S+\.\S+$/;

/**
 * A company's offices, departments, active people and numbers as its phone system lists them. What cannot
 * stand (an address that is none, a number of another form) is left out rather than that it stops all else. Throws
 * RefillError, see `listItems`.
 */
export async function readPhoneSystem(access: PhoneSystemAccess): Promise<DirectoryLines> {
  const offices = await listItems(access, { path: '/api/v2/offices' }, office);
  const departments = await listItems(access, { path: '/api/v2/departments' }, department);
  const people = await listItems(access, { path: '/api/v2/users', query: { state: 'active' } }, user);
  const numbers = await listItems(access, { path: '/api/v2/numbers' }, number);

  const standing = offices.filter(isStanding);
  const officeRefs = new Set(standing.map((each) => each.id));
  const officeOf = (named: string | null | undefined): string =>
    named != null && officeRefs.has(named) ? named : '';
  const units = departments.filter(isStanding);
  const departmentRefs = new Set(units.map((each) => each.id));
  const active = people.filter(({ state }) => state == null || state === 'active');
  const personRefs = new Set(active.map((each) => each.id));
  const officeNames = distinctNames(standing, () => '');
  const departmentNames = distinctNames(units, (each) => officeOf(each.office_id));
  return {
    offices: standing.map((each, line) => ({
      line,
      ref: each.id,
      name: officeNames.get(each.id) ?? each.id,
      country: /^[a-z]{2}$/i.test(each.country ?? '') ? (each.country ?? '') : '',
      isPrimary: each.is_primary_office === true,
    })),
    departments: units.map((each) => ({
      ref: each.id,
      name: departmentNames.get(each.id) ?? each.id,
      office: officeOf(each.office_id),
    })),
    members: active.map((each, line) => ({
      line,
      ref: each.id,
      name: nameOf(each),
      email: each.emails?.find((email) => EMAIL.test(email)) ?? '',
      office: officeOf(each.office_id),
      department:
        each.group_details
          ?.filter(({ group_type: type }) => type === 'department')
          .map(({ group_id: group }) => group ?? '')
          .find((group) => departmentRefs.has(group)) ?? '',
      licence: each.license ?? '',
      kind: '',
    })),
    numbers: numbers
      .filter((each) => each.deleted !== true && isE164(each.number))
      .map((each, line) => ({
        line,
        number: each.number,
        kind: each.type === 'softbank' ? 'mobile' : (each.type ?? ''),
        office: officeOf(each.office_id),
        department: pick(each, 'department', departmentRefs),
        member: pick(each, 'user', personRefs),
      })),
    isFromPhoneSystem: true,
  };
}

function isStanding({ state }: { state?: string | null | undefined }): boolean {
  return state !== 'deleted' && state !== 'cancelled';
}

function nameOf(person: z.output<typeof user>): string {
  const full = [person.first_name, person.last_name].filter((part) => part != null && part !== '').join(' ');
  return (person.display_name ?? '').trim() || full.trim() || person.emails?.[0] || `User ${person.id}`;
}

/** Whose a number is, where it is of that kind and known. */
function pick(of: z.output<typeof number>, type: string, known: ReadonlySet<string>): string {
  return of.target_type === type && of.target_id != null && known.has(of.target_id) ? of.target_id : '';
}

/** A name for each by its id: those that several of one place have are distinguished by their ids. */
function distinctNames<T extends { id: string; name?: string | null | undefined }>(
  things: readonly T[],
  placeOf: (thing: T) => string,
): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    things.map((thing) => {
      const given = (thing.name ?? '').trim() || thing.id;
      const key = `${placeOf(thing)}/${given.toLowerCase()}`;
      const name = taken.has(key) ? `${given} (${thing.id})` : given;
      taken.add(key);
      return [thing.id, name];
    }),
  );
}
