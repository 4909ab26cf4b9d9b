import { raiseOperatorNotice } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { gatewayFor } from './company-gateway.ts';

/**
 * Tells the operator that a card network warns of one of our payments, also of a card's check: a refund may spare a
 * dispute. Warnings of others' payments are ignored.
 */
export async function reportFraudWarning(deps: BillingDeps, warningId: string): Promise<void> {
  const { intentId, fraudType, isActionable } = await gatewayFor(deps, null).findFraudWarning(warningId);
  if (intentId === null) return;
  const payment =
    (await deps.db.paymentAttempt.findUnique({ where: { intentId } })) ??
    (await deps.db.cardCheck.findFirst({ where: { intentId } }));
  if (payment === null) return;
  await raiseOperatorNotice(deps.db, {
    kind: 'early-fraud-warning',
    companyId: payment.companyId,
    subject: intentId,
    details: { warning: warningId, fraudType, isActionable },
    at: deps.clock.now(),
  });
}
