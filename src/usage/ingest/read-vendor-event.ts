import { z } from 'zod';
import { WEEK_MS } from '../../durations.ts';
import type { NumberKey } from '../../number-key.ts';
import { storableText } from '../../outside-text.ts';
import { readParty } from '../../phone-number.ts';
import type { LegEvent } from './merge-legs.ts';
import type { OfficeCountryOf } from './office-country.ts';
import { realCallId } from './real-call-id.ts';
import { isLikelyTime, type UsageEvent } from './usage-event.ts';
import { keyOfCall, keyOfMessage } from './usage-keys.ts';

/**
 * Events of the vendor's phone system, as its webhooks send them. Identifiers are 64-bit integers, which JavaScript
 * cannot hold: they are read as text. Unknown fields are passed over.
 */
const id = z
  .union([z.string().max(60), z.number(), z.null()])
  .optional()
  .transform((value) => (value == null || value === '' ? null : storableText(String(value))));
/** Yes, or anything else for no: an odd flag never stops an event. */
const flag = z
  .unknown()
  .optional()
  .transform(
    (value) => value === true || value === 1 || (typeof value === 'string' && /^true$/i.test(value)),
  );
const direction = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['inbound', 'outbound']));
/** A number that may come as text, in its own unit. */
const amount = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,20}(\.\d{1,10})?$/)
      .transform(Number),
    z.null(),
  ])
  .optional()
  .transform((value) => value ?? null);
const epochMs = amount.refine((value) => value === null || isLikelyTime(new Date(value)), 'no time');
const cappedText = (maxLength: number) =>
  z
    .union([z.string(), z.number(), z.null()])
    .optional()
    .transform((value) => (value == null ? null : storableText(String(value).slice(0, maxLength))));

const target = z
  .looseObject({
    id,
    type: z.string().nullish().catch(null),
    phone: cappedText(320).catch(null),
    phone_number: cappedText(320).catch(null),
    email: cappedText(320).catch(null),
    office_id: id.catch(null),
  })
  .nullish()
  // Whose usage it is can be mended later; what it is and costs does not depend on it.
  .catch(null)
  .transform((value) => (value == null || value.id === null ? null : value));

const LONGEST_MS = WEEK_MS;

const callEvent = z.looseObject({
  call_id: id,
  master_call_id: id,
  entry_point_call_id: id,
  state: z.string(),
  direction,
  external_number: cappedText(320),
  internal_number: cappedText(320),
  date_started: epochMs,
  date_connected: epochMs,
  date_ended: epochMs,
  event_timestamp: epochMs,
  duration: amount.refine((value) => value === null || value <= LONGEST_MS, 'too long'),
  target,
  group_id: cappedText(100).catch(null),
  is_internal: flag,
});

const recipient = z.union([
  z.string().max(320).transform(storableText),
  z.number().transform(String),
  z.null(),
]);

const messageEvent = z.looseObject({
  id,
  created_date: epochMs,
  event_timestamp: epochMs,
  direction,
  target,
  from_number: cappedText(320),
  to_number: z.union([z.array(recipient).max(1_000), recipient]).optional(),
  contact: z
    .looseObject({ phone_number: cappedText(320) })
    .nullish()
    .catch(null),
  mms: flag,
  is_internal: flag,
  message_status: cappedText(40),
  text: cappedText(10_000),
  text_content: cappedText(10_000),
});

export type ReadVendorEvent =
  /** Of a message to several numbers, those that can be read; `unreadable` says what is wrong with the others. */
  | { legs: LegEvent[]; officeRefs: string[]; unreadable?: string }
  | { ignored: string }
  /** Usage that cannot be posted as it is: for the operator. */
  | { unreadable: string };

/** The usage in an event; everything that is not the end of a call or a message is ignored. Applies R7.1. */
export function readVendorEvent(
  payload: unknown,
  numberKey: NumberKey,
  officeCountryOf: OfficeCountryOf,
): ReadVendorEvent {
  const reading = { numberKey, officeCountryOf };
  if (typeof payload !== 'object' || payload === null) return { ignored: 'no object' };
  if (Array.isArray(payload)) return { unreadable: 'a list, where one event was expected' };
  // An unreadable end of a call or message goes to the operator: ignored, it would be usage without a charge.
  if ('state' in payload && typeof payload.state === 'string' && /^hangup$/i.test(payload.state))
    return readCall(payload, reading);
  if ('state' in payload && 'call_id' in payload) return { ignored: 'not the end of a call' };
  if ('message_status' in payload || 'to_number' in payload) return readMessage(payload, reading);
  return { ignored: 'not about a call or a message' };
}

interface Reading {
  numberKey: NumberKey;
  officeCountryOf: OfficeCountryOf;
}

