import { z } from 'zod';
import { isE164, readParty } from '../../phone-number.ts';
import {
  type AnyTraffic,
  countryOf,
  isCountry,
  isTollFree,
  type Licence,
  licenceOf,
} from '../../rating/index.ts';

const KINDS = ['call', 'sms', 'mms', 'fax', 'ai_conversation'] as const;

const LONGEST_SECONDS = 8_640_000;

const instant = z
  .union([
    z.number().int(),
    z.string().regex(/^\d{4}-\d{2}-\d{2}/, 'is not a time like 2026-11-14T09:30:00Z'),
  ])
  .transform((value, context) => {
    const hasNoZone = typeof value === 'string' && /[T ][\d:.]+$/.test(value);
    const at = new Date(hasNoZone ? `${value.replace(' ', 'T')}Z` : value);
    if (!Number.isNaN(at.getTime())) return at;
    context.addIssue({ code: 'custom', message: 'is not a time like 2026-11-14T09:30:00Z' });
    return z.NEVER;
  });

const number = z
  .string('is a number as text, like "+14155550100"')
  .nullish()
  .transform((text) => text ?? null);

/** A number, or one as text; fractions are real. */
const seconds = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d+(\.\d+)?$/)
        .transform(Number),
    ],
    'is not a number of seconds',
  )
  .refine((value) => value >= 0, 'is less than nothing')
  .refine((value) => value <= LONGEST_SECONDS, 'is longer than a hundred days');

const record = z.object({
  kind: z.enum(KINDS, `is one of ${KINDS.join(', ')}`).optional(),
  direction: z
    .string('is inbound or outbound')
    .toLowerCase()
    .pipe(z.enum(['inbound', 'outbound'], 'is inbound or outbound')),
  to: number,
  from: number,
  answered_at: instant.nullish(),
  at: instant.optional(),
  duration_seconds: seconds.nullish(),
  licence: z.string('is not text').default('talk'),
  office_country: z.string('is not text').toUpperCase().optional(),
  number_type: z.string('is not text').optional(),
  local_prefixes: z.array(z.string().regex(/^\+?\d{1,15}$/, 'has a prefix that is not digits')).optional(),
  is_internal: z.boolean().default(false),
  text: z.string('is not text').nullish(),
  recipients: z.number().int().min(1).max(10_000).default(1),
  failed: z.boolean().default(false),
  pages: z.number().int().min(0).max(100_000).optional(),
  responded: z.boolean().optional(),
});
type Line = z.output<typeof record>;

/** Usage from a line of JSON, or a message why it cannot be priced. */
export type ReadTraffic = { traffic: AnyTraffic } | { fault: string };

/**
 * Reads one line of JSON as a call, message, fax or AI conversation. Which it is, `kind` says, or else `text`, `pages`
 * or `responded` give it away. A call without `answered_at` is priced as of `now`; with null it was not answered.
 */
export function readTraffic(json: string, now: Date): ReadTraffic {
  const parsed = record.safeParse(parseJson(json));
  if (!parsed.success) return { fault: describe(parsed.error) };
  const line = parsed.data;
  const licence = licenceOf(line.licence);
  if (licence === null) return { fault: `licence "${line.licence}" is not in the table of licences` };
  const kind = kindOf(line);
  const isText = kind === 'sms' || kind === 'mms';
  const isOut = line.direction === 'outbound';
  const [own, other] = isOut ? [line.from, line.to] : [line.to, line.from];
  const internal = readParty(own, {
    countryOf: () => line.office_country ?? 'US',
    mayBeName: isText && isOut,
  });
  if ('fault' in internal) return internal;
  const ownCountry =
    internal.number === null || !isE164(internal.number) ? null : countryOf(internal.number, 'US');
  const officeCountry = line.office_country ?? ownCountry ?? 'US';
  if (!isCountry(officeCountry))
    return { fault: `office_country "${officeCountry}" is no country: write its two letters, like US` };
  const external = readParty(other, { countryOf: () => officeCountry, mayBeName: isText && !isOut });
  if ('fault' in external) return external;
  if (kind === 'call' && line.answered_at !== null && typeof line.duration_seconds !== 'number')
    return { fault: 'duration_seconds is missing from an answered call' };
  const found = { line, kind, licence, external: external.number, internal: internal.number, officeCountry };
  return { traffic: toTraffic(found, now) };
}

function kindOf(line: Line): AnyTraffic['kind'] {
  if (line.kind !== undefined) return line.kind;
  if (line.text !== undefined) return 'sms';
  if (line.pages !== undefined) return 'fax';
  return line.responded === undefined ? 'call' : 'ai_conversation';
}

function toTraffic(
  found: {
    line: Line;
    kind: AnyTraffic['kind'];
    licence: Licence;
    external: string | null;
    internal: string | null;
    officeCountry: string;
  },
  now: Date,
): AnyTraffic {
  const { line, kind, external, internal, officeCountry } = found;
  const answeredAt = line.answered_at === undefined ? (line.at ?? now) : line.answered_at;
  const traffic = {
    direction: line.direction,
    externalNumber: external,
    isInternal: line.is_internal,
    officeCountry,
    at: answeredAt ?? line.at ?? now,
  };
  switch (kind) {
    case 'call':
      return {
        ...traffic,
        kind,
        answeredAt,
        durationMs: (line.duration_seconds ?? 0) * 1000,
        licence: found.licence,
        isTollFreeLine: isTollFreeLine(line.number_type, internal),
        internalNumber: internal,
        ...(line.local_prefixes === undefined ? {} : { localPrefixes: line.local_prefixes }),
      };
    case 'sms':
    case 'mms':
      return {
        ...traffic,
        kind,
        text: line.text ?? null,
        recipients: line.recipients,
        isFailed: line.failed,
      };
    case 'fax':
      return { ...traffic, kind, pages: line.pages ?? 1, isFailed: line.failed };
    case 'ai_conversation':
      return { ...traffic, kind, hasResponded: line.responded ?? true };
  }
}

function isTollFreeLine(numberType: string | undefined, internal: string | null): boolean {
  if (numberType !== undefined) return /^toll[-_ ]?free$/i.test(numberType);
  return internal !== null && isE164(internal) && isTollFree(internal);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function describe(error: z.ZodError): string {
  const [first] = error.issues;
  if (first === undefined || first.path.length === 0) return 'this is not a JSON object';
  return error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`).join('; ');
}
