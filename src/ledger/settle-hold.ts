import type { Queryable } from '../db/index.ts';
import type { NumberKey } from '../number-key.ts';
import { asLedgerCall } from './ledger-error.ts';
import { logBatch, usageOutcome } from './post-usage.ts';
import type { NewUsage, UsageOutcome } from './types.ts';
import { isStorable, toUsages } from './usage-columns.ts';

/**
 * Charges the usage that a hold was for, under the usage's own key and at its full cost, and frees the hold; also one
 * that has expired. A usage that is not posted (`conflict`, `rejected`) leaves the hold as it is.
 * Throws RefillError `hold-unknown`, `hold-resolved` (released, or settled by another usage), `no-book`.
 */
export async function settleHold(
  tx: Queryable,
  settlement: { companyId: bigint; numberKey: NumberKey; key: string; usage: NewUsage; at: Date },
): Promise<UsageOutcome> {
  const { companyId, numberKey, key, usage, at } = settlement;
  const usages = toUsageParameter(usage, numberKey);
  if (usages === null) return { outcome: 'rejected', reason: 'bad-facts' };
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      /* prepared: settle-hold */ SELECT ledger_settle_hold(${companyId}, ${key}, ${usages}::ledger_usages, ${at}) AS answer`,
  );
  return readUsageAnswer(tx, { companyId, usage }, rows[0]?.answer);
}

/** One record as a parameter of SQL that posts it, to be cast to `ledger_usages`; null where the ledger cannot store it. */
export function toUsageParameter(usage: NewUsage, numberKey: NumberKey): Buffer | null {
  return isStorable(usage, numberKey) ? toUsages([usage], numberKey) : null;
}

/** What such SQL answered. */
export function readUsageAnswer(
  tx: Queryable,
  { companyId, usage }: { companyId: bigint; usage: NewUsage },
  answer: unknown,
): UsageOutcome {
  const outcome = usageOutcome.parse(answer);
  logBatch(tx, { companyId, records: [usage] }, [outcome]);
  return outcome;
}
