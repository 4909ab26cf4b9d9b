import type { Endpoint } from './endpoint.ts';
import { HOLD_ENDPOINTS } from './hold-endpoints.ts';
import { USAGE_ENDPOINTS } from './usage-endpoints.ts';

/** The general API: every route that takes a key, in the order in which it is described. */
export const ENDPOINTS: readonly Endpoint[] = [...USAGE_ENDPOINTS, ...HOLD_ENDPOINTS];
