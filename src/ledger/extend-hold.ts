import type { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { toMicros } from '../money.ts';
import { asLedgerCall } from './ledger-error.ts';
import { holdAnswer, type NewHold } from './place-hold.ts';

/**
 * Extends an open hold to `amount` in all, until `expiresAt`; it never shrinks or ends earlier than before. `refused`:
 * too little is available for the difference, or a spending limit (`spendingLimit`) leaves no room for it; the hold stays as it was.
 * Throws RefillError `hold-unknown`, `hold-resolved`, `no-book`.
 */
export async function extendHold(
  tx: Queryable,
  hold: Pick<NewHold, 'companyId' | 'key' | 'amount' | 'expiresAt' | 'at'>,
): Promise<z.output<typeof holdAnswer>> {
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_extend_hold(${hold.companyId}, ${hold.key}, ${toMicros(hold.amount)}, ${hold.expiresAt},
        ${hold.at}) AS answer`,
  );
  return holdAnswer.parse(rows[0]?.answer);
}
