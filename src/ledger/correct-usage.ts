import type { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { asLedgerCall } from './ledger-error.ts';
import { revised } from './revised-usage.ts';
import type { NewUsage } from './types.ts';
import { isStorable, toUsageRow } from './usage-arrays.ts';

export interface Correction {
  companyId: bigint;
  /** The whole record as it should have been; its source and key say which. */
  usage: NewUsage;
  key: string;
  actor: string;
  reason: string;
  at: Date;
}

/**
 * Gives a booked usage other facts, another cost, or another office, in one transaction (R8): the difference is
 * posted, or where other wallets pay, all of it is given back and drawn anew at the usage's time.
 * Throws RefillError `usage-unknown`, `bad-facts`, `office-unknown`, `key-conflict`, `no-book`.
 */
export async function correctUsage(tx: Queryable, correction: Correction): Promise<z.output<typeof revised>> {
  const { usage } = correction;
  if (!isStorable(usage) || usage.cost.isNegative() || usage.durationMs < 0)
    throw new RefillError('bad-facts', 'This usage cannot be booked as it is.');
  const row = toUsageRow(usage);
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_correct_usage(${correction.companyId}, jsonb_populate_record(NULL::usage_record, ${row}::jsonb),
        ${correction.key}, ${correction.actor}, ${correction.reason}, ${correction.at}) AS answer`,
  );
  return revised.parse(rows[0]?.answer);
}
