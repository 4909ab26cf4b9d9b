import type { Tx } from '../../../db/index.ts';
import type { Company } from '../../../org/index.ts';
import { openPeriod } from './open-period.ts';
import { findSubscription } from './subscription.ts';

/**
 * Opens the periods that began and ended while a company was suspended, as missed: neither charged nor credited (R3 counts
 * them all the same). Returns how many. Under the company's lock.
 */
export async function missPeriods(tx: Tx, { company, at }: { company: Company; at: Date }): Promise<number> {
  const due = await tx.subscription.findMany({
    where: { companyId: company.id, state: 'active', isEnding: false, nextPeriodAt: { lte: at } },
    select: { companyId: true, id: true },
  });
  let missed = 0;
  for (const key of due) {
    let isOpened = true;
    while (isOpened) {
      const subscription = await findSubscription(tx, key);
      isOpened =
        subscription !== null &&
        (await openPeriod(tx, company, subscription, at, { offSession: true, isUnserved: true }));
      if (isOpened) missed += 1;
    }
  }
  return missed;
}
