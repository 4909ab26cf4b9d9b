import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';

/** As long as the facts of a usage are compared (R23): no event of a call is taken that late. */
const KEPT_MS = 35 * DAY_MS;
const PAGE = 5_000;

/**
 * Deletes legs that are over 35 days old, with the numbers and texts in them: a leg that came so late would be compared with
 * nothing. What waits in the inbox, or for its owner, keeps its legs until then. Applies R23.7.
 */
export async function sweepLegs({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const before = new Date(clock.now().getTime() - KEPT_MS);
  for (let deleted = PAGE; deleted === PAGE; )
    deleted = await inTransaction(
      db,
      (tx) => tx.$executeRaw`
        DELETE FROM usage_leg WHERE ctid = ANY (ARRAY(
          SELECT leg.ctid FROM usage_leg AS leg WHERE leg.received_at < ${before}
            AND NOT EXISTS (SELECT FROM usage_inbox AS item WHERE item.company_id = leg.company_id
              AND item.source = leg.source AND item.external_id = leg.external_id)
            AND NOT EXISTS (SELECT FROM usage_unattributed AS lost WHERE lost.company_id = leg.company_id
              AND lost.source = leg.source AND lost.external_id = leg.external_id)
          ORDER BY leg.received_at LIMIT ${PAGE}))`,
    );
}
