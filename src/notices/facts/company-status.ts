import { z } from 'zod';

/** The operator suspended, resumed or closed the company. */
export const companyStatus = z.object({
  kind: z.literal('company_status'),
  event: z.enum(['suspended', 'resumed', 'closed']),
  companyName: z.string(),
});
