import type { UsageDeps } from '../../usage/index.ts';
import type { Route } from '../server.ts';
import { createApiAccess } from './api-access.ts';
import { documentRoutes } from './document-routes.ts';
import { ENDPOINTS } from './endpoints.ts';
import { readQuery } from './read-query.ts';

/** The routes of the general API, one a row of its table, and those that describe it. */
export function apiRoutes(deps: UsageDeps, requestsPerSecond: number): Route[] {
  const access = createApiAccess(deps, requestsPerSecond);
  const routes = ENDPOINTS.map(
    ({ method, path, scope, query, handle }): Route => ({
      method,
      path,
      handle: (request) =>
        access.answer(request, scope, ({ key, beginLargeBody }) =>
          handle({
            deps,
            key,
            request,
            beginLargeBody,
            query: query === null ? null : readQuery(query, request.url),
          }),
        ),
    }),
  );
  return [...routes, ...documentRoutes()];
}
