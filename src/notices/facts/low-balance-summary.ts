import { z } from 'zod';
import { lowBalance } from './low-balance.ts';

/** Many offices ran low or out within a short time: one message for all of them, updated in place. */
export const lowBalanceSummary = z.object({
  kind: z.literal('low_balance_summary'),
  /** The worst alert of each office, worst first, at most ten. */
  lines: z.array(lowBalance),
  /** How many offices are out, are low, and have credits again; those without a line among them. */
  counts: z.object({ out: z.number().int(), low: z.number().int(), recovered: z.number().int() }),
});
