import { createVendorIntake, ingestApiRecords, type UsageDeps } from '../usage/index.ts';
import { type ApiAccess, answerApi, createApiAccess } from './api-access.ts';
import { holdRoutes } from './hold-routes.ts';
import { readUsageBody } from './read-usage-body.ts';
import type { Reply, Route, RouteRequest } from './server.ts';

const EVENT_LIMIT_BYTES = 256 * 1024;
const DEFAULT_REQUESTS_PER_SECOND = 200;

export interface UsageRouteOptions {
  /** How many requests a second one key may send. */
  requestsPerSecond?: number;
  /** Whether phone systems reach this app with their events. */
  takesWebhooks?: boolean;
}

/** Where usage comes in, and is held for: the general API, and the vendor's signed events. */
export function usageRoutes(
  deps: UsageDeps,
  { requestsPerSecond = DEFAULT_REQUESTS_PER_SECOND, takesWebhooks = true }: UsageRouteOptions = {},
): Route[] {
  const access = createApiAccess(deps.db, requestsPerSecond);
  const handleVendorEvent = createVendorIntake(deps);
  const api: Route = {
    method: 'POST',
    path: '/v1/usage',
    handle: (request) => answerApi(() => handleRecords(deps, access, request)),
  };
  // In no limit: a signed event that is turned away may never come again, so each is stored before it is answered.
  const webhook: Route = {
    method: 'POST',
    path: '/webhooks/dialpad/:company',
    handle: (request) =>
      answerApi(async () => {
        const body = await request.body(EVENT_LIMIT_BYTES);
        const outcome = await handleVendorEvent(request.params.company ?? '', body.toString('utf8'));
        return { status: 200, json: { outcome } };
      }),
  };
  const routes = [api, ...holdRoutes(deps, access)];
  return takesWebhooks ? [...routes, webhook] : routes;
}

/** Who sends is known, and may, before anything of the body is read. */
async function handleRecords(deps: UsageDeps, access: ApiAccess, request: RouteRequest): Promise<Reply> {
  const { companyId, secret } = await access.admit(request, 'usage:write');
  let release = (): void => undefined;
  try {
    const values = readUsageBody(request, () => {
      release = access.limits.beginLargeBody(secret);
    });
    return { status: 200, json: { records: await ingestApiRecords(deps, companyId, values) } };
  } finally {
    release();
  }
}
