import { z } from 'zod';
import { SECOND_MS, WEEK_MS } from '../../durations.ts';
import { readInstant } from '../../read-time.ts';
import {
  decimal,
  describeFault,
  flag,
  type Given,
  id,
  type Parties,
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

/** One record of POST /v1/usage, as docs/usage-api.md describes it. */
const apiRecord = z.strictObject({
  id: id(200),
  kind: z.enum(USAGE_KINDS, `must be one of ${USAGE_KINDS.join(', ')}`),
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
