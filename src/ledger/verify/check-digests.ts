import type { Queryable } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { computeDigest, dayAfter, endOfDay } from '../digest/compute-digest.ts';
import { type DigestSigner, faultOfHead, readHead } from '../digest/digest-head.ts';
import type { DayDigest } from '../digest/read-digests.ts';
import type { Finding, Scope } from './finding.ts';

interface Subject {
  scope: Scope;
  /** All of the company's, oldest first. */
  digests: readonly DayDigest[];
  signer?: DigestSigner;
  onFinding: (finding: Finding) => void;
}

/**
 * What recomputes the digest of each of a company's closed days, or of those of a part of its books, a step a day, and compares it
 * with the one that is stored. Compares at once what is read quickly: each day follows the day before it, and the last one has
 * its signature. The day after the last may be closed and not digested yet. Applies R28.6.
 */
export async function digestSteps(
  db: Queryable,
  { scope, digests, signer, onFinding }: Subject,
): Promise<((db: Queryable) => Promise<void>)[]> {
  const { companyId, since } = scope;
  const tell = (day: string, column: string, expected: string | null, found: string | null) =>
    onFinding({
      ...{ companyId, walletId: null, check: 'digest', table: 'book_digest' },
      ...{ row: `day ${day}`, column, expected, found },
    });
  const days = digests.map((digest, index) => ({ digest, previous: digests[index - 1] ?? null }));
  for (const { digest, previous } of days)
    if (previous !== null && digest.day !== dayAfter(previous.day))
      tell(digest.day, 'day', `the day after ${previous.day}`, digest.day);
  const last = digests.at(-1) ?? null;
  const closedUntil = await readClosedUntil(db, companyId);
  const until = last === null ? null : endOfDay(last.day);
  if (closedUntil < (until?.getTime() ?? 0) || closedUntil > (until === null ? 0 : until.getTime() + DAY_MS))
    tell(last?.day ?? 'none', 'closed_until', until?.toISOString() ?? null, isoOf(closedUntil));
  const fault = signer === undefined ? null : faultOfHead(signer, await readHead(db, companyId), last);
  if (fault !== null) tell(last?.day ?? 'none', 'signature', 'the signature of the last digest', fault);
  const inScope = days.filter(({ digest }) => since === null || endOfDay(digest.day) > since);
  return inScope.map(({ digest, previous }) => async (lane) => {
    const computed = await computeDigest(lane, { companyId, day: digest.day, previous });
    if (computed.rowCount !== digest.rowCount)
      tell(digest.day, 'row_count', String(digest.rowCount), String(computed.rowCount));
    if (!Buffer.from(computed.digest).equals(digest.digest))
      tell(digest.day, 'digest', hexOf(digest), hexOf(computed));
  });
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
