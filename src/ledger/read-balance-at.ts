import type { Queryable } from '../db/index.ts';
import { fromMicros, type Money } from '../money.ts';
import type { UsageClass } from './types.ts';

/** What a wallet had at an instant. */
export interface PastBalance {
  walletId: bigint;
  officeId: bigint | null;
  /** Its last entry until then; 0: none. */
  seq: bigint;
  /** All credits less all debt. */
  balance: Money;
  general: Money;
  calling: Money;
  ai: Money;
  debt: Record<UsageClass, Money>;
}

interface Row {
  wallet_id: bigint;
  office_id: bigint | null;
  seq: bigint;
  balance: bigint;
  general: bigint;
  calling: bigint;
  ai: bigint;
  debt_calls: bigint;
  debt_ai: bigint;
}

/** What every wallet of a company had at an instant by posting time (R7), the pool first. */
export async function readBalanceAt(db: Queryable, companyId: bigint, instant: Date): Promise<PastBalance[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT w.id AS wallet_id, w.office_id, s.seq, coalesce(e.balance_after_micros, 0) AS balance,
      coalesce(e.general_after_micros, 0) AS general, coalesce(e.calling_after_micros, 0) AS calling,
      coalesce(e.ai_after_micros, 0) AS ai, coalesce(e.debt_calls_after_micros, 0) AS debt_calls,
      coalesce(e.debt_ai_after_micros, 0) AS debt_ai
    FROM wallet AS w
    CROSS JOIN LATERAL ledger_seq_at(w.company_id, w.id, ${instant}) AS s(seq)
    LEFT JOIN entry AS e ON e.company_id = w.company_id AND e.wallet_id = w.id AND e.seq = s.seq
    WHERE w.company_id = ${companyId} ORDER BY w.office_id NULLS FIRST`;
  return rows.map((row) => ({
    walletId: row.wallet_id,
    officeId: row.office_id,
    seq: row.seq,
    balance: fromMicros(row.balance),
    general: fromMicros(row.general),
    calling: fromMicros(row.calling),
    ai: fromMicros(row.ai),
    debt: { calls: fromMicros(row.debt_calls), ai: fromMicros(row.debt_ai) },
  }));
}
