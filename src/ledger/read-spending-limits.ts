import type { Queryable } from '../db/index.ts';
import { fromMicros, type Money } from '../money.ts';
import { type LimitPeriod, type LimitSubject, toSubject } from './spending-limit.ts';

export interface SpendingLimit {
  companyId: bigint;
  limitId: bigint;
  subject: LimitSubject;
  period: LimitPeriod;
  amount: Money;
  levels: readonly number[];
  setBy: string;
  setAt: Date;
  /** How often it was changed. */
  revision: number;
  /** The first day of the period that is counted, and the period itself. */
  day: string;
  from: Date;
  to: Date;
  /** What usage of the period has cost by its own time, and what open holds keep back. */
  spent: Money;
  held: Money;
  /** The highest level that was notified in the period; 0: none. */
  notifiedLevel: number;
}

interface Row {
  id: bigint;
  office_id: bigint | null;
  department_id: bigint | null;
  member_id: bigint | null;
  period: LimitPeriod;
  amount_micros: bigint;
  levels: number[];
  set_by: string;
  set_at: Date;
  revision: number;
  period_day: string;
  starts_at: Date;
  ends_at: Date;
  spent_micros: bigint;
  held_micros: bigint;
  notified_level: number;
}

/** A company's spending limits that are in force, as they stand at `at` (R31), by their numbers. Locks nothing. */
export async function readSpendingLimits(
  db: Queryable,
  companyId: bigint,
  at: Date,
): Promise<SpendingLimit[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT known.id, known.office_id, known.department_id, known.member_id, known.period, known.amount_micros, known.levels,
      known.set_by, known.set_at, known.revision, counted.period_day::text AS period_day, counted.starts_at, counted.ends_at,
      counted.spent_micros, ledger_limit_held(known) AS held_micros,
      CASE WHEN known.period_day = counted.period_day THEN known.notified_level ELSE 0 END AS notified_level
    FROM ledger_limits_at(${companyId}, ${at}) AS counted
    JOIN spending_limit AS known ON known.company_id = ${companyId} AND known.id = counted.id ORDER BY known.id`;
  return rows.map((row) => ({
    companyId,
    limitId: row.id,
    subject: toSubject({ officeId: row.office_id, departmentId: row.department_id, memberId: row.member_id }),
    period: row.period,
    amount: fromMicros(row.amount_micros),
    levels: row.levels,
    setBy: row.set_by,
    setAt: row.set_at,
    revision: row.revision,
    day: row.period_day,
    from: row.starts_at,
    to: row.ends_at,
    spent: fromMicros(row.spent_micros),
    held: fromMicros(row.held_micros),
    notifiedLevel: row.notified_level,
  }));
}
