import { z } from 'zod';
import { type Queryable, whereTraced } from '../db/index.ts';
import { batchRecords, postSeconds, secondsSince } from '../instruments.ts';
import { dollars } from '../money.ts';
import { logMoneyEvent } from '../money-events.ts';
import type { NumberKey } from '../number-key.ts';
import { arrangeUsage } from './arrange-usage.ts';
import { asLedgerCall } from './ledger-error.ts';
import { type NewUsage, type UsageOutcome, usageRejection } from './types.ts';
import { answerStorable, tryToUsages } from './usage-columns.ts';

export interface UsageBatch {
  companyId: bigint;
  at: Date;
  /** The company's: the books compare numbers by it, and do not see it. */
  numberKey: NumberKey;
  records: readonly NewUsage[];
  /** The operator accepts usage that is too old or in the future (R7). */
  force?: boolean;
}

/** An outcome as the ledger's functions answer it. */
export const usageOutcome = z.union([
  z.object({ outcome: z.enum(['posted', 'duplicate']) }),
  z.object({ outcome: z.literal('conflict'), bookedVersion: z.coerce.bigint() }),
  z.object({ outcome: z.literal('rejected'), reason: usageRejection }),
]);

/** Of a batch; null where every record was posted. */
const usageAnswer = z.object({ answer: z.array(usageOutcome).nullable() });

const POSTED: UsageOutcome = Object.freeze({ outcome: 'posted' });

/**
 * Posts a batch of rated usage in one transaction, each record once for its source and key (R23), drawn as R4 to R7
 * say. Returns one outcome a record, in order; a bad record does not hold up the others.
 * Throws RefillError `no-book`.
 */
export async function postUsage(tx: Queryable, batch: UsageBatch): Promise<UsageOutcome[]> {
  if (batch.records.length === 0) return [];
  const { records, isPlain, restore } = arrangeUsage(batch.records);
  const usages = tryToUsages(records, batch.numberKey);
  if (usages === null)
    return await answerStorable(batch.records, batch.numberKey, (storable) =>
      postUsage(tx, { ...batch, records: storable }),
    );
  const startedAt = performance.now();
  const rows = await asLedgerCall(
    () => tx.$queryRaw<unknown[]>`
      /* prepared: post-usage */
      SELECT ledger_post_usage(${batch.companyId}, ${batch.at}, ${batch.force ?? false}, ${isPlain}, ${usages}::ledger_usages) AS answer
      ${whereTraced()}`,
  );
  postSeconds.observe(secondsSince(startedAt));
  batchRecords.observe(records.length);
  const { answer } = usageAnswer.parse(rows[0]);
  const outcomes = answer === null ? records.map(() => POSTED) : restore(answer);
  logBatch(tx, batch, outcomes);
  return outcomes;
}

/** One line a batch at `debug`, as writing it takes as long as posting: what it posted, and what that cost. */
export function logBatch(
  tx: Queryable,
  { companyId, records }: Pick<UsageBatch, 'companyId' | 'records'>,
  outcomes: readonly UsageOutcome[],
): void {
  const describe = () => {
    const costs = records.flatMap(({ cost }, i) => (outcomes[i]?.outcome === 'posted' ? [cost] : []));
    const amount = costs.reduce((sum, cost) => sum.plus(cost), dollars('0'));
    return { companyId, records: records.length, posted: costs.length, amount };
  };
  logMoneyEvent(tx, 'usage-posted', describe, 'debug');
}
