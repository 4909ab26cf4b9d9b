import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { asLedgerCall } from './ledger-error.ts';
import type { NewUsage, UsageOutcome } from './types.ts';
import { isStorable, toUsageArrays } from './usage-arrays.ts';

export interface UsageBatch {
  companyId: bigint;
  at: Date;
  records: readonly NewUsage[];
  /** The operator said so: books what is too old or lies in the future (R7). */
  force?: boolean;
}

/** An outcome as the ledger's functions answer it. */
export const usageOutcome = z.union([
  z.object({ outcome: z.enum(['posted', 'duplicate']) }),
  z.object({ outcome: z.literal('conflict'), bookedVersion: z.coerce.bigint() }),
  z.object({
    outcome: z.literal('rejected'),
    reason: z.enum(['future', 'too-old', 'negative-cost', 'bad-facts']),
  }),
]);

const POSTED: UsageOutcome = Object.freeze({ outcome: 'posted' });

/**
 * Posts a batch of rated usage in one transaction, each record once for its source and key (R23), drawn as R4 to R7
 * say. Answers one outcome a record, in order; a bad record does not hold up the others.
 * Throws RefillError `no-book`.
 */
export async function postUsage(tx: Queryable, batch: UsageBatch): Promise<UsageOutcome[]> {
  const storable = batch.records.filter(isStorable);
  const posted = storable.length === 0 ? [] : await postStorable(tx, { ...batch, records: storable });
  const answers = posted.values();
  return batch.records.map((record) =>
    isStorable(record)
      ? (answers.next().value ?? { outcome: 'rejected', reason: 'bad-facts' })
      : { outcome: 'rejected', reason: 'bad-facts' },
  );
}

interface Answer {
  outcomes: string[];
  reasons: (string | null)[];
  booked: (bigint | null)[];
}

async function postStorable(tx: Queryable, batch: UsageBatch): Promise<UsageOutcome[]> {
  const a = toUsageArrays(batch.records);
  const rows = await asLedgerCall(
    () => tx.$queryRaw<Answer[]>`
      /* prepared: post-usage */ SELECT outcomes, reasons, booked FROM ledger_post_usage(${batch.companyId}, ${batch.at}, ${batch.force ?? false},
        ${a.source}::text[], ${a.externalId}::text[], ${a.office}::bigint[], ${a.department}::bigint[],
        ${a.member}::bigint[], ${a.class}::text[], ${a.category}::text[], ${a.direction}::text[],
        ${a.externalNumber}::text[], ${a.internalNumber}::text[], ${a.usageAt}::timestamptz[],
        ${a.durationMs}::bigint[], ${a.billedSeconds}::int[], ${a.quantity}::int[], ${a.cost}::bigint[],
        ${a.price}::text[], ${a.version}::bigint[])`,
  );
  const row = rows[0];
  return (row?.outcomes ?? []).map((outcome, i) =>
    outcome === 'posted'
      ? POSTED
      : usageOutcome.parse({
          outcome,
          reason: row?.reasons[i] ?? undefined,
          bookedVersion: row?.booked[i] ?? undefined,
        }),
  );
}
