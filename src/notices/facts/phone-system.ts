import { z } from 'zod';

/** How a company stands with its phone system, for its company admins. */
export const phoneSystem = z.object({
  kind: z.literal('phone_system'),
  /**
   * `endpoint_off`: events are no longer sent to an endpoint that accepted none for three days. `enforcement_lost`: it was
   * not heard of for a day, so usage is only reported; `enforcement_back`: until now.
   */
  event: z.enum(['endpoint_off', 'enforcement_lost', 'enforcement_back']),
  companyName: z.string(),
});
