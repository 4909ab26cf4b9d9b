import { z } from 'zod';
import { role } from '../../db/index.ts';

/** Roles that were granted to or revoked from a person, for company admins and for the person themselves (R30). */
export const roleChange = z.object({
  kind: z.literal('role_change'),
  event: z.enum(['granted', 'revoked']),
  userId: z.string(),
  /** Null: the operator. */
  byUserId: z.string().nullable(),
  roles: z.array(
    z.object({
      role,
      /** The office or department; null: the whole company. */
      place: z.string().nullable(),
    }),
  ),
  companyName: z.string(),
  /** Whether this copy is for the person whose roles they are. */
  isOwn: z.boolean(),
  /** Credits about which, since then, fewer than two people can answer above the approval limit, by name. */
  withoutApprover: z.array(z.string()).default([]),
});
