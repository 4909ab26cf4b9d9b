import type { Queryable } from '../db/index.ts';
import { fromMicros, type Money } from '../money.ts';

/** Returns the remainder of the grants of one source, by their reference; a reference without a grant is left out. */
export async function readRemainingGrants(
  db: Queryable,
  of: { companyId: bigint; source: string; references: readonly string[] },
): Promise<Map<string, Money>> {
  const rows = await db.$queryRaw<{ reference: string; rest: bigint }[]>`
    SELECT reference, sum(remaining_micros)::bigint AS rest FROM credit_grant
    WHERE company_id = ${of.companyId} AND is_open AND source = ${of.source}
      AND reference = ANY (${of.references}::text[])
    GROUP BY reference`;
  return new Map(rows.map(({ reference, rest }) => [reference, fromMicros(rest)]));
}
