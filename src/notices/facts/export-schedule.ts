import { z } from 'zod';
import { digestPeriod } from '../../db/index.ts';

/** A scheduled export ended because its owner or recipient may no longer see that usage: for the company admins. */
export const exportSchedule = z.object({
  kind: z.literal('export_schedule'),
  every: digestPeriod,
  /** Who lost the role. */
  lostUserId: z.string(),
  /** Who had set it up. */
  byUserId: z.string(),
  /** Who got it; null: a channel did. */
  toUserId: z.string().nullable(),
  toChannel: z.string().nullable(),
});
