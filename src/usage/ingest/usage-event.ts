import { z } from 'zod';

const instant = z.iso.datetime().transform((text) => new Date(text));
const text = (most: number) => z.string().max(most);

const party = z.object({
  memberRef: text(200).optional(),
  officeRef: text(200).optional(),
  departmentRef: text(200).optional(),
  email: text(320).optional(),
  internalNumber: text(40).optional(),
});

/** One use of the phone system in our own terms, from any source: stored in this form until it is posted. */
export const storedEvent = z.object({
  /** The record's key within its source (R23). */
  externalId: text(300),
  kind: z.enum(['call', 'sms', 'mms', 'fax', 'ai_conversation']),
  direction: z.enum(['inbound', 'outbound']),
  externalNumber: text(40).nullable(),
  internalNumber: text(40).nullable(),
  party: party.transform((hint) =>
    Object.fromEntries(Object.entries(hint).filter(([, name]) => name !== undefined)),
  ),
  /** Answer time of a call (its start, where it was not answered); sent or received time of a message (R7). */
  usageAt: instant,
  answeredAt: instant.nullable(),
  /** When it began, as far as the source says so: it distinguishes two calls that come under one id. */
  startedAt: instant.nullable().optional(),
  durationMs: z.number().min(0),
  /** Null: judged by whose the numbers are. */
  isInternal: z.boolean().nullable(),
  isFailed: z.boolean(),
  text: text(20_000).nullable(),
  recipients: z.number().int().min(1),
  pages: z.number().int().min(0),
  hasResponded: z.boolean(),
  /** Grows with each change of the facts, where the source says so; "0" where it does not. */
  version: z.string().regex(/^\d{1,19}$/),
});

export type UsageEvent = z.output<typeof storedEvent>;

/** The event as JSON for the database. */
export function toStored(event: UsageEvent): string {
  return JSON.stringify(event);
}

const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** A time that a record may have; a time outside is a mistake, and some of them no database can hold. */
export function isLikelyTime(at: Date): boolean {
  return at.getTime() >= EARLIEST_MS && at.getTime() < LATEST_MS;
}
