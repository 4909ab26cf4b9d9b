import type { Queryable } from '../db/index.ts';
import { fromMicros, type Money } from '../money.ts';

/** What a wallet could spend on calls and messages at an instant: credits for them less their debt, holds left out. */
export interface BalancePoint {
  walletId: bigint;
  officeId: bigint | null;
  at: Date;
  forCalls: Money;
}

/** What every wallet of a company had at each of some instants by posting time (R7), in the order of the instants. */
export async function readBalanceSeries(
  db: Queryable,
  companyId: bigint,
  instants: readonly Date[],
): Promise<BalancePoint[]> {
  const rows = await db.$queryRaw<
    { wallet_id: bigint; office_id: bigint | null; at: Date; micros: bigint }[]
  >`
    SELECT w.id AS wallet_id, w.office_id, i.at,
      coalesce(e.general_after_micros + e.calling_after_micros - e.debt_calls_after_micros, 0) AS micros
    FROM unnest(${instants.map((at) => at.toISOString())}::timestamptz[]) AS i(at)
    JOIN wallet AS w ON w.company_id = ${companyId}
    CROSS JOIN LATERAL ledger_seq_at(w.company_id, w.id, i.at) AS s(seq)
    LEFT JOIN entry AS e ON e.company_id = w.company_id AND e.wallet_id = w.id AND e.seq = s.seq
    ORDER BY i.at, w.office_id NULLS FIRST`;
  return rows.map((row) => ({
    walletId: row.wallet_id,
    officeId: row.office_id,
    at: row.at,
    forCalls: fromMicros(row.micros),
  }));
}
