import type { Queryable } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import type { DayDigest } from './read-digests.ts';

/** The columns that `ledger_digest` covers, and their order. */
const DIGEST_VERSION = 1;

/** What the first digest of a company is chained to. */
export const NO_DIGEST = new Uint8Array(32);

/**
 * Computes the digest of what a company posted on a UTC day, chained to the digest before it; the first covers all before its
 * end. Reads every row of the day once.
 */
export async function computeDigest(
  db: Queryable,
  { companyId, day, previous }: { companyId: bigint; day: string; previous: DayDigest | null },
): Promise<DayDigest> {
  const since = previous === null ? '-infinity' : endOfDay(previous.day).toISOString();
  const rows = await db.$queryRaw<{ digest: Uint8Array; rowCount: bigint }[]>`
    SELECT digest, row_count AS "rowCount" FROM ledger_digest(${companyId}, ${since}::timestamptz, ${endOfDay(day)},
      ${previous?.digest ?? NO_DIGEST}::bytea)`;
  const [made] = rows;
  if (made === undefined) throw new Error('ledger_digest answered nothing');
  return { companyId, day, version: DIGEST_VERSION, ...made };
}

/** When a UTC day is over. */
export function endOfDay(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
}

/** The UTC day that a moment lies in: `2026-11-28`. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The UTC day after one. */
export function dayAfter(day: string): string {
  return dayOf(endOfDay(day));
}
