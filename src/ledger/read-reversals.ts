import type { Queryable } from '../db/index.ts';

/** A credit and how much of it was taken back, in micro-dollars. */
export interface ReversibleGrant {
  grantId: bigint;
  amountMicros: bigint;
  reversedMicros: bigint;
}

/** Credits of a company by their numbers, with what reversals took of each (R16); those that are not there are left out. */
export async function readReversibleGrants(
  db: Queryable,
  { companyId, grantIds }: { companyId: bigint; grantIds: readonly bigint[] },
): Promise<ReversibleGrant[]> {
  return await db.$queryRaw<ReversibleGrant[]>`
    SELECT id AS "grantId", amount_micros AS "amountMicros", ledger_reversed(company_id, id) AS "reversedMicros"
    FROM credit_grant WHERE company_id = ${companyId} AND id = ANY (${grantIds}::bigint[])`;
}

/** Returns those of the keys under which a reversal was posted. */
export async function listReversals(
  db: Queryable,
  { companyId, keys }: { companyId: bigint; keys: readonly string[] },
): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ key: string }[]>`
    SELECT key FROM posting
    WHERE company_id = ${companyId} AND operation = 'reverse-grant' AND key = ANY (${keys}::text[])`;
  return new Set(rows.map(({ key }) => key));
}
