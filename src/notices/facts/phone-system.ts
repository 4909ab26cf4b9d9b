import { z } from 'zod';

/** How a company stands with its phone system, for its company admins. */
export const phoneSystem = z.object({
  kind: z.literal('phone_system'),
  /** Events are no longer sent to one of its endpoints, which accepted none for three days. */
  event: z.enum(['endpoint_off']),
  companyName: z.string(),
});
