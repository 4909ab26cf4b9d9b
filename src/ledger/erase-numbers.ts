import type { Queryable } from '../db/index.ts';
import { asLedgerCall } from './ledger-error.ts';

const PAGE = 1_000;

/**
 * Erases both numbers of every usage of a company that has this one on either side, with what could confirm a guess of them,
 * in all revisions. What was used and paid stays, and verifies. Returns how many records it changed.
 * Throws RefillError `no-book`.
 */
export async function eraseNumbers(
  db: Queryable,
  of: { companyId: bigint; number: string },
): Promise<bigint> {
  return await eraseInPages(
    db,
    of.companyId,
    () => db.$queryRaw<UsageKey[]>`
      SELECT DISTINCT source, external_id FROM usage_record
      WHERE company_id = ${of.companyId} AND (external_number = ${of.number} OR internal_number = ${of.number})
      LIMIT ${PAGE}`,
  );
}

/** The same for all usage of a member of the directory. */
export async function eraseNumbersOfMember(
  db: Queryable,
  of: { companyId: bigint; memberId: bigint },
): Promise<bigint> {
  return await eraseInPages(
    db,
    of.companyId,
    () => db.$queryRaw<UsageKey[]>`
      SELECT DISTINCT source, external_id FROM usage_record
      WHERE company_id = ${of.companyId} AND member_id = ${of.memberId} AND salt IS NOT NULL LIMIT ${PAGE}`,
  );
}

interface UsageKey {
  source: string;
  external_id: string;
}

async function eraseInPages(
  db: Queryable,
  companyId: bigint,
  readPage: () => Promise<UsageKey[]>,
): Promise<bigint> {
  let erased = 0n;
  for (;;) {
    const keys = await readPage();
    const rows = await asLedgerCall(
      () => db.$queryRaw<{ erased: bigint }[]>`
        SELECT ledger_erase_numbers(${companyId}, ${keys.map(({ source }) => source)}::text[],
          ${keys.map(({ external_id: id }) => id)}::text[]) AS erased`,
    );
    const some = rows[0]?.erased ?? 0n;
    if (some === 0n) return erased;
    erased += some;
  }
}