function readCall(payload: object, { numberKey, officeCountryOf }: Reading): ReadVendorEvent {
  const parsed = callEvent.safeParse(payload);
  if (!parsed.success) return { unreadable: `not a call as it should be: ${nameFields(parsed.error)}` };
  const call = parsed.data;
  const usageAt = call.date_connected ?? call.date_started ?? call.date_ended;
  const real = realCallId(call);
  if (call.call_id === null || real === null || usageAt === null || call.event_timestamp === null)
    return { unreadable: 'a call without id or time' };
  const facts = common(call.direction, call.target);
  const countryOf = () => officeCountryOf(facts.party);
  const external = readParty(call.external_number, { countryOf });
  if ('fault' in external) return { unreadable: `external_number: ${external.fault}` };
  const internal = readParty(ownNumber(call.internal_number, call.target), { countryOf });
  if ('fault' in internal) return { unreadable: `internal_number: ${internal.fault}` };
  const event: UsageEvent = {
    ...facts,
    externalId: keyOfCall(real, external.number, numberKey),
    kind: 'call',
    externalNumber: external.number,
    internalNumber: internal.number,
    usageAt: new Date(usageAt),
    startedAt: call.date_started === null ? null : new Date(call.date_started),
    answeredAt: call.date_connected === null ? null : new Date(call.date_connected),
    durationMs: call.date_connected === null ? 0 : Math.max(0, call.duration ?? 0),
    isInternal: call.is_internal ? true : null,
    version: Math.max(1, Math.round(call.event_timestamp)).toString(),
  };
  return { legs: [{ leg: call.call_id, event }], officeRefs: officesOf(call.target, call.group_id) };
}

function readMessage(payload: object, { numberKey, officeCountryOf }: Reading): ReadVendorEvent {
  const parsed = messageEvent.safeParse(payload);
  if (!parsed.success) return { unreadable: `not a message as it should be: ${nameFields(parsed.error)}` };
  const message = parsed.data;
  const at = message.created_date ?? message.event_timestamp;
  const id = message.id;
  if (id === null || at === null) return { unreadable: 'a message without id or time' };
  const told = Array.isArray(message.to_number) ? message.to_number : [message.to_number ?? null];
  // Null beside numbers is a recipient that is withheld; alone it says nothing.
  const to = told.every((each) => each === null) ? [] : told.map((each) => each ?? '');
  const isOut = message.direction === 'outbound';
  const facts = common(message.direction, message.target);
  const countryOf = () => officeCountryOf(facts.party);
  const own = isOut ? message.from_number : (message.target?.phone_number ?? to[0] ?? null);
  const internal = readParty(ownNumber(own, message.target), { countryOf, mayBeName: isOut });
  if ('fault' in internal) return { unreadable: `own number: ${internal.fault}` };
  const others = isOut ? to : [message.from_number ?? message.contact?.phone_number ?? ''];
  const legs: LegEvent[] = [];
  const faults: string[] = [];
  for (const other of new Set(others.length === 0 ? [message.contact?.phone_number ?? ''] : others)) {
    const external = readParty(other, { countryOf, mayBeName: !isOut });
    if ('fault' in external) {
      faults.push(external.fault);
      continue;
    }
    const event: UsageEvent = {
      ...facts,
      externalId: keyOfMessage(id, external.number, numberKey),
      kind: message.mms ? 'mms' : 'sms',
      externalNumber: external.number,
      internalNumber: internal.number,
      usageAt: new Date(at),
      startedAt: message.created_date === null ? null : new Date(message.created_date),
      answeredAt: new Date(at),
      durationMs: 0,
      isInternal: message.is_internal ? true : null,
      isFailed: message.message_status === 'failed',
      text: message.text ?? message.text_content,
      version: Math.max(1, Math.round(message.event_timestamp ?? at)).toString(),
    };
    legs.push({ leg: id, event });
  }
  if (faults.length === 0) return { legs, officeRefs: officesOf(message.target, null) };
  const unreadable = `${isOut ? 'to_number' : 'from_number'}: ${faults.join('; ')}`;
  return legs.length === 0
    ? { unreadable }
    : { legs, officeRefs: officesOf(message.target, null), unreadable };
}

/** Every field that is not what it should be, by name. */
function nameFields(error: z.ZodError): string {
  return [...new Set(error.issues.map(({ path }) => path.join('.')))].join(', ');
}

type Target = z.output<typeof target>;

function ownNumber(told: string | null, of: Target): string | null {
  return told ?? of?.phone ?? of?.phone_number ?? null;
}

function common(direction: 'inbound' | 'outbound', of: Target) {
  return {
    direction,
    party: {
      ...(of?.type === 'user' && of.id !== null ? { memberRef: of.id } : {}),
      ...(of !== null && of.type !== 'user' && of.id !== null ? { departmentRef: of.id } : {}),
      ...(of?.email == null || of.email === '' ? {} : { email: of.email }),
      ...(of?.office_id == null ? {} : { officeRef: of.office_id }),
    },
    isFailed: false,
    text: null,
    recipients: 1,
    pages: 0,
    hasResponded: true,
  };
}

function officesOf(of: Target, groupId: string | null): string[] {
  const group = /^Office:(\d+)$/.exec(groupId ?? '')?.[1];
  return [of?.office_id ?? null, group ?? null].filter((ref): ref is string => ref !== null);
}
