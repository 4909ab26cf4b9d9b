import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { asLedgerCall } from './ledger-error.ts';

const answer = z.object({ outcome: z.enum(['posted', 'duplicate']) });

/** Releases a hold without usage. Throws RefillError `hold-unknown`, `hold-resolved`, `no-book`. */
export async function releaseHold(
  tx: Queryable,
  hold: { companyId: bigint; key: string; at: Date },
): Promise<z.output<typeof answer>> {
  const rows = await asLedgerCall(
    () => tx.$queryRaw<{ answer: unknown }[]>`
      SELECT ledger_release_hold(${hold.companyId}, ${hold.key}, ${hold.at}) AS answer`,
  );
  return answer.parse(rows[0]?.answer);
}
