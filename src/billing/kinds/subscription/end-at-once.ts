import type { Tx } from '../../../db/index.ts';
import { type Company, recordAudit } from '../../../org/index.ts';
import { endSubscription } from './end-subscription.ts';
import { isBeingPaid } from './open-period.ts';
import { findSubscription, keyOfPeriod, type SubscriptionRow } from './subscription.ts';

/**
 * Ends a subscription for the operator: a period that failed is not tried again; a payment under way is completed and credited.
 * Audited, with the reason. Under the company's lock.
 */
export async function endAtOnce(
  tx: Tx,
  subscription: SubscriptionRow,
  { reason, at }: { reason?: string; at: Date },
): Promise<void> {
  const { companyId, id } = subscription;
  const due = await tx.subscriptionPeriod.findMany({
    where: { companyId, subscriptionId: id, state: 'due' },
  });
  for (const period of due)
    if (!(await isBeingPaid(tx, period)))
      await tx.subscriptionPeriod.update({
        where: keyOfPeriod(period),
        data: { state: 'unpaid', retryAt: null },
      });
  await endSubscription(tx, subscription, at);
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'operator',
    surface: 'operator',
    action: subscription.bundleId === null ? 'recurring-ended' : 'bundle-cancelled',
    ...(reason === undefined ? {} : { reason }),
    details: { subscription: id.toString() },
  });
}

/** Ends every bundle and recurring fund of a company that is closed. Under the company's lock. */
export async function endForClosing(
  tx: Tx,
  { company, at }: { company: Company; at: Date },
): Promise<Record<string, never>> {
  const rows = await tx.subscription.findMany({
    where: { companyId: company.id, state: { not: 'ended' } },
    select: { companyId: true, id: true },
    orderBy: { id: 'asc' },
  });
  for (const key of rows) {
    const subscription = await findSubscription(tx, key);
    if (subscription !== null) await endAtOnce(tx, subscription, { at });
  }
  return {};
}
