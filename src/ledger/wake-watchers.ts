import type { Queryable } from '../db/index.ts';

/**
 * Wakes `watch-balance` for wallets whose bundles are over but not yet lapsed, have not begun, or began in the last
 * hour: what can be spent of them changed by the clock alone, without a posting that would have noticed. Safe to run
 * again: the job decides by the balance as it is.
 */
export async function wakeWatchers(db: Queryable, at: Date): Promise<void> {
  await db.$executeRaw`
    SELECT ledger_wake_watch(due.company_id, due.wallet_id, watched.class)
    FROM (
      SELECT DISTINCT g.company_id, g.wallet_id FROM credit_grant AS g
      WHERE g.is_open AND g.expires_at < 'infinity'
        AND (g.expires_at <= ${at} OR g.effective_at > ${at}::timestamptz - interval '1 hour')
    ) AS due CROSS JOIN (VALUES ('calls'), ('ai'), ('general')) AS watched(class)`;
}
