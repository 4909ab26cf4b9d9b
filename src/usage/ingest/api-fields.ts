import { z } from 'zod';
import { storableText } from '../../outside-text.ts';
import { readParty } from '../../phone-number.ts';
import type { OfficeCountryOf } from './office-country.ts';
import type { UsageEvent } from './usage-event.ts';

const MAX_SHOWN = 60;

export const USAGE_KINDS = ['call', 'sms', 'mms', 'fax', 'ai_conversation'] as const;

/** Text that PostgreSQL can keep: it has no NUL, and no half of a character. */
export const text = (most: number) =>
  z
    .string('must be text')
    .max(most, `must have ${most} characters at most`)
    .refine((value) => storableText(value) === value, 'must not contain NUL or broken characters');
/** An id: also as a number, while a number holds all of its digits; longer ones come as text (`parseBigJson`). */
export const id = (most: number) =>
  z.preprocess(
    (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value),
    text(most).min(1, 'must not be empty'),
  );
/** A number, also as text in plain decimals. */
export const decimal = (number: z.ZodNumber) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value),
    number,
  );
export const whole = (from: number, to: number) => {
  const must = `must be a whole number from ${from} to ${to}`;
  return decimal(z.number(must).int(must).min(from, must).max(to, must));
};
/** True or false, also as text. */
export const flag = z.preprocess(
  (value) => (typeof value === 'string' && /^(?:true|false)$/i.test(value) ? /^true$/i.test(value) : value),
  z.boolean('must be true or false'),
);

/** The numbers of a record or a hold: the same fields of both, all of them optional. */
export const numberFields = {
  external_number: text(320).optional().meta({
    description: 'The other party’s number; absent, null or `blocked` where it is withheld.',
  }),
  internal_number: text(320).optional().meta({ description: 'The company’s own number, likewise.' }),
};
/** Whose it is, likewise. */
export const partyFields = {
  office: id(200).optional().meta({ description: 'Its id in the phone system.' }),
  department: id(200).optional().meta({ description: 'Its id in the phone system.' }),
  member: id(200).optional().meta({ description: 'The member’s id in the phone system.' }),
  email: text(320).optional().meta({ description: 'The member’s e-mail, instead of the id.' }),
  internal: flag.optional().meta({
    description: 'Whether both ends are the company’s; judged by the numbers by default.',
  }),
};

/** An object as a sender wrote it. */
export type Given = Readonly<Record<string, unknown>>;

/** Null stands for a field that is absent; null in a field that is not known stays, and is refused. */
export function withoutNulls(record: object, fields: readonly string[]): Given {
  const entries = Object.entries(record);
  const isAbsent = ([name, value]: [string, unknown]) => value === null && fields.includes(name);
  return entries.some(isAbsent)
    ? Object.fromEntries(entries.filter((entry) => !isAbsent(entry)))
    : { ...record };
}

/** What is wrong with a field, and what was received for it. */
export function describeFault(issue: z.core.$ZodIssue, given: Given, fields: readonly string[]): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => describeUnknown(name, fields));
  const [field = ''] = issue.path;
  const received = given[String(field)];
  if (received === undefined) return [`${String(field)}: is missing`];
  return [
    `${String(field)}: ${issue.message}${issue.code === 'custom' ? '' : `, received ${show(received)}`}`,
  ];
}

/** A field that we do not know may be a misspelt one that has a price. */
function describeUnknown(name: string, fields: readonly string[]): string {
  const letters = (field: string): string => field.toLowerCase().replace(/[^a-z]/g, '');
  const meant = fields.find((field) => letters(field) === letters(name));
  return `${name.slice(0, MAX_SHOWN)}: is not a field${meant === undefined ? '' : `, ${meant} is`}`;
}

export interface Parties {
  party: UsageEvent['party'];
  external: string | null;
  internal: string | null;
  faults: string[];
}

/** Both numbers, read with the office's country; a value that is no text is refused by the record's schema. */
export function readParties(given: Given, officeCountryOf: OfficeCountryOf): Parties {
  const party: UsageEvent['party'] = {};
  for (const [field, name] of [
    ['member', 'memberRef'],
    ['office', 'officeRef'],
    ['department', 'departmentRef'],
    ['email', 'email'],
  ] as const) {
    const ref = given[field];
    if (typeof ref === 'string' || typeof ref === 'number') party[name] = String(ref);
  }
  const isText = given.kind === 'sms' || given.kind === 'mms';
  const faults: string[] = [];
  const read = (field: string, isSender: boolean): string | null => {
    const written = given[field];
    if (typeof written !== 'string') return null;
    const number = readParty(written, {
      countryOf: () => officeCountryOf(party),
      mayBeName: isText && isSender,
    });
    if ('number' in number) return number.number;
    faults.push(`${field}: ${number.fault}`);
    return null;
  };
  const isOut = given.direction === 'outbound';
  return {
    party,
    external: read('external_number', !isOut),
    internal: read('internal_number', isOut),
    faults,
  };
}

/** As it was received, as far as a message has room for it; lists and objects may be of any size and depth. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(storableText(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value));
}
