import { Prisma } from '../db/index.ts';
import type { Cleanup } from '../queue/index.ts';

/**
 * Messages that were posted, given up or dropped: after 400 days none is updated any more. What waits, what other notices are told
 * in, and the last message about a balance that is still low stay.
 */
export const oldNotices: Cleanup = {
  table: 'notice',
  keptDays: 400,
  isOver: (before) => Prisma.sql`
    t.state NOT IN ('pending', 'held') AND t.created_at < ${before} AND coalesce(t.sent_at, t.created_at) < ${before}
    AND NOT EXISTS (SELECT FROM notice AS part WHERE part.company_id = t.company_id AND part.part_of = t.id)
    AND NOT EXISTS (SELECT FROM balance_alert AS alert
      WHERE alert.company_id = t.company_id AND alert.dedupe_key = t.dedupe_key AND alert.is_low)`,
};
