import type { Clock } from '../../../clock.ts';
import { type Db, inTransaction } from '../../../db/index.ts';
import { DAY_MS } from '../../../durations.ts';
import { readRemainingGrants } from '../../../ledger/index.ts';
import { dollars, fromMicros, type Money } from '../../../money.ts';
import { findCompany, lockCompany } from '../../../org/index.ts';
import { forEachCompany } from '../../../queue/index.ts';
import { notifyPeriod } from './notify-period.ts';
import { findSubscription, keyOfPeriod, type PeriodRow, periodOf, referenceOf } from './subscription.ts';

const LEVELS = [100, 90, 80] as const;
/** How long before a period's end people are notified that credits are about to lapse. */
const LAPSING_MS = { monthly: 3 * DAY_MS, annual: 14 * DAY_MS };

/** Notifies, once a period each, that 80, 90 and 100 % of a bundle are used, and that a remainder is about to lapse (R27). */
export async function sweepBundleUse(deps: { db: Db; clock: Clock }): Promise<void> {
  const now = deps.clock.now();
  const live = await deps.db.subscriptionPeriod.findMany({
    where: { state: 'credited', kind: { not: 'general' }, startsAt: { lte: now }, endsAt: { gt: now } },
  });
  await forEachCompany(live, (period) => look(deps, period, now));
}

async function look(deps: { db: Db }, period: PeriodRow, now: Date): Promise<void> {
  const rest = await readRest(deps.db, period);
  const percent = levelOf(rest, fromMicros(period.creditMicros));
  const isNear = period.endsAt.getTime() - now.getTime() <= LAPSING_MS.annual;
  if (percent > period.toldPercent || (isNear && period.lapseToldAt === null && rest.greaterThan(0)))
    await tell(deps, period, { percent, rest, now });
}

/** The highest level that the use of a bundle has reached; 0 below all of them. */
function levelOf(rest: Money, credit: Money): number {
  const used = credit.minus(rest).dividedBy(credit).times(100);
  return LEVELS.find((level) => used.greaterThanOrEqualTo(level)) ?? 0;
}

async function readRest(db: Db, period: PeriodRow): Promise<Money> {
  const reference = referenceOf(period);
  const rests = await readRemainingGrants(db, {
    companyId: period.companyId,
    source: 'bundle',
    references: [reference],
  });
  return rests.get(reference) ?? dollars('0');
}

async function tell(
  deps: { db: Db },
  found: PeriodRow,
  { percent, rest, now }: { percent: number; rest: Money; now: Date },
): Promise<void> {
  const { companyId } = found;
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const period = await tx.subscriptionPeriod.findUniqueOrThrow({ where: keyOfPeriod(found) });
    const company = await findCompany(tx, companyId);
    const subscription = await findSubscription(tx, { companyId, id: period.subscriptionId });
    if (company === null || subscription === null) return;
    if (percent > period.toldPercent) {
      await tx.subscriptionPeriod.update({ where: keyOfPeriod(period), data: { toldPercent: percent } });
      await notifyPeriod(tx, company, subscription, period, { event: 'used', percent, rest, at: now });
    }
    const isLapsing =
      period.endsAt.getTime() - now.getTime() <= LAPSING_MS[periodOf(subscription)] && rest.greaterThan(0);
    if (isLapsing && period.lapseToldAt === null) {
      await tx.subscriptionPeriod.update({ where: keyOfPeriod(period), data: { lapseToldAt: now } });
      await notifyPeriod(tx, company, subscription, period, { event: 'lapsing', rest, at: now });
    }
  });
}
