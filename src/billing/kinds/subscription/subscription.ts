import type { BillingPeriod } from '../../../calendar.ts';
import type { Queryable } from '../../../db/index.ts';

export type PeriodRow = NonNullable<Awaited<ReturnType<Queryable['subscriptionPeriod']['findUnique']>>>;
export type BundleRow = NonNullable<Awaited<ReturnType<Queryable['bundle']['findUnique']>>>;
export type SubscriptionRow = NonNullable<Awaited<ReturnType<typeof findSubscription>>>;

/** A subscription with its bundle and the one that it changes to, or null. */
export async function findSubscription(db: Queryable, key: { companyId: bigint; id: bigint }) {
  const row = await db.subscription.findUnique({ where: { companyId_id: key }, include: { bundle: true } });
  if (row === null) return null;
  // Not included above: the client reads two relations at once, and a transaction has one connection.
  const { nextBundleId: id } = row;
  return { ...row, nextBundle: id === null ? null : await db.bundle.findUnique({ where: { id } }) };
}

/** Recurring funds come every month. */
export function periodOf({ bundle }: Pick<SubscriptionRow, 'bundle'>): BillingPeriod {
  return bundle?.period === 'annual' ? 'annual' : 'monthly';
}

export function keyOfPeriod(period: Pick<PeriodRow, 'companyId' | 'subscriptionId' | 'number'>) {
  const { companyId, subscriptionId, number } = period;
  return { companyId_subscriptionId_number: { companyId, subscriptionId, number } };
}

/** What the ledger knows a period's credit by. */
export function referenceOf(period: Pick<PeriodRow, 'subscriptionId' | 'number'>): string {
  return `${period.subscriptionId}:${period.number}`;
}

export function sourceOf(period: Pick<PeriodRow, 'kind'>): 'bundle' | 'recurring' {
  return period.kind === 'general' ? 'recurring' : 'bundle';
}
