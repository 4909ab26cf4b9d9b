import type { BillingDeps } from '../../deps.ts';

/**
 * Recharges that wait as the processor refuses requests are tried as soon as no notice to the operator says so any more:
 * it was resolved by hand, or by another request that works again.
 */
export async function wakeRefused({ db, clock }: Pick<BillingDeps, 'db' | 'clock'>): Promise<void> {
  const now = clock.now();
  await db.$executeRaw`
    UPDATE purchase_order AS o SET retry_at = ${now}
    WHERE o.refused_since IS NOT NULL AND o.retry_at > ${now}
      AND NOT EXISTS (SELECT FROM operator_notice AS n WHERE n.kind = 'processor-refuses-requests' AND n.resolved_at IS NULL
        AND (n.company_id IS NULL OR n.company_id = o.company_id))`;
}
