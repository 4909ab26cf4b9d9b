import type { Clock } from '../../../clock.ts';
import { type Db, inTransaction } from '../../../db/index.ts';
import { postNotice } from '../../../notices/index.ts';
import { findCompany, lockCompany } from '../../../org/index.ts';
import { EachCompany } from '../../../queue/index.ts';
import { nextReportAt } from '../../../report-periods.ts';
import { composeDigest } from './compose-digest.ts';

interface Deps {
  db: Db;
  clock: Clock;
}

/**
 * Posts the digests that are due, each once. One that became due while nothing ran is posted late, and of several only the
 * last; a company without usage in both of the periods that are compared has nothing to be told.
 */
export async function sweepDigests({ db, clock }: Deps): Promise<void> {
  const due = await db.digestSchedule.findMany({
    where: { nextAt: { lte: clock.now() } },
    select: { companyId: true },
  });
  const each = new EachCompany();
  for (const { companyId } of due) await each.work(companyId, () => postDigest({ db, clock }, companyId));
  each.end();
}

async function postDigest({ db, clock }: Deps, companyId: bigint): Promise<void> {
  const now = clock.now();
  const due = await db.digestSchedule.findUnique({ where: { companyId } });
  const company = await findCompany(db, companyId);
  if (due === null || company === null) return;
  const { every } = due;
  const facts = await composeDigest({ db, clock }, company, every);
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const nextAt = nextReportAt(every, now, company.timeZone);
    // Another process may have posted it meanwhile, or an admin have chosen otherwise.
    const { count } = await tx.digestSchedule.updateMany({
      where: { companyId, every, nextAt: due.nextAt },
      data: { nextAt },
    });
    if (count === 0 || facts === null) return;
    await postNotice(tx, { companyId, dedupeKey: `digest:${every}:${facts.from}`, facts, at: now });
  });
}
