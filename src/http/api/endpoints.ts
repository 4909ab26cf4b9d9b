import { BALANCE_ENDPOINTS } from './balance-endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import { HOLD_ENDPOINTS } from './hold-endpoints.ts';
import { LIMIT_ENDPOINTS } from './limit-endpoints.ts';
import { ORDER_ENDPOINTS } from './order-endpoints.ts';
import { RECORD_ENDPOINTS } from './record-endpoints.ts';
import { USAGE_ENDPOINTS } from './usage-endpoints.ts';

/** The general API: every route that takes a key, in the order in which it is described. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...USAGE_ENDPOINTS,
  ...RECORD_ENDPOINTS,
  ...HOLD_ENDPOINTS,
  ...BALANCE_ENDPOINTS,
  ...ORDER_ENDPOINTS,
  ...LIMIT_ENDPOINTS,
];
