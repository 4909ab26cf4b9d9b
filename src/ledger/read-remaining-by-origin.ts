import type { Queryable } from '../db/index.ts';

/**
 * What is left of general credits by the grant that brought them, wherever sharing or a transfer moved parts of it, in
 * micro-dollars; grants of which nothing is left are not in it.
 */
export async function readRemainingByOrigin(db: Queryable, companyId: bigint): Promise<Map<bigint, bigint>> {
  const rows = await db.$queryRaw<{ origin: bigint; rest: bigint }[]>`
    WITH RECURSIVE part AS (
      SELECT id AS origin, id, remaining_micros FROM credit_grant
      WHERE company_id = ${companyId} AND kind = 'general' AND source <> 'move'
      UNION ALL
      SELECT part.origin, moved.id, moved.remaining_micros
      FROM part JOIN credit_grant AS moved ON moved.company_id = ${companyId} AND moved.kind = 'general'
        AND moved.source = 'move' AND moved.reference = part.id::text
    )
    SELECT origin, sum(remaining_micros)::bigint AS rest FROM part GROUP BY origin HAVING sum(remaining_micros) > 0`;
  return new Map(rows.map(({ origin, rest }) => [origin, rest]));
}
