import { Prisma } from '../db/index.ts';
import type { Cleanup } from '../queue/index.ts';

/** Exports that are over; their files were handed over long before. */
export const oldExports: Cleanup = {
  table: 'usage_export',
  keptDays: 400,
  isOver: (before) =>
    Prisma.sql`t.state IN ('done', 'empty', 'failed', 'cancelled') AND t.finished_at < ${before}`,
};

/**
 * Holds as phone systems asked for them, by which a retry gets the same answer, once they are over for as long as usage is compared
 * (R23). The ledger's holds stay.
 */
export const oldHoldRequests: Cleanup = {
  table: 'hold_request',
  keptDays: 35,
  isOver: (before) => Prisma.sql`t.expires_at < ${before} AND t.placed_at < ${before}`,
};
