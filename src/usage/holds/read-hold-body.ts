import { z } from 'zod';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { dollars } from '../../money.ts';
import {
  describeFault,
  type Given,
  id,
  numberFields,
  partyFields,
  readParties,
  show,
  USAGE_KINDS,
  whole,
  withoutNulls,
} from '../ingest/api-fields.ts';
import type { OfficeCountryOf } from '../ingest/office-country.ts';
import type { UsageEvent } from '../ingest/usage-event.ts';

const MAX_SECONDS = DAY_MS / SECOND_MS;
const MAX_PIECES = 10_000;
const MIN_EXPIRY_SECONDS = MINUTE_MS / SECOND_MS;

const mustBeAmount = 'must be dollars like "0.15", more than nothing, with six decimals at most';
const amount = z
  .preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string(mustBeAmount))
  .refine((value) => /^\d{1,7}(\.\d{1,6})?$/.test(value) && Number(value) > 0, mustBeAmount)
  .transform(dollars);

const seconds = whole(1, MAX_SECONDS);
const expiresIn = whole(MIN_EXPIRY_SECONDS, MAX_SECONDS);

/** The body of POST /v1/holds. Its descriptions are those of the API's document. */
export const holdBody = z
  .strictObject({
    id: id(200).meta({
      description: 'The hold’s key, the sender’s own. Put no phone number into it.',
    }),
    kind: z.enum(USAGE_KINDS, `must be one of ${USAGE_KINDS.join(', ')}`),
    direction: z.enum(['inbound', 'outbound'], 'must be inbound or outbound'),
    ...numberFields,
    ...partyFields,
    seconds: seconds.optional().meta({ description: 'Of a call: how long it is to last at first.' }),
    pieces: whole(1, MAX_PIECES).optional().meta({
      description: 'Of everything else: recipients × segments, or pages; 1 by default.',
    }),
    amount: amount.optional().meta({
      description: 'Instead of either: dollars, of a sender that rates its traffic itself, like "0.15".',
    }),
    expires_in_seconds: expiresIn.optional().meta({
      description: 'By default the length of what was granted, and ten minutes.',
    }),
  })
  .meta({
    id: 'HoldRequest',
    description: 'Which call or message is to begin, and how much of it.',
    examples: [
      {
        id: 'call-1',
        kind: 'call',
        direction: 'outbound',
        external_number: '+442079460000',
        internal_number: '+14155550101',
        seconds: 600,
      },
    ],
  });

/** The body of an extension, likewise. */
export const holdExtension = z
  .strictObject({
    seconds: seconds.optional().meta({ description: 'Of a hold in seconds: how long in all.' }),
    amount: amount.optional().meta({ description: 'Of a hold in dollars: how much in all, like "0.30".' }),
    expires_in_seconds: expiresIn.optional().meta({ description: 'From now; never earlier than it was.' }),
  })
  .meta({
    id: 'HoldExtension',
    description: 'One of `seconds` and `amount`.',
    examples: [{ seconds: 1200 }],
  });

/** How much is asked for: seconds of a call, pieces of anything else, or dollars of a sender that rates itself. */
export type HoldSize =
  | { unit: 'seconds' | 'pieces'; count: number }
  | { unit: 'amount'; amount: z.output<typeof amount> };

export interface HoldBody {
  id: string;
  kind: UsageEvent['kind'];
  direction: UsageEvent['direction'];
  externalNumber: string | null;
  internalNumber: string | null;
  party: UsageEvent['party'];
  /** Null: judged by whose the numbers are. */
  isInternal: boolean | null;
  size: HoldSize;
  /** Null: as long as what is granted lasts, and a while. */
  expiresInMs: number | null;
}

/** Reads what is asked for. Throws RefillError `bad-body`, which names every field that is wrong. */
export function readHoldBody(value: unknown, officeCountryOf: OfficeCountryOf): HoldBody {
  const given = toGiven(value, Object.keys(holdBody.shape));
  const parsed = holdBody.safeParse(given);
  const parties = readParties(given, officeCountryOf);
  const faults = [
    ...listFaults(parsed, given, Object.keys(holdBody.shape)),
    ...listSizeFaults(given),
    ...parties.faults,
  ];
  if (!parsed.success || faults.length > 0) throw new RefillError('bad-body', faults.join('; '));
  const body = parsed.data;
  return {
    id: body.id,
    kind: body.kind,
    direction: body.direction,
    externalNumber: parties.external,
    internalNumber: parties.internal,
    party: parties.party,
    isInternal: body.internal ?? null,
    size: toSize(body) ?? { unit: 'pieces', count: 1 },
    expiresInMs: toMs(body.expires_in_seconds),
  };
}

/** Reads how far a hold is to be extended, in all. Throws RefillError `bad-body`. */
export function readExtension(value: unknown): { size: HoldSize; expiresInMs: number | null } {
  const fields = Object.keys(holdExtension.shape);
  const given = toGiven(value, fields);
  const parsed = holdExtension.safeParse(given);
  const faults = listFaults(parsed, given, fields);
  const size = parsed.success ? toSize(parsed.data) : null;
  if (!parsed.success || faults.length > 0 || size === null || hasBoth(given))
    throw new RefillError('bad-body', faults.join('; ') || 'seconds: is missing, or amount; one of the two');
  return { size, expiresInMs: toMs(parsed.data.expires_in_seconds) };
}

const hasBoth = (given: Given): boolean => given.seconds !== undefined && given.amount !== undefined;

function toGiven(value: unknown, fields: readonly string[]): Given {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return withoutNulls(value, fields);
  throw new RefillError('bad-body', `The body must be an object, received ${show(value)}.`);
}

function listFaults(parsed: { error?: z.ZodError }, given: Given, fields: readonly string[]): string[] {
  return (parsed.error?.issues ?? []).flatMap((issue) => describeFault(issue, given, fields));
}

/** One size, of the kind's own unit. */
function listSizeFaults(given: Given): string[] {
  const has = (field: string): boolean => given[field] !== undefined;
  if (given.kind === 'call') {
    if (has('pieces')) return ['pieces: is for messages, faxes and AI conversations; a call has seconds'];
    return has('seconds') === has('amount') ? ['seconds: is missing, or amount; one of the two'] : [];
  }
  if (has('seconds')) return ['seconds: is for calls; everything else has pieces'];
  if (has('pieces') && has('amount')) return ['pieces: or amount; one of the two'];
  return given.kind === 'ai_conversation' && has('pieces') && given.pieces !== 1
    ? ['pieces: a conversation is one piece']
    : [];
}

function toSize(body: {
  seconds?: number | undefined;
  pieces?: number | undefined;
  amount?: z.output<typeof amount> | undefined;
}): HoldSize | null {
  if (body.seconds !== undefined) return { unit: 'seconds', count: body.seconds };
  if (body.pieces !== undefined) return { unit: 'pieces', count: body.pieces };
  return body.amount === undefined ? null : { unit: 'amount', amount: body.amount };
}

function toMs(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * SECOND_MS;
}
