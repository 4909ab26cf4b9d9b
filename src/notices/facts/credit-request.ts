import { z } from 'zod';
import { creditRequestState } from '../../db/index.ts';
import { amount, answerers, closedFor, instant } from './values.ts';

/** A request for credits by a person who may not buy, and its answer. */
const creditRequest = {
  state: creditRequestState,
  /** Opaque: what its buttons answer. */
  token: z.string(),
  byUserId: z.string(),
  scopeLabel: z.string(),
  /** Null: the admin who answers chooses. */
  amount: amount.nullable(),
  /** In the asker's own words. */
  reason: z.string(),
  bought: amount.nullable(),
  ...answerers,
  closedFor: closedFor.nullable().default(null),
  /** Why it was declined, in that admin's own words; '' where they gave no reason. */
  answer: z.string().default(''),
  answeredBy: z.string().nullable(),
  answeredAt: instant.nullable(),
  askedAt: instant,
  timeZone: z.string(),
};

export const creditRequests = [
  z.object({ kind: z.literal('credit_request'), ...creditRequest }),
  /** The same to the person who asked. */
  z.object({ kind: z.literal('credit_request_answer'), ...creditRequest }),
] as const;
