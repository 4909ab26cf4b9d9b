import { z } from 'zod';

/** A company moved to this workspace: for its company admins (R30). */
export const companyMoved = z.object({
  kind: z.literal('company_moved'),
  companyName: z.string(),
  /** Who has a role here. */
  keptUserIds: z.array(z.string()),
  /** Whose roles were dropped: an e-mail address, or a user id of the old workspace. */
  dropped: z.array(z.string()),
});
