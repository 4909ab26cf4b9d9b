/** The app's HTTP surface apart from Slack's. */
export { billingRoutes } from './billing-routes.ts';
export { healthRoutes } from './health-routes.ts';
export { createMetrics } from './metrics.ts';
export { type Route, startHttp } from './server.ts';
export { type UsageRouteOptions, usageRoutes } from './usage-routes.ts';
