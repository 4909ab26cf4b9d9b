import { z } from 'zod';
import { parseBigJson } from '../../big-json.ts';
import { RefillError } from '../../errors.ts';
import { storableText } from '../../outside-text.ts';
import {
  askHold,
  captureBody,
  captureHold,
  extendHoldRequest,
  holdBody,
  holdExtension,
  listHolds,
  readAvailability,
  readHold,
  releaseHoldRequest,
} from '../../usage/index.ts';
import type { RouteRequest } from '../server.ts';
import { readCursor, writeCursor } from './cursors.ts';
import { type ApiCall, defineEndpoint, type Endpoint } from './endpoint.ts';
import { amount, instant, level, nextCursor, pageQuery } from './schemas.ts';
import { usageOutcome } from './usage-endpoints.ts';

const BODY_LIMIT_BYTES = 64 * 1024;

const granted = {
  granted_seconds: z.number().int().optional().meta({ description: 'Of a call: how long it may last.' }),
  granted_pieces: z.number().int().optional().meta({ description: 'Of everything else.' }),
};
const holdId = z.string().meta({ description: 'The sender’s own id.' });
const grantedHold = z
  .object({
    outcome: z.literal('granted'),
    id: holdId,
    state: z
      .enum(['open', 'captured', 'released', 'expired'])
      .meta({ description: '`expired`: nothing is kept back any more; it can be captured still.' }),
    ...granted,
    amount: amount('What is kept back; "0" where it is free.'),
    expires_at: instant('When it expires.'),
  })
  .meta({ id: 'GrantedHold', description: 'A hold as it is now.' });
const refusedHold = z
  .object({
    outcome: z.literal('refused'),
    id: holdId,
    reason: z.enum(['credits', 'spending_limit', 'no_rate', 'suspended']),
    message: z.string().meta({ description: 'Why, and the least that would have to be there.' }),
    ...granted,
  })
  .meta({
    id: 'RefusedHold',
    description:
      'Nothing more is kept back than before. `credits`: too little is available. `no_rate`: nothing prices it. `spending_limit`: a limit does not allow it. `suspended`: the company is suspended.',
  });
const holdReply = z.discriminatedUnion('outcome', [grantedHold, refusedHold]);
const [posted, taken, explained] = usageOutcome.options;
const usageId = { id: z.string().meta({ description: 'The id of the record.' }) };
const captureReply = grantedHold
  .extend({
    usage: z
      .union([
        posted.extend(usageId),
        taken.extend(usageId),
        explained.extend(usageId),
        z.object(usageId).meta({ description: 'With a key that frees: the record comes another way.' }),
      ])
      .meta({ description: 'What became of the usage, as of `POST /v1/usage`.' }),
  })
  .meta({ id: 'CapturedHold', description: 'The hold, and what became of the usage.' });

const holdsQuery = pageQuery.extend({
  state: grantedHold.shape.state.optional().meta({ description: 'Only holds of this state.' }),
});

const ofHold = {
  method: 'POST',
  tag: 'Holds',
  scope: 'holds:write',
  params: { id: 'The hold’s id, percent-encoded.' },
} as const;

