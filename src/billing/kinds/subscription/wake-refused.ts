import type { BillingDeps } from '../../deps.ts';

/** Periods that wait as the processor refuses requests are paid as soon as no notice to the operator says so any more. */
export async function wakeRefusedPeriods({ db, clock }: Pick<BillingDeps, 'db' | 'clock'>): Promise<void> {
  const now = clock.now();
  await db.$executeRaw`
    UPDATE subscription_period AS p SET retry_at = ${now}
    FROM purchase_order AS o
    WHERE o.company_id = p.company_id AND o.id = p.order_id AND o.refused_since IS NOT NULL AND p.retry_at > ${now}
      AND NOT EXISTS (SELECT FROM operator_notice AS n WHERE n.kind = 'processor-refuses-requests' AND n.resolved_at IS NULL
        AND (n.company_id IS NULL OR n.company_id = o.company_id))`;
}
