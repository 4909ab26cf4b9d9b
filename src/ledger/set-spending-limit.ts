import type { Queryable } from '../db/index.ts';
import { type Money, toMicros } from '../money.ts';
import { asLedgerCall } from './ledger-error.ts';
import { type LimitPeriod, type LimitSubject, subjectIds } from './spending-limit.ts';

export interface NewSpendingLimit {
  companyId: bigint;
  subject: LimitSubject;
  period: LimitPeriod;
  /** Nothing ($0) keeps every hold from being placed. */
  amount: Money;
  /** Per cent, ascending; the last is 100. */
  levels: readonly number[];
  /** `TEAM/USER`, or `operator`. */
  setBy: string;
  at: Date;
}

/**
 * Sets how much usage of an office, a department or a person may cost in a month or a day (R31), and answers the limit's
 * number. One that is there for the same subject and period is changed, or taken up again where it was ended. What was
 * spent in the period before counts. Throws RefillError `no-book`.
 */
export async function setSpendingLimit(tx: Queryable, limit: NewSpendingLimit): Promise<bigint> {
  const { officeId, departmentId, memberId } = subjectIds(limit.subject);
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ id: bigint }[]>`
      SELECT ledger_set_limit(${limit.companyId}, ${officeId}::bigint, ${departmentId}::bigint, ${memberId}::bigint,
        ${limit.period}, ${toMicros(limit.amount)}, ${[...limit.levels]}::int[], ${limit.setBy}, ${limit.at}) AS id`,
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new RangeError('a spending limit was set without a number');
  return id;
}

/** Ends a spending limit; false where it is not in force. Throws RefillError `no-book`. */
export async function endSpendingLimit(
  tx: Queryable,
  limit: { companyId: bigint; limitId: bigint; at: Date },
): Promise<boolean> {
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ is_ended: boolean }[]>`
      SELECT ledger_end_limit(${limit.companyId}, ${limit.limitId}, ${limit.at}) AS is_ended`,
  );
  return rows[0]?.is_ended === true;
}
