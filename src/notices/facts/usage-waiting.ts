import { z } from 'zod';

/** Usage came in for which no rate is in force: it is neither free nor charged until one is. */
export const usageWaiting = z.object({
  kind: z.literal('usage_waiting'),
  companyName: z.string(),
  records: z.number().int(),
});
