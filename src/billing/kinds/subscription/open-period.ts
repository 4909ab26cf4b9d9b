import { endOfBillingPeriod } from '../../../calendar.ts';
import type { Tx } from '../../../db/index.ts';
import { fromMicros } from '../../../money.ts';
import { logMoneyEvent } from '../../../money-events.ts';
import type { Company } from '../../../org/index.ts';
import { isUnderWay } from '../../orders/order-state.ts';
import { endSubscription } from './end-subscription.ts';
import { notifyEnded } from './notify-period.ts';
import { payPeriod } from './pay-period.ts';
import { keyOfPeriod, type PeriodRow, periodOf, type SubscriptionRow } from './subscription.ts';

/**
 * Opens the next period of a subscription when its time has come, and has it paid. Where nothing ran for a while the
 * periods are opened one after another: a bundle's period that is over already is neither charged nor credited, as
 * nobody could have used it; recurring funds never expire and are credited for each. Under the company's lock.
 * `offSession`: it follows no person's click. `isUnserved`: of a time in which the operator had suspended the company:
 * what is over by now is missed, also of recurring funds, and nothing else is opened. Returns whether something was done.
 * Applies R3.6 and R17.2.
 */
export async function openPeriod(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  at: Date,
  { offSession, isUnserved = false }: { offSession: boolean; isUnserved?: boolean },
): Promise<boolean> {
  if (subscription.state !== 'active' || subscription.nextPeriodAt > at) return false;
  if (await isLastUnderWay(tx, subscription)) return false;
  if (subscription.isEnding) {
    await endSubscription(tx, subscription, at);
    await notifyEnded(tx, company, subscription, at);
    return true;
  }
  const current = await applyChange(tx, subscription);
  const startsAt = current.nextPeriodAt;
  const endsAt = endOfBillingPeriod(company, startsAt, periodOf(current));
  const kind = current.bundle?.kind ?? 'general';
  const isMissed = (kind !== 'general' || isUnserved) && endsAt <= at;
  if (isUnserved && !isMissed) return false;
  const period = await tx.subscriptionPeriod.create({
    data: {
      companyId: company.id,
      subscriptionId: current.id,
      number: current.periods,
      startsAt,
      endsAt,
      kind,
      name: current.bundle?.name ?? 'Recurring credits',
      creditMicros: current.creditMicros,
      priceMicros: current.priceMicros,
      state: isMissed ? 'missed' : 'due',
    },
  });
  await tx.subscription.update({
    where: { companyId_id: { companyId: company.id, id: current.id } },
    data: { periods: { increment: 1 }, nextPeriodAt: endsAt },
  });
  logMoneyEvent(tx, 'bundle-period-opened', {
    companyId: company.id,
    subscription: current.id,
    period: period.number,
    state: period.state,
    amount: fromMicros(period.creditMicros),
    price: fromMicros(period.priceMicros),
  });
  if (!isMissed) await payPeriod(tx, company, current, period, at, { offSession });
  return true;
}

/** A payment whose outcome is open is waited for; one that failed and was not paid by now is given up. */
async function isLastUnderWay(tx: Tx, subscription: SubscriptionRow): Promise<boolean> {
  const last = await tx.subscriptionPeriod.findFirst({
    where: { companyId: subscription.companyId, subscriptionId: subscription.id, state: 'due' },
    orderBy: { number: 'desc' },
  });
  if (last === null) return false;
  if (await isBeingPaid(tx, last)) return true;
  await tx.subscriptionPeriod.update({
    where: keyOfPeriod(last),
    data: { state: 'unpaid', retryAt: null },
  });
  return false;
}

/** Whether money may still move, or may have moved, for a period. */
export async function isBeingPaid(tx: Tx, period: PeriodRow): Promise<boolean> {
  if (period.orderId === null) return false;
  const order = await tx.purchaseOrder.findUniqueOrThrow({
    where: { companyId_id: { companyId: period.companyId, id: period.orderId } },
  });
  return isUnderWay(order) || order.state === 'stuck';
}

async function applyChange(tx: Tx, subscription: SubscriptionRow): Promise<SubscriptionRow> {
  const next = subscription.nextBundle;
  if (next === null) return subscription;
  const changed = {
    bundleId: next.id,
    nextBundleId: null,
    creditMicros: next.creditMicros,
    priceMicros: next.priceMicros,
  };
  await tx.subscription.update({
    where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
    data: changed,
  });
  return { ...subscription, ...changed, bundle: next, nextBundle: null };
}
