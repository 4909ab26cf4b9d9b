import { z } from 'zod';
import { amount, instant, pauseEnd } from './values.ts';

/** Which part of the rule of surprises an hour met (R32). */
export const surpriseRule = z.enum(['above_usual', 'new_office', 'new_country']);
export type SurpriseRule = z.infer<typeof surpriseRule>;

/** Spending of an office that is unusual (R32): the hour of it that cost most. */
export const surprise = z.object({
  kind: z.literal('surprise'),
  /** Opaque: which alert. */
  token: z.string(),
  officeName: z.string(),
  /** All of the office's usage, that with a country (ISO code), or that of a type. */
  part: z.enum(['office', 'country', 'type']),
  value: z.string(),
  rule: surpriseRule,
  amount,
  calls: z.number().int(),
  /** The largest comparable hour; null where there is none. */
  usual: amount.nullable(),
  from: instant,
  to: instant,
  since: instant,
  timeZone: z.string(),
  /** Whose lines spent most of it. */
  spenders: z.array(z.object({ name: z.string(), amount })),
  /** Whether auto-recharge pays for it, which can be paused then; absent in notices of earlier versions. */
  isRechargeOn: z.boolean().optional(),
  expectedByUserId: z.string().nullable(),
  mutedUntil: instant.nullable(),
  pausedByUserId: z.string().nullable(),
  pauseEnd,
});
