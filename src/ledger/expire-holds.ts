import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { asLedgerCall } from './ledger-error.ts';

/** Frees a company's holds whose time is over and answers their keys. Throws RefillError `no-book`. */
export async function expireHolds(tx: Queryable, companyId: bigint, at: Date): Promise<string[]> {
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ keys: unknown }[]>`SELECT ledger_expire_holds(${companyId}, ${at}) AS keys`,
  );
  return z.array(z.string()).parse(rows[0]?.keys);
}
