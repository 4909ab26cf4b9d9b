import { Prisma, type Queryable } from '../db/index.ts';

/** The time that one sweep covers: from the moment that the sweep before it reached. */
export interface SweepInterval {
  since: Date;
  at: Date;
}

/**
 * A bundle by which what can be spent changes without a posting that would notice: it is over and not lapsed yet, or has
 * not begun, or was granted ahead and has begun since the sweep before.
 */
const isSilent = ({ since, at }: SweepInterval): Prisma.Sql => Prisma.sql`
  g.is_open AND g.expires_at < 'infinity'
    AND (g.expires_at <= ${at} OR g.effective_at > ${since} AND g.effective_at > g.created_at)`;

/** Lists the companies with such a bundle, by id. */
export async function listDueWakes(db: Queryable, looked: SweepInterval): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ company_id: bigint }[]>`
    SELECT DISTINCT g.company_id FROM credit_grant AS g WHERE ${isSilent(looked)} ORDER BY g.company_id`;
  return rows.map((row) => row.company_id);
}

/**
 * Wakes `watch-balance` and `recharge-if-low` for a company's wallets with such a bundle. Safe to run again: the job decides by the balance as
 * it is. Whoever posts wakes under the lock on the book, so this does, too: jobs that others have not committed yet are
 * waited for holding none.
 */
export async function wakeWatchers(db: Queryable, companyId: bigint, looked: SweepInterval): Promise<void> {
  await db.$executeRaw`
    WITH locked AS MATERIALIZED (SELECT company_id FROM book WHERE company_id = ${companyId} FOR NO KEY UPDATE)
    SELECT ledger_wake_watch(locked.company_id, due.wallet_id, watched.class)
    FROM locked
      CROSS JOIN (SELECT DISTINCT g.wallet_id FROM credit_grant AS g WHERE g.company_id = ${companyId} AND ${isSilent(looked)}) AS due
      CROSS JOIN (VALUES ('calls'), ('ai'), ('general')) AS watched(class)`;
}
