import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { asLedgerCall, noBook } from './ledger-error.ts';
import type { UsageBatch } from './post-usage.ts';
import { type UsageOutcome, usageRejection } from './types.ts';
import { answerStorable, toUsages } from './usage-columns.ts';

const judged = z.object({
  outcomes: z.array(z.enum(['posted', 'duplicate', 'conflict', 'rejected'])),
  reasons: z.array(usageRejection.nullable()),
  booked: z.array(z.coerce.bigint().nullable()),
});

/**
 * Returns what posting a batch would return now, one outcome a record, in order; posts nothing and locks nothing. It knows what is
 * posted, and no other batch that is only judged. Throws RefillError `no-book`.
 */
export async function judgeUsage(db: Queryable, batch: UsageBatch): Promise<UsageOutcome[]> {
  const { companyId, at, numberKey, force = false } = batch;
  return await answerStorable(batch.records, numberKey, async (storable) => {
    const rows = await asLedgerCall(
      () => db.$queryRaw<unknown[]>`
        SELECT judged.outcomes, judged.reasons, judged.booked::text[] AS booked FROM book, LATERAL ledger_judge_usage(
          book, greatest(${at}, book.closed_until), ${force}, ${toUsages(storable, numberKey)}::ledger_usages) AS judged
        WHERE book.company_id = ${companyId}`,
    );
    if (rows.length === 0) throw noBook(companyId);
    const { outcomes, reasons, booked } = judged.parse(rows[0]);
    return storable.map((_, i) => toOutcome(outcomes[i], reasons[i], booked[i]));
  });
}

function toOutcome(
  outcome: z.output<typeof judged>['outcomes'][number] = 'rejected',
  reason: z.output<typeof judged>['reasons'][number] = null,
  booked: bigint | null = null,
): UsageOutcome {
  if (outcome === 'rejected') return { outcome, reason: reason ?? 'bad-facts' };
  return outcome === 'conflict' ? { outcome, bookedVersion: booked ?? 0n } : { outcome };
}
