import type { Tx } from '../../../db/index.ts';
import type { SubscriptionRow } from './subscription.ts';

/** Ends a subscription; what was credited stays until its period is over. */
export async function endSubscription(tx: Tx, subscription: SubscriptionRow, at: Date): Promise<void> {
  await tx.subscription.update({
    where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
    data: { state: 'ended', endedAt: at },
  });
}
