import { z } from 'zod';
import { SECOND_MS, WEEK_MS } from '../../durations.ts';
import { storableText } from '../../outside-text.ts';
import { readParty } from '../../phone-number.ts';
import type { OfficeCountryOf } from './office-country.ts';
import { isLikelyTime, type UsageEvent } from './usage-event.ts';

const MAX_TEXT_LENGTH = 10_000;
const MAX_DURATION_SECONDS = WEEK_MS / SECOND_MS;

/** Text that PostgreSQL can keep: it has no NUL, and no half of a character. */
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => storableText(value) === value, 'must not contain NUL or broken characters');
const instant = z.iso
  .datetime({ offset: true })
  .transform((value) => new Date(value))
  .refine(isLikelyTime, 'is not a time of this century');
const name = text(200).optional();

/** One record of POST /v1/usage, as docs/usage-api.md describes it. */
const apiRecord = z
  .strictObject({
    id: text(200).min(1),
    kind: z.enum(['call', 'sms', 'mms', 'fax', 'ai_conversation']),
    direction: z.enum(['inbound', 'outbound']).default('inbound'),
    external_number: text(320).nullish(),
    internal_number: text(320).nullish(),
    started_at: instant.optional(),
    answered_at: instant.nullish(),
    at: instant.optional(),
    duration_seconds: z.number().min(0).max(MAX_DURATION_SECONDS).default(0),
    office: name,
    department: name,
    member: name,
    email: text(320).optional(),
    internal: z.boolean().optional(),
    failed: z.boolean().default(false),
    text: text(MAX_TEXT_LENGTH).optional(),
    recipients: z.number().int().min(1).max(1_000).default(1),
    pages: z.number().int().min(0).max(10_000).default(1),
    responded: z.boolean().default(true),
  })
  .refine((r) => r.kind !== 'call' || r.started_at !== undefined || r.answered_at != null, {
    path: ['answered_at'],
    error: 'a call needs answered_at, or started_at when nobody answered',
  })
  .refine((r) => r.kind === 'call' || r.at !== undefined || r.started_at !== undefined, {
    path: ['at'],
    error: 'needs at: when it was sent, received or begun',
  });

export type ReadRecord = { event: UsageEvent } | { id: string | null; message: string };

/** Reads one record; a message names the field that is wrong. Throws nothing. */
export function readApiRecord(value: unknown, officeCountryOf: OfficeCountryOf): ReadRecord {
  const parsed = apiRecord.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join('.') ?? '';
    return {
      id: readId(value),
      message: `${path === '' ? 'the record' : path}: ${issue?.message ?? 'not understood'}`,
    };
  }
  const r = parsed.data;
  const party = {
    ...(r.member === undefined ? {} : { memberRef: r.member }),
    ...(r.office === undefined ? {} : { officeRef: r.office }),
    ...(r.department === undefined ? {} : { departmentRef: r.department }),
    ...(r.email === undefined ? {} : { email: r.email }),
  };
  const isText = r.kind === 'sms' || r.kind === 'mms';
  const countryOf = () => officeCountryOf(party);
  const read = (number: string | null | undefined, isSender: boolean) =>
    readParty(number ?? null, { countryOf, mayBeName: isText && isSender });
  const external = read(r.external_number, r.direction === 'inbound');
  if ('fault' in external) return { id: r.id, message: `external_number: ${external.fault}` };
  const internal = read(r.internal_number, r.direction === 'outbound');
  if ('fault' in internal) return { id: r.id, message: `internal_number: ${internal.fault}` };
  const usageAt = r.answered_at ?? r.at ?? r.started_at;
  if (usageAt == null) return { id: r.id, message: 'at: the record has no time' };
  return {
    event: {
      externalId: r.id,
      kind: r.kind,
      direction: r.direction,
      externalNumber: external.number,
      internalNumber: internal.number,
      party,
      usageAt,
      answeredAt: r.kind === 'call' ? (r.answered_at ?? null) : usageAt,
      durationMs: Math.round(r.duration_seconds * 1_000_000) / 1_000,
      isInternal: r.internal ?? null,
      isFailed: r.failed,
      text: r.text ?? null,
      recipients: r.recipients,
      pages: r.pages,
      hasResponded: r.responded,
      version: '0',
    },
  };
}

function readId(value: unknown): string | null {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  return typeof id === 'string' ? id.slice(0, 200) : null;
}
