import { z } from 'zod';
import { amount, instant } from './values.ts';

/** General credits went from one office to another. */
export const creditsMoved = z.object({
  kind: z.literal('credits_moved'),
  byUserId: z.string(),
  amount,
  /** The offices by name, and what calls and messages can spend there now. */
  from: z.object({ name: z.string(), balance: amount }),
  to: z.object({ name: z.string(), balance: amount }),
  at: instant,
  timeZone: z.string(),
});
