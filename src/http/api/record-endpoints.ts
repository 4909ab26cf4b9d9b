import { z } from 'zod';
import { MINUTE_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { findParties } from '../../org/index.ts';
import { listRecords, type NamedRecord } from '../../usage/index.ts';
import { readCursor, writeCursor } from './cursors.ts';
import { type ApiCall, defineEndpoint, type Endpoint } from './endpoint.ts';
import { amount, instant, nextCursor, pageQuery, party, time, toParty } from './schemas.ts';

/** Usage is taken up to so far ahead of the clock. */
const AHEAD_MS = 10 * MINUTE_MS;

const KINDS = [
  ...(['internal', 'local', 'domestic', 'toll_free', 'international'] as const),
  ...(['sms', 'mms', 'fax', 'ai_conversation'] as const),
];
const kind = z.enum(KINDS, `must be one of ${KINDS.join(', ')}`);

const query = pageQuery.extend({
  from: time('Usage from this time on.'),
  to: time('Usage before this time; now by default.').optional(),
  kind: z.array(kind).optional().meta({ description: 'One of these; may be repeated.' }),
  office: z
    .array(z.string())
    .optional()
    .meta({ description: 'Its id in the phone system, or its name; may be repeated.' }),
  department: z.array(z.string()).optional().meta({ description: 'Likewise.' }),
  member: z.array(z.string()).optional().meta({ description: 'A person: likewise.' }),
});

const record = z
  .object({
    id: z.string().meta({ description: 'The id under which it was sent.' }),
    source: z.string().meta({ description: 'The way it came in, like `api`.' }),
    at: instant('When a call was answered, or a message sent.'),
    kind,
    direction: z.enum(['inbound', 'outbound']),
    member: party.nullable(),
    department: party.nullable(),
    office: party
      .nullable()
      .meta({ description: 'Null where the record belonged to no known office: the primary office paid.' }),
    internal_number: z.string().nullable().meta({ description: 'The company’s own number.' }),
    external_number: z.string().nullable().meta({ description: 'The other party’s.' }),
    duration_seconds: z.number(),
    billed_seconds: z.number().int(),
    quantity: z.number().int().meta({ description: 'Segments, pages or conversations; 1 of a call.' }),
    cost: amount(),
    price: z.string().nullable().meta({ description: 'How the cost came about, to be read.' }),
  })
  .meta({
    id: 'PostedRecord',
    description: 'Usage as it counts now, after its corrections: what an export has.',
  });

export const RECORD_ENDPOINTS: readonly Endpoint[] = [
  defineEndpoint({
    method: 'GET',
    path: '/v1/usage',
    operationId: 'listUsage',
    tag: 'Usage',
    summary: 'List usage records',
    description: 'The newest first, with their cost; the filters are those of the export in Slack.',
    scope: 'usage:read',
    query,
    reply: z.object({ records: z.array(record), next_cursor: nextCursor }),
    errors: ['bad-cursor'],
    handle: readPage,
  }),
];

async function readPage(call: ApiCall<z.output<typeof query>>) {
  const { deps, key } = call;
  const { from, to = new Date(deps.clock.now().getTime() + AHEAD_MS), limit, kind: categories } = call.query;
  if (from >= to) throw new RefillError('bad-query', 'from: must be before to');
  const [usageAt, source, externalId] = readCursor(call, call.query.cursor) ?? [];
  const isFirst = usageAt === undefined || source === undefined || externalId === undefined;
  const { records, next } = await listRecords(
    deps.db,
    {
      companyId: key.companyId,
      from,
      to,
      ...(categories === undefined ? {} : { categories }),
      ...(await findIds(call)),
    },
    { limit, after: isFirst ? null : { usageAt: new Date(usageAt), source, externalId } },
  );
  const place = next === null ? null : [next.usageAt.toISOString(), next.source, next.externalId];
  return { records: records.map(describe), next_cursor: writeCursor(call, place) };
}

async function findIds({ deps, key, query: asked }: ApiCall<z.output<typeof query>>) {
  const find = async (of: 'office' | 'department' | 'member', named: readonly string[] | undefined) =>
    named === undefined ? undefined : await findParties(deps.db, key.companyId, of, named);
  const officeIds = await find('office', asked.office);
  const departmentIds = await find('department', asked.department);
  const memberIds = await find('member', asked.member);
  return {
    ...(officeIds === undefined ? {} : { officeIds }),
    ...(departmentIds === undefined ? {} : { departmentIds }),
    ...(memberIds === undefined ? {} : { memberIds }),
  };
}

function describe(of: NamedRecord): z.input<typeof record> {
  return {
    id: of.externalId,
    source: of.source,
    at: of.usageAt.toISOString(),
    kind: kind.parse(of.category),
    direction: of.direction,
    member: of.member === null ? null : toParty(of.member),
    department: of.department === null ? null : toParty(of.department),
    office: of.office === null ? null : toParty(of.office),
    internal_number: of.internalNumber,
    external_number: of.externalNumber,
    duration_seconds: of.durationMs / 1_000,
    billed_seconds: of.billedSeconds,
    quantity: of.quantity,
    cost: of.cost.toFixed(),
    price: of.price,
  };
}
