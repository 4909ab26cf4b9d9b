import { z } from 'zod';
import { amount, instant } from './values.ts';

const spend = { cost: amount, before: amount };

/** What a week or month cost, beside the one before, and what waits. */
export const digest = z.object({
  kind: z.literal('digest'),
  every: z.enum(['week', 'month']),
  from: instant,
  to: instant,
  timeZone: z.string(),
  ...spend,
  /** Types of usage, the dearest first. */
  kinds: z.array(z.object({ category: z.string(), ...spend })),
  /** Offices that used something, the dearest first; empty where there is one. */
  offices: z.array(z.object({ name: z.string(), ...spend })),
  /** What rose or fell most, type by office. */
  movers: z.array(z.object({ category: z.string(), office: z.string().nullable(), ...spend })),
  /** The credits that end first, where they end: about how many days are left. */
  runway: z
    .object({
      office: z.string().nullable(),
      isAi: z.boolean(),
      days: z.number(),
      range: z.object({ low: z.number(), high: z.number().nullable() }).nullable(),
      usageDays: z.number(),
    })
    .nullable(),
  overdrawn: z.array(z.object({ name: z.string().nullable(), amount })),
  /** How many wait for a person. */
  waiting: z.object({ approvals: z.number(), requests: z.number(), pausedRecharges: z.number() }),
});
