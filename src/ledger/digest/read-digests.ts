import type { Queryable } from '../../db/index.ts';

/** The digest of a company's UTC day. */
export interface DayDigest {
  companyId: bigint;
  /** `2026-11-28`. */
  day: string;
  version: number;
  rowCount: bigint;
  /** SHA-256, 32 bytes. */
  digest: Uint8Array;
}

/** All of a company's digests, oldest first. */
export async function readDigests(db: Queryable, companyId: bigint): Promise<DayDigest[]> {
  return await db.$queryRaw<DayDigest[]>`
    SELECT company_id AS "companyId", day::text, version, row_count AS "rowCount", digest
    FROM book_digest WHERE company_id = ${companyId} ORDER BY book_digest.day`;
}

/** The last digest of each company that has one, or of one company, or the one of a day; by company. */
export async function readLastDigests(
  db: Queryable,
  { companyId = null, day = null }: { companyId?: bigint | null; day?: string | null } = {},
): Promise<DayDigest[]> {
  return await db.$queryRaw<DayDigest[]>`
    SELECT DISTINCT ON (company_id) company_id AS "companyId", day::text, version, row_count AS "rowCount", digest
    FROM book_digest
    WHERE (${companyId}::bigint IS NULL OR company_id = ${companyId})
      AND (${day}::date IS NULL OR book_digest.day = ${day}::date)
    ORDER BY company_id, book_digest.day DESC`;
}
