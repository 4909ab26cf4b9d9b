import { createVendorIntake, type UsageDeps } from '../usage/index.ts';
import { apiRoutes } from './api/api-routes.ts';
import { explainError } from './problems.ts';
import type { Route } from './server.ts';

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
  const handleVendorEvent = createVendorIntake(deps);
  // In no limit: a signed event that is turned away may never come again, so each is stored before it is answered.
  const webhook: Route = {
    method: 'POST',
    path: '/webhooks/dialpad/:company',
    async handle(request) {
      try {
        const body = await request.body(EVENT_LIMIT_BYTES);
        const outcome = await handleVendorEvent(request.params.company ?? '', body.toString('utf8'));
        return { status: 200, json: { outcome } };
      } catch (error) {
        return explainError(error);
      }
    },
  };
  const routes = apiRoutes(deps, requestsPerSecond);
  return takesWebhooks ? [...routes, webhook] : routes;
}
