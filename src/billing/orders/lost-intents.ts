import { MINUTE_MS } from '../../durations.ts';
import type { BillingDeps } from '../deps.ts';
import type { Intent } from '../gateway.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { type Attempt, keyOfAttempt } from './attempts.ts';

/** How long an attempt's requests are repeated while none of them gets a usable answer. */
const REPEATED_FOR_MS = 15 * MINUTE_MS;
/** The processor's clock may be behind ours by so much. */
const MAX_CLOCK_SKEW_MS = 5 * MINUTE_MS;

/**
 * What the processor keeps as the reference of an attempt's intent. No two attempts have the same.
 */
export function referenceOf({ companyId, orderId, number }: Attempt): string {
  return `${companyId}/${orderId}/${number}`;
}

/** Whether an attempt has had no usable answer for so long that another is to take its place (R15). Applies R15.8. */
export function isOverdue({ unknownSince }: Attempt, now: Date): boolean {
  return unknownSince !== null && now.getTime() - unknownSince.getTime() >= REPEATED_FOR_MS;
}

/**
 * The intent of an attempt whose creation got no usable answer: the one with its reference among those of the company's
 * customer since the attempt opened. The list is complete at once; the processor's search lags. Null where there is none.
 * Applies R15.6.
 */
export async function findLostIntent(deps: BillingDeps, attempt: Attempt): Promise<Intent | null> {
  const { companyId, openedAt } = attempt;
  const customer = await deps.db.processorCustomer.findUnique({ where: { companyId } });
  // Without a customer no intent was ever asked for.
  if (customer === null) return null;
  const since = new Date(openedAt.getTime() - MAX_CLOCK_SKEW_MS);
  const listed = await gatewayFor(deps, companyId).listIntents({ customerId: customer.customerId, since });
  return listed.find(({ reference }) => reference === referenceOf(attempt)) ?? null;
}

/** The attempt with the lost intent as its own; null where there is none, and nothing can have been charged. */
export async function adoptLostIntent(deps: BillingDeps, attempt: Attempt): Promise<Attempt | null> {
  const lost = await findLostIntent(deps, attempt);
  if (lost === null) return null;
  return await deps.db.paymentAttempt.update({
    where: keyOfAttempt(attempt),
    data: { intentId: lost.id },
  });
}
