import { MovableClock } from '../../../src/clock.ts';
import type { Db } from '../../../src/db/index.ts';
import { createDigestSweep, type DigestSigner, postUsage, sweepLedger } from '../../../src/ledger/index.ts';
import { numberKey } from '../../support/number-key.ts';
import { type GrowingCompany, MONTH, openCompany, recordOf } from '../ledger/grow-books.ts';

const BATCH = 5_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * A company's month of usage, posted by the ledger's own functions an hour after it was made, a day at a time: each day is closed
 * and has its digest as the app's sweeper would have made it, and what is summed up is summed up.
 */
export async function fillBooks(
  db: Db,
  { records, signer }: { records: number; signer: DigestSigner },
): Promise<GrowingCompany> {
  const growing = await openCompany(db);
  let now = MONTH.from.getTime();
  const clock = new MovableClock(0, () => now);
  const closeDays = createDigestSweep({ db, clock, signer });
  await closeDays(new AbortController().signal);
  let swept = now;
  for (let from = 0; from < records; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, records - from) }, (_, i) =>
      recordOf(growing, from + i, records),
    );
    now = Math.max(...batch.map(({ usageAt }) => usageAt.getTime())) + HOUR_MS;
    if (now - swept > DAY_MS) {
      await closeDays(new AbortController().signal);
      swept = now;
    }
    await postUsage(db, {
      numberKey,
      companyId: growing.company.companyId,
      at: new Date(now),
      records: batch,
    });
  }
  now = Math.max(now, MONTH.to.getTime()) + DAY_MS + 2 * HOUR_MS;
  await sweepLedger({ db, clock });
  await closeDays(new AbortController().signal);
  return growing;
}
