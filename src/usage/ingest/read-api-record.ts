import { z } from 'zod';
import { SECOND_MS, WEEK_MS } from '../../durations.ts';
import { storableText } from '../../outside-text.ts';
import { readParty } from '../../phone-number.ts';
import { readInstant } from '../../read-time.ts';
import type { OfficeCountryOf } from './office-country.ts';
import { isLikelyTime, type UsageEvent } from './usage-event.ts';

const MAX_TEXT_LENGTH = 10_000;
const MAX_DURATION_SECONDS = WEEK_MS / SECOND_MS;
const MAX_SHOWN = 60;

/** Text that PostgreSQL can keep: it has no NUL, and no half of a character. */
const text = (most: number) =>
  z
    .string('must be text')
    .max(most, `must have ${most} characters at most`)
    .refine((value) => storableText(value) === value, 'must not contain NUL or broken characters');
/** An id: also as a number, while a number holds all of its digits; longer ones come as text (`parseBigJson`). */
const id = (most: number) =>
  z.preprocess(
    (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value),
    text(most).min(1, 'must not be empty'),
  );
/** A number, also as text in plain decimals. */
const decimal = (number: z.ZodNumber) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value),
    number,
  );
const whole = (from: number, to: number) => {
  const must = `must be a whole number from ${from} to ${to}`;
  return decimal(z.number(must).int(must).min(from, must).max(to, must));
};
/** True or false, also as text. */
const flag = z.preprocess(
  (value) => (typeof value === 'string' && /^(?:true|false)$/i.test(value) ? /^true$/i.test(value) : value),
  z.boolean('must be true or false'),
);
const instant = z.string('must be a time like 2026-11-20T09:30:00Z').transform((value, context) => {
  const read = readInstant(value);
  if ('at' in read && isLikelyTime(read.at)) return read.at;
  context.addIssue({
    code: 'custom',
    message: 'fault' in read ? read.fault : `"${value}" is not a time of this century`,
  });
  return z.NEVER;
});
const lasts = `must be a number of seconds from 0 to ${MAX_DURATION_SECONDS}`;
const kinds = ['call', 'sms', 'mms', 'fax', 'ai_conversation'] as const;

/** One record of POST /v1/usage, as docs/usage-api.md describes it. */
const apiRecord = z.strictObject({
  id: id(200),
  kind: z.enum(kinds, `must be one of ${kinds.join(', ')}`),
  direction: z.enum(['inbound', 'outbound'], 'must be inbound or outbound').default('inbound'),
  external_number: text(320).optional(),
  internal_number: text(320).optional(),
  started_at: instant.optional(),
  answered_at: instant.optional(),
  at: instant.optional(),
  duration_seconds: decimal(z.number(lasts).min(0, lasts).max(MAX_DURATION_SECONDS, lasts)).default(0),
  office: id(200).optional(),
  department: id(200).optional(),
  member: id(200).optional(),
  email: text(320).optional(),
  internal: flag.optional(),
  failed: flag.default(false),
  text: text(MAX_TEXT_LENGTH).optional(),
  recipients: whole(1, 1_000).default(1),
  pages: whole(0, 10_000).default(1),
  responded: flag.default(true),
});
const FIELDS: readonly string[] = Object.keys(apiRecord.shape);
type ApiRecord = z.output<typeof apiRecord>;

export type ReadRecord = { event: UsageEvent } | { id: string | null; message: string };

/**
 * Reads one record; null stands for a field that is absent. The message names every field that is wrong, and what was
 * received for it. Throws nothing.
 */
export function readApiRecord(value: unknown, officeCountryOf: OfficeCountryOf): ReadRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { id: null, message: `the record: must be an object, received ${show(value)}` };
  const given = withoutNulls(value);
  const parsed = apiRecord.safeParse(given);
  const parties = readParties(given, officeCountryOf);
  const faults = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => describe(issue, given)),
    ...listMissingTimes(given),
    ...parties.faults,
  ];
  if (!parsed.success || faults.length > 0) return { id: readId(given), message: faults.join('; ') };
  return toEvent(parsed.data, parties);
}

type Given = Readonly<Record<string, unknown>>;

function withoutNulls(record: object): Given {
  const entries = Object.entries(record);
  const isAbsent = ([name, value]: [string, unknown]) => value === null && FIELDS.includes(name);
  return entries.some(isAbsent)
    ? Object.fromEntries(entries.filter((entry) => !isAbsent(entry)))
    : { ...record };
}

function describe(issue: z.core.$ZodIssue, given: Given): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(describeUnknown);
  const [field = ''] = issue.path;
  const received = given[String(field)];
  if (received === undefined) return [`${String(field)}: is missing`];
  return [
    `${String(field)}: ${issue.message}${issue.code === 'custom' ? '' : `, received ${show(received)}`}`,
  ];
}

/** A field that we do not know may be a misspelt one that has a price. */
function describeUnknown(name: string): string {
  const letters = (field: string): string => field.toLowerCase().replace(/[^a-z]/g, '');
  const meant = FIELDS.find((field) => letters(field) === letters(name));
  return `${name.slice(0, MAX_SHOWN)}: is not a field${meant === undefined ? '' : `, ${meant} is`}`;
}

function listMissingTimes(given: Given): string[] {
  const has = (field: string): boolean => given[field] !== undefined;
  if (given.kind === 'call')
    return has('started_at') || has('answered_at')
      ? []
      : ['answered_at: is missing; a call that nobody answered needs started_at'];
  return has('at') || has('started_at') || !kinds.some((kind) => kind === given.kind)
    ? []
    : ['at: is missing: when it was sent, received or begun'];
}

interface Parties {
  party: UsageEvent['party'];
  external: string | null;
  internal: string | null;
  faults: string[];
}

/** Both numbers, read with the office's country; what is no text is told by the record's own description. */
function readParties(given: Given, officeCountryOf: OfficeCountryOf): Parties {
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

function toEvent(record: ApiRecord, { party, external, internal }: Parties): ReadRecord {
  const usageAt = record.answered_at ?? record.at ?? record.started_at;
  if (usageAt === undefined) return { id: record.id, message: 'at: is missing' };
  return {
    event: {
      externalId: record.id,
      kind: record.kind,
      direction: record.direction,
      externalNumber: external,
      internalNumber: internal,
      party,
      usageAt,
      answeredAt: record.kind === 'call' ? (record.answered_at ?? null) : usageAt,
      durationMs: Math.round(record.duration_seconds * 1_000_000) / 1_000,
      isInternal: record.internal ?? null,
      isFailed: record.failed,
      text: record.text ?? null,
      recipients: record.recipients,
      pages: record.pages,
      hasResponded: record.responded,
      version: '0',
    },
  };
}

function readId({ id: value }: Given): string | null {
  const isId = typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value));
  return isId ? String(value).slice(0, 200) : null;
}

/** As it was received, as far as a message has room for it; lists and objects may be of any size and depth. */
function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(storableText(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value));
}
