import { z } from 'zod';
import { amount, instant } from './values.ts';

const period = z.enum(['month', 'day']);

/** How far a spending limit is used, once a level of it was reached (R31). */
export const spendingLimit = z.object({
  kind: z.literal('spending_limit'),
  /** The office, department or person; empty in the person's own copy. */
  label: z.string(),
  period,
  /** The level that was reached, in per cent; 100: the limit itself. */
  level: z.number().int(),
  /** What is spent, in per cent rounded down. */
  percent: z.number().int(),
  /** Null in the person's own copy, who sees no costs. */
  amount: amount.nullable(),
  spent: amount.nullable(),
  isOwn: z.boolean(),
  /** Whether the phone system stops what the limit leaves no room for; else usage goes on. */
  isEnforced: z.boolean().optional(),
  /** User ids of those who are mentioned. */
  admins: z.array(z.string()),
  /** Opaque: which limit. */
  token: z.string(),
  /** Another amount is in force since, or none (null). */
  changed: z
    .object({
      /** Null: the operator. */
      byUserId: z.string().nullable(),
      isEnded: z.boolean(),
      /** What was spent reaches the new amount, too. */
      isReached: z.boolean(),
      /** Null where it ended, and in the person's own copy. */
      amount: amount.nullable(),
    })
    .nullable(),
  at: instant,
  /** The period that it counts. */
  from: instant,
  to: instant,
  timeZone: z.string(),
});

/** A spending limit was set, changed or ended. */
export const spendingLimitChange = z.object({
  kind: z.literal('spending_limit_change'),
  /** Null: the operator. */
  byUserId: z.string().nullable(),
  label: z.string(),
  period,
  /** Null: none. */
  from: amount.nullable(),
  to: amount.nullable(),
});
