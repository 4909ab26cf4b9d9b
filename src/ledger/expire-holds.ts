import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { asLedgerCall } from './ledger-error.ts';

/** The companies that have holds whose time is over, by id. */
export async function listDueHolds(db: Queryable, at: Date): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ company_id: bigint }[]>`
    SELECT DISTINCT company_id FROM hold WHERE state = 'open' AND expires_at <= ${at} ORDER BY company_id`;
  return rows.map((row) => row.company_id);
}

/** Frees a company's holds whose time is over and answers their keys. Throws RefillError `no-book`. */
export async function expireHolds(tx: Queryable, companyId: bigint, at: Date): Promise<string[]> {
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ keys: unknown }[]>`SELECT ledger_expire_holds(${companyId}, ${at}) AS keys`,
  );
  return z.array(z.string()).parse(rows[0]?.keys);
}
