import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { logMoneyEvent } from '../money-events.ts';
import type { NumberKey } from '../number-key.ts';
import { asLedgerCall } from './ledger-error.ts';
import { keyNumbers } from './personal-facts.ts';
import { revised } from './revised-usage.ts';
import type { NewUsage } from './types.ts';
import { isStorable, toUsageRow } from './usage-columns.ts';

export interface Correction {
  companyId: bigint;
  /** The company's: the books compare numbers by it, and do not see it. */
  numberKey: NumberKey;
  /** The whole record as it should have been; its source and key say which. */
  usage: NewUsage;
  /**
   * The event it came by, where its sender says so now: changes nothing where that version, or a newer one, is posted
   * (R23). Without one the correction is a person's decision, and the posted version stays. The usage's own version is ignored.
   */
  version?: bigint;
  key: string;
  actor: string;
  reason: string;
  at: Date;
  /** The operator accepts a new time that is too old or in the future (R7). */
  force?: boolean;
}

const corrected = z.union([
  z.object({ outcome: z.literal('stale'), bookedVersion: z.coerce.bigint() }),
  revised,
]);

/**
 * Gives a posted usage other facts, another cost, or another office, in one transaction (R8): the difference is
 * posted, or where other wallets or bundles pay, all of it is given back and drawn again at the usage's time. A version that is no newer than the posted one changes nothing: `stale`.
 * Throws RefillError `usage-unknown`, `usage-time`, `bad-facts`, `key-conflict`, `no-book`.
 */
export async function correctUsage(
  tx: Queryable,
  correction: Correction,
): Promise<z.output<typeof corrected>> {
  const { version, ...facts } = correction.usage;
  const usage = correction.version === undefined ? facts : { ...facts, version: correction.version };
  const isBelowNothing = Math.min(usage.durationMs, usage.billedSeconds, usage.quantity) < 0;
  if (!isStorable(usage, correction.numberKey) || usage.cost.isNegative() || isBelowNothing)
    throw new RefillError('bad-facts', 'This usage cannot be posted as it is.');
  const row = toUsageRow(usage);
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_correct_usage(${correction.companyId}, jsonb_populate_record(NULL::usage_record, ${row}::jsonb),
        ${keyNumbers(usage, correction.numberKey)}::text, ${correction.force ?? false}, ${correction.key}, ${correction.actor}, ${correction.reason}, ${correction.at}) AS answer`,
  );
  const answer = corrected.parse(rows[0]?.answer);
  if (answer.outcome === 'posted') {
    const { drawn, returned } = answer;
    const { companyId } = correction;
    logMoneyEvent(tx, 'usage-corrected', { companyId, source: usage.source, drawn, returned });
  }
  return answer;
}
