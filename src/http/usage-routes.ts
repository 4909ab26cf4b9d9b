import { isDatabaseUnavailable } from '../db/index.ts';
import { detailsOf, RefillError } from '../errors.ts';
import { createVendorIntake, findApiKey, ingestApiRecords, type UsageDeps } from '../usage/index.ts';
import { createKeyLimits, type KeyLimits } from './key-limits.ts';
import { readUsageBody } from './read-usage-body.ts';
import { refusalStatus } from './refusal-status.ts';
import type { Reply, Route, RouteRequest } from './server.ts';

const EVENT_LIMIT_BYTES = 256 * 1024;
const DEFAULT_REQUESTS_PER_SECOND = 200;

export interface UsageRouteOptions {
  /** How many requests a second one key may send. */
  requestsPerSecond?: number;
  /** Whether phone systems reach this app with their events. */
  takesWebhooks?: boolean;
}

/** Where usage comes in: the general API, and the vendor's signed events. */
export function usageRoutes(
  deps: UsageDeps,
  { requestsPerSecond = DEFAULT_REQUESTS_PER_SECOND, takesWebhooks = true }: UsageRouteOptions = {},
): Route[] {
  const limits = createKeyLimits(requestsPerSecond);
  const handleVendorEvent = createVendorIntake(deps);
  const api: Route = {
    method: 'POST',
    path: '/v1/usage',
    handle: (request) => answer(() => handleRecords(deps, limits, request)),
  };
  // In no limit: a signed event that is turned away may never come again, so each is stored before it is answered.
  const webhook: Route = {
    method: 'POST',
    path: '/webhooks/dialpad/:company',
    handle: (request) =>
      answer(async () => {
        const body = await request.body(EVENT_LIMIT_BYTES);
        const outcome = await handleVendorEvent(request.params.company ?? '', body.toString('utf8'));
        return { status: 200, json: { outcome } };
      }),
  };
  return takesWebhooks ? [api, webhook] : [api];
}

/** Who sends is known, and may, before anything of the body is read. */
async function handleRecords(deps: UsageDeps, limits: KeyLimits, request: RouteRequest): Promise<Reply> {
  const [, key] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const known = key === undefined ? null : await findApiKey(deps.db, key);
  if (key === undefined || known === null)
    throw new RefillError(
      'unauthorised',
      'The key is missing, unknown or revoked: Authorization: Bearer rk_…',
    );
  limits.countRequest(key);
  let release = (): void => undefined;
  try {
    const values = readUsageBody(request, () => {
      release = limits.beginLargeBody(key);
    });
    return { status: 200, json: { records: await ingestApiRecords(deps, known.companyId, values) } };
  } finally {
    release();
  }
}

/** What the sender did wrong is told in words; what will pass by itself asks the sender to come again. */
async function answer(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseUnavailable(error)) {
      return {
        status: 503,
        json: { error: 'unavailable', message: 'The books cannot be reached just now. Send it again.' },
      };
    }
    const refusal = refusalStatus(error);
    if (refusal === null) throw error;
    const { status, error: refused } = refusal;
    const wait = detailsOf(refused, 'too-many-requests');
    return {
      status,
      json: { error: refused.code, message: refused.message },
      ...(wait === null ? {} : { headers: { 'retry-after': `${wait.retryAfterSeconds}` } }),
    };
  }
}
