import { z } from 'zod';
import { amount, instant, payBy } from './values.ts';

export const receipt = z.object({
  kind: z.literal('receipt'),
  /** The office, or the company for shared credits. */
  scopeLabel: z.string(),
  amount,
  balance: amount,
  receipt: z.string(),
  byUserId: z.string(),
  payBy,
  at: instant,
  timeZone: z.string(),
});

export const card = z.object({
  kind: z.literal('card'),
  /** How the check of a new card stands (R13). */
  event: z.enum(['to_confirm', 'confirmed', 'locked', 'failed', 'expired']),
  brand: z.string(),
  last4: z.string(),
  byUserId: z.string(),
  /** Opaque: where the answer is given. */
  token: z.string(),
  /** Why it was declined. */
  failureCode: z.string().nullable().default(null),
});

export const cardExpiring = z.object({
  kind: z.literal('card_expiring'),
  brand: z.string(),
  last4: z.string(),
  expMonth: z.number(),
  expYear: z.number(),
});

export const dispute = z.object({
  kind: z.literal('dispute'),
  state: z.enum(['open', 'won', 'lost', 'cleared']),
  amount,
  receipt: z.string(),
  at: instant,
  timeZone: z.string(),
});
