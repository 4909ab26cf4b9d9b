import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Queryable } from '../../db/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../durations.ts';
import { EachCompany, type Sweep } from '../../queue/index.ts';
import { asLedgerCall } from '../ledger-error.ts';
import { computeDigest, dayAfter, dayOf, endOfDay } from './compute-digest.ts';
import { type DigestSigner, readHead, requireSoundHead, signHead } from './digest-head.ts';
import { type DayDigest, readLastDigests } from './read-digests.ts';

/** How long after a UTC day is over it is closed: clocks of several machines differ, and a transaction may take a while. */
const CLOSES_AFTER_MS = HOUR_MS;

/** The first digest of a company with a long history covers all of it. */
const MAX_DIGEST_MS = 30 * MINUTE_MS;

/** The last UTC day that is over for an hour. */
function lastClosableDay(at: Date): string {
  return dayOf(new Date(at.getTime() - CLOSES_AFTER_MS - DAY_MS));
}

/**
 * Makes the sweep that closes every company's days an hour after their end, and gives each its digest: from then on nothing can
 * be posted into them. Each day is a transaction, so that a process that dies leaves a chain that the next sweep goes on
 * with. A company whose chain is not as it was signed gets no further digest, and is named in the error that the sweep
 * ends with.
 */
export function createDigestSweep(deps: { db: Db; clock: Clock; signer: DigestSigner }): Sweep {
  return async (stop) => {
    const day = lastClosableDay(deps.clock.now());
    const each = new EachCompany();
    for (const companyId of await listUndigested(deps.db, day))
      await each.work(companyId, () => closeDays(deps, { companyId, day, stop }));
    each.end();
  };
}

/** The companies that have no digest of a day, and had books then, by id. */
async function listUndigested(db: Queryable, day: string): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ companyId: bigint }[]>`
    SELECT book.company_id AS "companyId" FROM book
    LEFT JOIN book_digest_head AS head ON head.company_id = book.company_id
    WHERE book.created_at < ${endOfDay(day)} AND (head.day IS NULL OR head.day < ${day}::date)
    ORDER BY book.company_id`;
  return rows.map(({ companyId }) => companyId);
}

/**
 * Closes a company's days up to one, each with its digest; the first covers everything before its end. Without a signature that
 * holds no further one is made. Throws RefillError `digest-broken`, `no-book`. Applies R28.3.
 */
export async function closeDays(
  deps: { db: Db; clock: Clock; signer: DigestSigner },
  { companyId, day, stop }: { companyId: bigint; day: string; stop?: AbortSignal },
): Promise<void> {
  let [last = null] = await readLastDigests(deps.db, { companyId });
  while ((last === null || last.day < day) && stop?.aborted !== true) {
    const next = last === null ? day : dayAfter(last.day);
    // In a separate transaction, so that no posting waits while a day is read. Before the first digest there is none that a kill could leave out.
    if (last !== null) await closeUntil(deps.db, companyId, next);
    last = await digestDay(deps, { companyId, day: next, previous: last });
  }
}

async function closeUntil(db: Queryable, companyId: bigint, day: string): Promise<void> {
  await asLedgerCall(() => db.$executeRaw`SELECT ledger_close_until(${companyId}, ${endOfDay(day)})`);
}

/** Returns the last digest then: another process may have made this one, and more, meanwhile. */
async function digestDay(
  { db, clock, signer }: { db: Db; clock: Clock; signer: DigestSigner },
  { companyId, day, previous }: { companyId: bigint; day: string; previous: DayDigest | null },
): Promise<DayDigest> {
  return await inTransaction(
    db,
    async (tx) => {
      await tx.$executeRaw`SELECT set_config('statement_timeout', '0', true)`;
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('book_digest', ${companyId}))`;
      const [last = null] = await readLastDigests(tx, { companyId });
      requireSoundHead(signer, await readHead(tx, companyId), last);
      if (last !== null && last.day !== previous?.day) return last;
      if (last === null) await closeUntil(tx, companyId, day);
      const digest = await computeDigest(tx, { companyId, day, previous: last });
      await storeDigest(tx, digest, clock.now());
      await signHead(tx, signer, digest, clock.now());
      return digest;
    },
    { timeoutMs: MAX_DIGEST_MS },
  );
}

async function storeDigest(tx: Queryable, made: DayDigest, at: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO book_digest (company_id, day, version, row_count, digest, made_at)
    VALUES (${made.companyId}, ${made.day}::date, ${made.version}, ${made.rowCount}, ${made.digest}, ${at})`;
}
