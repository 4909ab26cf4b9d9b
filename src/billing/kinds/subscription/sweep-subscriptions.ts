import type { Clock } from '../../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../../db/index.ts';
import { findCompany, listSuspended, lockCompany } from '../../../org/index.ts';
import { EachCompany } from '../../../queue/index.ts';
import { isBeingPaid, openPeriod } from './open-period.ts';
import { payPeriod } from './pay-period.ts';
import { findSubscription } from './subscription.ts';
import { wakeRefusedPeriods } from './wake-refused.ts';

const AT_ONCE = 200;

/**
 * Opens every period whose time has come, and pays again what failed and is due for another try. Each is decided
 * under its company's lock, so that two of these at once, or one after a week of downtime, do nothing twice (R3).
 * A company for which that fails keeps no other from its own; one that is suspended waits.
 */
export async function sweepSubscriptions(deps: { db: Db; clock: Clock }): Promise<void> {
  await wakeRefusedPeriods(deps);
  const now = deps.clock.now();
  const suspended = await listSuspended(deps.db);
  const due = await deps.db.subscription.findMany({
    where: { state: 'active', nextPeriodAt: { lte: now }, companyId: { notIn: suspended } },
    select: { companyId: true, id: true },
    orderBy: { nextPeriodAt: 'asc' },
    take: AT_ONCE,
  });
  const each = new EachCompany();
  for (const key of due) {
    await each.work(key.companyId, async () => {
      let goesOn = true;
      // One transaction a period: a kill between two of them loses neither.
      while (goesOn) goesOn = await inTransaction(deps.db, (tx) => openNext(tx, key, deps.clock.now()));
    });
  }
  const failed = await deps.db.subscriptionPeriod.findMany({
    where: { retryAt: { lte: now }, companyId: { notIn: suspended } },
    select: { companyId: true, subscriptionId: true, number: true },
    orderBy: { retryAt: 'asc' },
    take: AT_ONCE,
  });
  for (const key of failed)
    await each.work(key.companyId, () => inTransaction(deps.db, (tx) => retry(tx, key, deps.clock.now())));
  each.end();
}

async function openNext(tx: Tx, key: { companyId: bigint; id: bigint }, at: Date): Promise<boolean> {
  await lockCompany(tx, key.companyId);
  const company = await findCompany(tx, key.companyId);
  const subscription = await findSubscription(tx, key);
  if (company === null || subscription === null || company.state !== 'active') return false;
  return await openPeriod(tx, company, subscription, at, { offSession: true });
}

async function retry(
  tx: Tx,
  key: { companyId: bigint; subscriptionId: bigint; number: number },
  at: Date,
): Promise<void> {
  await lockCompany(tx, key.companyId);
  const period = await tx.subscriptionPeriod.findUnique({
    where: { companyId_subscriptionId_number: key },
  });
  const company = await findCompany(tx, key.companyId);
  const subscription = await findSubscription(tx, { companyId: key.companyId, id: key.subscriptionId });
  if (period === null || company === null || subscription === null || company.state !== 'active') return;
  if (period.retryAt === null || period.retryAt > at || (await isBeingPaid(tx, period))) return;
  await payPeriod(tx, company, subscription, period, at, { offSession: true });
}
