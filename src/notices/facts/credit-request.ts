import { z } from 'zod';
import { amount, instant } from './values.ts';

/** A request for credits by who may not buy, and its answer. */
const creditRequest = {
  state: z.enum(['open', 'bought', 'dismissed', 'expired']),
  /** Opaque: what its buttons answer. */
  token: z.string(),
  byUserId: z.string(),
  scopeLabel: z.string(),
  /** Null: whoever answers chooses. */
  amount: amount.nullable(),
  /** In the asker's own words. */
  reason: z.string(),
  bought: amount.nullable(),
  answeredBy: z.string().nullable(),
  answeredAt: instant.nullable(),
  askedAt: instant,
  timeZone: z.string(),
};

export const creditRequests = [
  z.object({ kind: z.literal('credit_request'), ...creditRequest }),
  /** The same to whoever asked. */
  z.object({ kind: z.literal('credit_request_answer'), ...creditRequest }),
] as const;
