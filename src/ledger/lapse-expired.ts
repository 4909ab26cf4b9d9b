import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { fromMicros } from '../money.ts';
import { logMoneyEvent } from '../money-events.ts';
import { asLedgerCall } from './ledger-error.ts';

const micros = z.coerce.bigint().transform(fromMicros);

const lapses = z.array(
  z
    .object({
      walletId: z.coerce.bigint(),
      grantId: z.coerce.bigint(),
      kind: z.enum(['calling', 'ai']),
      micros,
      seq: z.coerce.bigint(),
    })
    .transform(({ micros: amount, ...rest }) => ({ ...rest, amount })),
);

/** A bundle whose remaining credits were taken when its period ended. */
export type Lapse = z.output<typeof lapses>[number];

/** Lists the companies with expired bundles whose remainder is to lapse, by id. */
export async function listDueLapses(db: Queryable, at: Date): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ company_id: bigint }[]>`
    SELECT DISTINCT company_id FROM credit_grant
    WHERE is_open AND expires_at <= ${at}::timestamptz - interval '6 hours' ORDER BY company_id`;
  return rows.map((row) => row.company_id);
}

/**
 * Takes what is left of a company's bundles that ended 6 hours ago or earlier (R7). Run again, it takes nothing.
 * Throws RefillError `no-book`.
 */
export async function lapseExpired(tx: Queryable, companyId: bigint, at: Date): Promise<Lapse[]> {
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ lapsed: unknown }[]>`SELECT ledger_lapse(${companyId}, ${at}) AS lapsed`,
  );
  const lapsed = lapses.parse(rows[0]?.lapsed);
  for (const { walletId: wallet, kind, amount, grantId: grant } of lapsed)
    logMoneyEvent(tx, 'credits-expired', { companyId, wallet, kind, amount, grant });
  return lapsed;
}
