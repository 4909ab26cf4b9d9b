import { z } from 'zod';
import { SECOND_MS, WEEK_MS } from '../../durations.ts';
import { readInstant } from '../../read-time.ts';
import {
  decimal,
  describeFault,
  flag,
  type Given,
  id,
  numberFields,
  type Parties,
  partyFields,
  readParties,
  show,
  text,
  USAGE_KINDS,
  whole,
  withoutNulls,
} from './api-fields.ts';
import type { OfficeCountryOf } from './office-country.ts';
import { isLikelyTime, type UsageEvent } from './usage-event.ts';

const MAX_TEXT_LENGTH = 10_000;
const MAX_DURATION_SECONDS = WEEK_MS / SECOND_MS;

const time = z.string('must be a time like 2026-11-20T09:30:00Z').meta({ format: 'date-time' });
const instant = time.transform((value, context) => {
  const read = readInstant(value);
  if ('at' in read && isLikelyTime(read.at)) return read.at;
  context.addIssue({
    code: 'custom',
    message: 'fault' in read ? read.fault : `"${value}" is not a time of this century`,
  });
  return z.NEVER;
});
const lasts = `must be a number of seconds from 0 to ${MAX_DURATION_SECONDS}`;

/** One record of POST /v1/usage. Its descriptions are those of the API's document. */
export const apiRecord = z
  .strictObject({
    id: id(200).meta({
      description:
        'The record’s key: sent again, it is posted once. Kept for ever as it is sent, so put no phone number into it.',
    }),
    kind: z.enum(USAGE_KINDS, `must be one of ${USAGE_KINDS.join(', ')}`),
    direction: z.enum(['inbound', 'outbound'], 'must be inbound or outbound').default('inbound'),
    ...numberFields,
    started_at: instant.optional().meta({ description: 'Needed of a call that nobody answered.' }),
    answered_at: instant.optional().meta({
      description: 'Of a call, with its offset; absent or null: nobody answered, so it costs nothing.',
    }),
    at: instant.optional().meta({ description: 'Of all but calls: when it was sent, received or begun.' }),
    duration_seconds: decimal(z.number(lasts).min(0, lasts).max(MAX_DURATION_SECONDS, lasts))
      .default(0)
      .meta({ description: 'Of a call: connected time; fractions are welcome.' }),
    ...partyFields,
    failed: flag
      .default(false)
      .meta({ description: 'Of a text, picture message or fax: not delivered, so free.' }),
    text: text(MAX_TEXT_LENGTH)
      .optional()
      .meta({ description: 'Of a text: counted into segments; without it one.' }),
    recipients: whole(1, 1_000).default(1).meta({ description: 'Of a text or picture message.' }),
    pages: whole(0, 10_000).default(1).meta({ description: 'Of a fax.' }),
    responded: flag.default(true).meta({ description: 'Of an AI conversation: false makes it free.' }),
  })
  .meta({
    id: 'UsageRecord',
    description:
      'One call, message, fax or AI conversation. Null is the same as absent; numbers and booleans may come as text, ids as numbers. No other field is taken. What it costs is decided here.',
    examples: [
      {
        id: 'call-1',
        kind: 'call',
        direction: 'outbound',
        external_number: '+442079460000',
        internal_number: '+14155550101',
        answered_at: '2026-11-20T09:30:00Z',
        duration_seconds: 61.2,
      },
    ],
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
  const given = withoutNulls(value, FIELDS);
  const parsed = apiRecord.safeParse(given);
  const parties = readParties(given, officeCountryOf);
  const faults = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => describeFault(issue, given, FIELDS)),
    ...listMissingTimes(given),
    ...parties.faults,
  ];
  if (!parsed.success || faults.length > 0) return { id: readId(given), message: faults.join('; ') };
  return toEvent(parsed.data, parties);
}

function listMissingTimes(given: Given): string[] {
  const has = (field: string): boolean => given[field] !== undefined;
  if (given.kind === 'call')
    return has('started_at') || has('answered_at')
      ? []
      : ['answered_at: is missing; a call that nobody answered needs started_at'];
  return has('at') || has('started_at') || !USAGE_KINDS.some((kind) => kind === given.kind)
    ? []
    : ['at: is missing: when it was sent, received or begun'];
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
