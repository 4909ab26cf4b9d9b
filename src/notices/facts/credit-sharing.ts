import { z } from 'zod';
import { amount, instant } from './values.ts';

/** Credits are shared company-wide from now on, or per office (R5). */
export const creditSharing = z.object({
  kind: z.literal('credit_sharing'),
  /** Null: the operator. */
  byUserId: z.string().nullable(),
  to: z.enum(['per_office', 'company']),
  /** General credits and debt that moved, by office, at most twenty of them; `more` is the number of the others. */
  moved: z.array(z.object({ name: z.string(), general: amount, debt: amount })),
  more: z.number(),
  /** What general credits and debt that moved come to. */
  total: z.object({ general: amount, debt: amount }),
  primary: z.string(),
  /** Where auto-recharge is on now, and as what; the company's name for shared credits. */
  recharges: z.array(
    z.object({
      name: z.string(),
      threshold: amount,
      amount,
      cap: amount,
      /** Whether one recharge adds its amount as often as it takes. */
      fills: z.boolean().default(false),
    }),
  ),
  /** Auto-recharge that waits for a second admin. */
  waits: z.boolean(),
  at: instant,
  timeZone: z.string(),
});
