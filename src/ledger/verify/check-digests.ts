import type { Queryable } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { computeDigest, dayAfter, endOfDay } from '../digest/compute-digest.ts';
import { type DigestSigner, faultOfHead, readHead } from '../digest/digest-head.ts';
import { type DayDigest, readDigests } from '../digest/read-digests.ts';
import type { Finding } from './finding.ts';

/**
 * Recomputes the digest of each of a company's closed days, a day at a time, and compares: with the one that is stored, with
 * the day before it, and the last one with its signature. The day after the last may be closed and not digested yet. Yields a
 * finding for each that does not agree.
 */
export async function* checkDigests(
  db: Queryable,
  { companyId, signer, stop }: { companyId: bigint; signer?: DigestSigner; stop?: AbortSignal },
): AsyncGenerator<Finding> {
  const digests = await readDigests(db, companyId);
  const finding = (day: string, column: string, expected: string | null, found: string | null): Finding => ({
    ...{ companyId, walletId: null, check: 'digest', table: 'book_digest' },
    ...{ row: `day ${day}`, column, expected, found },
  });
  let previous: DayDigest | null = null;
  for (const digest of digests) {
    stop?.throwIfAborted();
    if (previous !== null && digest.day !== dayAfter(previous.day))
      yield finding(digest.day, 'day', `the day after ${previous.day}`, digest.day);
    const computed = await computeDigest(db, { companyId, day: digest.day, previous });
    if (computed.rowCount !== digest.rowCount)
      yield finding(digest.day, 'row_count', String(digest.rowCount), String(computed.rowCount));
    if (!Buffer.from(computed.digest).equals(digest.digest))
      yield finding(digest.day, 'digest', hexOf(digest), hexOf(computed));
    previous = digest;
  }
  const closedUntil = await readClosedUntil(db, companyId);
  const until = previous === null ? null : endOfDay(previous.day);
  if (closedUntil < (until?.getTime() ?? 0) || closedUntil > (until === null ? 0 : until.getTime() + DAY_MS))
    yield finding(previous?.day ?? 'none', 'closed_until', until?.toISOString() ?? null, isoOf(closedUntil));
  const fault = signer === undefined ? null : faultOfHead(signer, await readHead(db, companyId), previous);
  if (fault !== null)
    yield finding(previous?.day ?? 'none', 'signature', 'the signature of the last digest', fault);
}

/** Milliseconds; 0 where no day was closed. */
async function readClosedUntil(db: Queryable, companyId: bigint): Promise<number> {
  const rows = await db.$queryRaw<{ until: Date }[]>`
    SELECT closed_until AS until FROM book WHERE company_id = ${companyId} AND closed_until > '-infinity'`;
  return rows[0]?.until.getTime() ?? 0;
}

function isoOf(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}

function hexOf({ digest }: DayDigest): string {
  return Buffer.from(digest).toString('hex');
}
