import { z } from 'zod';
import { singleNotice } from './single-notice.ts';
import { instant } from './values.ts';

/** What waited for the end of quiet hours, as one message. */
export const quietHoursSummary = z.object({
  kind: z.literal('quiet_hours_summary'),
  endedAt: instant,
  timeZone: z.string(),
  /** What waited, the oldest first, as many as a message takes. */
  items: z.array(singleNotice),
  more: z.number().int(),
});
