import { Prisma, type Queryable } from '../db/index.ts';
import { asLedgerCall } from './ledger-error.ts';

const PAGE = 1_000;

/** Whose usage loses its numbers: all that has a number on either side, or all of a member of the directory. */
export type NumbersOf = { companyId: bigint } & ({ number: string } | { memberId: bigint });

/**
 * Erases both numbers of usage of a company, with what could confirm a guess of them, in all revisions. What was used and paid
 * stays, and verifies. Returns how many records it changed. Throws RefillError `no-book`.
 */
export async function eraseNumbers(db: Queryable, of: NumbersOf): Promise<bigint> {
  const { companyId } = of;
  const isMeant =
    'number' in of
      ? Prisma.sql`(external_number = ${of.number} OR internal_number = ${of.number})`
      : Prisma.sql`member_id = ${of.memberId} AND salt IS NOT NULL`;
  let erased = 0n;
  for (;;) {
    const keys = await db.$queryRaw<{ source: string; external_id: string }[]>`
      SELECT DISTINCT source, external_id FROM usage_record WHERE company_id = ${companyId} AND ${isMeant} LIMIT ${PAGE}`;
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

/**
 * Erases the numbers of a page of usage that was used until then, which a company keeps no longer: oldest first, then what was posted
 * behind that since. Returns whether there may be more. Throws RefillError `no-book`.
 */
export async function forgetNumbers(
  db: Queryable,
  { companyId, until, at }: { companyId: bigint; until: Date; at: Date },
): Promise<boolean> {
  const rows = await asLedgerCall(
    () => db.$queryRaw<{ more: boolean }[]>`
      SELECT ledger_forget_numbers(${companyId}, ${until}, ${PAGE}::int, ${at}) AS more`,
  );
  return rows[0]?.more === true;
}
