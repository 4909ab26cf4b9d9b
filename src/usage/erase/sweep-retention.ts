import { monthsBefore } from '../../calendar.ts';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { forgetNumbers } from '../../ledger/index.ts';
import { createNightlySweep, EachCompany, type Sweep } from '../../queue/index.ts';

/** Pages of a company at a sweep; the next one goes on with it. */
const MAX_PAGES = 100;

interface Retention {
  id: bigint;
  timeZone: string;
  retentionMonths: number | null;
}

/**
 * Makes the sweep that erases, every night, the phone numbers of usage that is older than its company keeps them
 * (`retention_months`, R23): from the books, and from usage whose owner was not found. Each page is a transaction, and a sweep takes so
 * many of them of a company; a company that fails keeps no other from its own.
 */
export function createRetentionSweep({ db, clock }: { db: Db; clock: Clock }): Sweep {
  return createNightlySweep(clock, async (at) => {
    let due: Retention[] = await db.company.findMany({
      where: { retentionMonths: { not: null } },
      select: { id: true, timeZone: true, retentionMonths: true },
      orderBy: { id: 'asc' },
    });
    return async (stop) => {
      const each = new EachCompany();
      const left: Retention[] = [];
      for (const company of due) {
        let isDone = false;
        await each.work(company.id, async () => {
          isDone = await forget(db, company, at, stop);
        });
        if (!isDone) left.push(company);
      }
      due = left;
      each.end();
      return due.length === 0;
    };
  });
}

/** True where nothing of the company is left to erase. */
async function forget(
  db: Db,
  { id: companyId, timeZone, retentionMonths }: Retention,
  at: Date,
  stop: AbortSignal,
): Promise<boolean> {
  const until = monthsBefore(at, timeZone, retentionMonths ?? 0);
  await db.usageUnattributed.deleteMany({ where: { companyId, seenAt: { lt: until } } });
  for (let page = 0; page < MAX_PAGES && !stop.aborted; page += 1)
    if (!(await forgetNumbers(db, { companyId, until, at }))) return true;
  return false;
}
