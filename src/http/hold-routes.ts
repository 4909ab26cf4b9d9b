import { parseBigJson } from '../big-json.ts';
import { RefillError } from '../errors.ts';
import { storableText } from '../outside-text.ts';
import {
  type ApiKey,
  type ApiScope,
  askHold,
  captureHold,
  extendHoldRequest,
  readAvailability,
  releaseHoldRequest,
  type UsageDeps,
} from '../usage/index.ts';
import { type ApiAccess, answerApi } from './api-access.ts';
import type { Route, RouteRequest } from './server.ts';

const BODY_LIMIT_BYTES = 64 * 1024;

/** Where a phone system asks for credits before it uses them, and what there is. */
export function holdRoutes(deps: UsageDeps, access: ApiAccess): Route[] {
  const route = (
    method: Route['method'],
    path: string,
    scope: ApiScope,
    work: (key: ApiKey, request: RouteRequest) => Promise<unknown>,
  ): Route => ({
    method,
    path,
    handle: (request) =>
      answerApi(async () => {
        const key = await access.admit(request, scope);
        return { status: 200, json: await work(key, request) };
      }),
  });
  return [
    route('POST', '/v1/holds', 'holds:write', async ({ companyId }, request) =>
      askHold(deps, companyId, await readJson(request)),
    ),
    route('POST', '/v1/holds/:id/extend', 'holds:write', async ({ companyId }, request) =>
      extendHoldRequest(deps, companyId, readId(request), await readJson(request)),
    ),
    route('POST', '/v1/holds/:id/capture', 'holds:write', async ({ companyId, capture }, request) =>
      captureHold(
        deps,
        { companyId, id: readId(request), mode: capture ?? 'frees' },
        await readJson(request),
      ),
    ),
    route('POST', '/v1/holds/:id/release', 'holds:write', async ({ companyId }, request) =>
      releaseHoldRequest(deps, companyId, readId(request)),
    ),
    route('GET', '/v1/availability', 'balance:read', ({ companyId }) =>
      readAvailability(deps.db, companyId, deps.clock.now()),
    ),
  ];
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
