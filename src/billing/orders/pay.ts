import { DAY_MS } from '../../durations.ts';
import type { BillingDeps } from '../deps.ts';
import { GatewayDeclinedError, GatewayRefusedError } from '../gateway.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import {
  type Attempt,
  closeAttempt,
  confirmAttempt,
  findLiveAttempt,
  openAttempt,
  prepareIntent,
} from './attempts.ts';
import { cancelFailedIntents, cancelKey } from './failed-intents.ts';
import { type ConfirmedOrder, formatReference } from './order.ts';
import { kindOf } from './order-kind.ts';
import { declineOrder, recordOutcome } from './outcome.ts';
import { followRefusal } from './refusal.ts';
import { settleOrder } from './settle.ts';
import { abandonVerification } from './verification/abandon-verification.ts';

const BANK_WAITS_MS = DAY_MS;

/**
 * Charges an order by card as far as it goes now: its live attempt, or the next one once nothing of those before it can be
 * paid any more (R15). Throws GatewayUnknownError and GatewayRefusedError where the processor gave no usable answer.
 */
export async function payOrder(deps: BillingDeps, order: ConfirmedOrder): Promise<void> {
  const live = await findLiveAttempt(deps.db, order);
  if (order.verifyUntil !== null && order.state === 'needs_action') {
    if (order.verifyUntil <= deps.clock.now()) return await abandonVerification(deps, order, live);
    // Nothing is being paid: it waits for a person.
    if (live === null) return;
  }
  if (live !== null && order.state === 'confirmed' && live.state === 'needs_action')
    return await replaceAttempt(deps, order, live);
  if (live !== null && isLeftAtBank(order, live, deps.clock.now()))
    return await abandonAtBank(deps, order, live);
  await chargeAttempt(deps, order, live ?? (await openNext(deps, order)));
}

/** It was confirmed anew while the last attempt still waits at the bank: that one is cancelled before another opens. */
async function replaceAttempt(deps: BillingDeps, order: ConfirmedOrder, live: Attempt): Promise<void> {
  const given = await cancelAtProcessor(deps, order, live);
  if (given.state !== 'canceled') return await recordOutcome(deps, order, live, given);
  const failure = { code: 'given_up', adviceCode: null, kind: 'given_up' } as const;
  await closeAttempt(deps.db, deps.clock.now(), live, failure);
  await chargeAttempt(deps, order, await openNext(deps, order));
}

/** Opens the next attempt; null where one before was paid all the same, or nothing is to be opened. */
async function openNext(deps: BillingDeps, order: ConfirmedOrder): Promise<Attempt | null> {
  const paid = await cancelFailedIntents(deps, order);
  if (paid === null) return await openAttempt(deps, order);
  await settleOrder(deps, order, paid);
  return null;
}

/** Without a buyer nobody opens the bank's page for long: such an attempt ends after a day. */
function isLeftAtBank(order: ConfirmedOrder, attempt: Attempt, now: Date): boolean {
  return (
    !kindOf(order).hasBuyer &&
    attempt.state === 'needs_action' &&
    now.getTime() - attempt.openedAt.getTime() > BANK_WAITS_MS
  );
}

async function abandonAtBank(deps: BillingDeps, order: ConfirmedOrder, attempt: Attempt): Promise<void> {
  const given = await cancelAtProcessor(deps, order, attempt);
  if (given.state !== 'canceled') return await recordOutcome(deps, order, attempt, given);
  const code = 'payment_intent_authentication_failure';
  await declineOrder(deps, order, attempt, { code, adviceCode: null });
}

async function cancelAtProcessor(deps: BillingDeps, order: ConfirmedOrder, attempt: Attempt) {
  const request = { intentId: attempt.intentId ?? '', key: cancelKey(order, attempt) };
  return await gatewayFor(deps, order.companyId).cancelIntent(request);
}

async function chargeAttempt(
  deps: BillingDeps,
  order: ConfirmedOrder,
  attempt: Attempt | null,
): Promise<void> {
  if (attempt === null) return;
  try {
    const intent = await confirmAttempt(deps, order, await prepareIntent(deps, order, attempt));
    await recordOutcome(deps, order, attempt, intent);
  } catch (error) {
    if (error instanceof GatewayDeclinedError) return await declineOrder(deps, order, attempt, error);
    if (!(error instanceof GatewayRefusedError)) throw error;
    deps.log.error({ err: error, reference: formatReference(order) }, 'the card processor refused a request');
    await followRefusal(deps, order, attempt, error);
  }
}
