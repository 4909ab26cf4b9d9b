import type { BillingDeps } from '../deps.ts';
import { GatewayRefusedError, GatewayUnknownError, type Intent } from '../gateway.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { type Attempt, findLiveAttempt } from './attempts.ts';
import { type Failure, PROCESSOR_REFUSED } from './declines.ts';
import { cancelAttempt, cancelFailedIntents } from './failed-intents.ts';
import { adoptLostIntent } from './lost-intents.ts';
import { type ConfirmedOrder, formatReference } from './order.ts';

/**
 * Whether an order whose outcome was not known is paid, as the processor says. `unpaid`: nothing of it was charged, and
 * nothing can be any more; `isDecline`: its bank said so. `open`: that is not known yet.
 */
export type PaymentFinding =
  | { state: 'paid'; attempt: Attempt }
  | { state: 'unpaid'; failure: Failure; isDecline: boolean }
  | { state: 'open' };

const NOT_CHARGED: PaymentFinding = {
  state: 'unpaid',
  failure: { code: PROCESSOR_REFUSED, adviceCode: null },
  isDecline: false,
};

/**
 * Asks the processor for the state of an order’s payment, and charges nothing. With `cancels`, an intent that is not
 * charged is canceled, so that nothing can charge it any more; without, it counts as open. Without a usable answer it is
 * open.
 */
export async function pollPayment(
  deps: BillingDeps,
  order: ConfirmedOrder,
  { cancels }: { cancels: boolean },
): Promise<PaymentFinding> {
  try {
    const live = await findLiveAttempt(deps.db, order);
    if (live !== null) return await pollAttempt(deps, order, live, cancels);
    const { paid, isClear } = await cancelFailedIntents(deps, order);
    if (paid !== null) return { state: 'paid', attempt: paid };
    return isClear ? NOT_CHARGED : { state: 'open' };
  } catch (error) {
    if (!(error instanceof GatewayUnknownError || error instanceof GatewayRefusedError)) throw error;
    deps.log.warn(
      { err: error, reference: formatReference(order) },
      'the card processor does not say what became of a payment',
    );
    return { state: 'open' };
  }
}

async function pollAttempt(
  deps: BillingDeps,
  order: ConfirmedOrder,
  live: Attempt,
  cancels: boolean,
): Promise<PaymentFinding> {
  const attempt = live.intentId === null ? await adoptLostIntent(deps, live) : live;
  // Without an intent nothing was ever charged.
  if (attempt === null) return NOT_CHARGED;
  const known = await gatewayFor(deps, order.companyId).findIntent(attempt.intentId ?? '');
  const isUncharged = known.state === 'unconfirmed' || known.state === 'needs_action';
  const intent = isUncharged && cancels ? await cancelAttempt(deps, order, attempt) : known;
  return toFinding(attempt, intent);
}

function toFinding(attempt: Attempt, { state, failureCode, adviceCode }: Intent): PaymentFinding {
  if (state === 'succeeded') return { state: 'paid', attempt };
  if (state === 'canceled') return NOT_CHARGED;
  if (state !== 'failed') return { state: 'open' };
  const failure = { code: failureCode ?? 'card_declined', adviceCode };
  return { state: 'unpaid', failure, isDecline: true };
}