/** Where a phone system asks for credits before it uses them, and what there is. */
export const HOLD_ENDPOINTS: readonly Endpoint[] = [
  defineEndpoint({
    method: 'POST',
    path: '/v1/holds',
    operationId: 'askHold',
    tag: 'Holds',
    summary: 'Ask for credits before a call begins',
    description:
      'Of a call as many whole increments are granted as there is credit for, at least the first; everything else whole or not at all. The same `id` with the same facts gets the same answer again. A refusal is an answer, too (`200`), and is not remembered.',
    scope: 'holds:write',
    body: { schema: holdBody },
    reply: holdReply,
    errors: ['key-conflict', 'no-book'],
    handle: async ({ deps, key, request }) => await askHold(deps, key, await readJson(request)),
  }),
  defineEndpoint({
    method: 'GET',
    path: '/v1/holds',
    operationId: 'listHolds',
    tag: 'Holds',
    summary: 'List holds',
    description:
      'By their ids, as text. A phone system that was away learns here which of its holds are open.',
    scope: 'holds:write',
    query: holdsQuery,
    reply: z.object({ holds: z.array(grantedHold), next_cursor: nextCursor }),
    errors: ['bad-cursor'],
    handle: readHolds,
  }),
  defineEndpoint({
    ...ofHold,
    method: 'GET',
    path: '/v1/holds/:id',
    operationId: 'readHold',
    summary: 'Read a hold',
    description: 'As it is now.',
    reply: grantedHold,
    errors: ['hold-unknown'],
    handle: async ({ deps, key, request }) => await readHold(deps, key.companyId, readId(request)),
  }),
  defineEndpoint({
    ...ofHold,
    path: '/v1/holds/:id/extend',
    operationId: 'extendHold',
    summary: 'Extend a hold',
    description:
      'To so many seconds, or dollars, in all; never to less than before. Goes as far as there is credit, and is refused where there is none for more. May be repeated.',
    body: { schema: holdExtension },
    reply: holdReply,
    errors: ['hold-unknown', 'hold-resolved', 'no-book'],
    handle: async ({ deps, key, request }) =>
      await extendHoldRequest(deps, key.companyId, readId(request), await readJson(request)),
  }),
  defineEndpoint({
    ...ofHold,
    path: '/v1/holds/:id/capture',
    operationId: 'captureHold',
    summary: 'End a hold with its usage',
    description:
      'A key that posts carries the record in `usage`; a key that frees names it by `usage_id`, and nothing is charged here. Works after the hold has expired, and may be repeated.',
    body: { schema: captureBody },
    reply: captureReply,
    errors: ['hold-unknown', 'hold-resolved', 'key-conflict', 'no-book'],
    handle: async ({ deps, key, request }) =>
      await captureHold(
        deps,
        { ...key, id: readId(request), mode: key.capture ?? 'frees' },
        await readJson(request),
      ),
  }),
  defineEndpoint({
    ...ofHold,
    path: '/v1/holds/:id/release',
    operationId: 'releaseHold',
    summary: 'End a hold whose call did not take place',
    description: 'No body is read. May be repeated.',
    reply: grantedHold,
    errors: ['hold-unknown', 'hold-resolved', 'no-book'],
    handle: async ({ deps, key, request }) => await releaseHoldRequest(deps, key.companyId, readId(request)),
  }),
  defineEndpoint({
    method: 'GET',
    path: '/v1/availability',
    operationId: 'readAvailability',
    tag: 'Balance',
    summary: 'What each office can spend now',
    description:
      'For phone systems that decide whether calls may begin. Offices that share credits all show the shared credits.',
    scope: 'balance:read',
    reply: z.object({
      enforcement: z.enum(['enforced', 'reported']).meta({
        description:
          '`enforced`: paid calls are paused where an office is out of credits. `reported`: usage continues and is overdrawn.',
      }),
      offices: z.array(availabilityOf()),
    }),
    handle: async ({ deps, key }) => await readAvailability(deps.db, key.companyId, deps.clock.now()),
  }),
];

function availabilityOf() {
  const ofClass = z
    .object({
      available: amount('Below zero where it is overdrawn.'),
      level: level.meta({ description: '`out`: nothing is left.' }),
    })
    .meta({ id: 'ClassAvailability', description: 'What can be spent on one class of usage.' });
  return z
    .object({
      office: z.string().nullable().meta({ description: 'The phone system’s own id of the office.' }),
      name: z.string(),
      is_primary: z.boolean(),
      calls: ofClass,
      ai: ofClass,
    })
    .meta({ id: 'OfficeAvailability', description: 'What an office can spend.' });
}

async function readHolds(call: ApiCall<z.output<typeof holdsQuery>>) {
  const { state = null, limit, cursor } = call.query;
  const [after = null] = readCursor(call, cursor) ?? [];
  const { holds, next } = await listHolds(call.deps, call.key.companyId, { state, after, limit });
  return { holds, next_cursor: writeCursor(call, next === null ? null : [next]) };
}

async function readJson(request: RouteRequest): Promise<unknown> {
  const body = await request.body(BODY_LIMIT_BYTES);
  try {
    return parseBigJson(body.toString('utf8'));
  } catch (error) {
    throw new RefillError('bad-body', `The body is not JSON: ${(error as Error).message.slice(0, 200)}.`);
  }
}

/** The sender's id as it was given, percent-encoded in the path where it has to be. */
function readId({ params }: RouteRequest): string {
  const id = decode(params.id ?? '');
  if (id !== null && storableText(id) === id) return id;
  throw new RefillError('hold-unknown', 'The id in the path is not percent-encoded UTF-8.');
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
