import type { BillingDeps } from '../deps.ts';
import { GatewayDeclinedError, GatewayRefusedError } from '../gateway.ts';
import {
  type Attempt,
  closeAttempt,
  confirmAttempt,
  findLiveAttempt,
  openAttempt,
  prepareIntent,
} from './attempts.ts';
import { NOT_VERIFIED, UNANSWERED } from './declines.ts';
import { cancelAttempt, cancelFailedIntents } from './failed-intents.ts';
import { type ConfirmedOrder, formatReference } from './order.ts';
import { declineOrder, leaveUnknown, recordOutcome } from './outcome.ts';
import { followRefusal } from './refusal.ts';
import { settleOrder } from './settle.ts';
import { abandonVerification } from './verification/abandon-verification.ts';
import { VERIFY_WITHIN_MS } from './verification/ask-to-verify.ts';

/**
 * Charges an order by card as far as it goes now: its live attempt, or the next one once nothing of those before it can be
 * paid any more (R15). Throws GatewayUnknownError and GatewayRefusedError where the processor gave no usable answer.
 * Applies R15.1.
 */
export async function payOrder(deps: BillingDeps, order: ConfirmedOrder): Promise<void> {
  const live = await findLiveAttempt(deps.db, order);
  if (order.verifyUntil !== null && order.state === 'needs_action') {
    if (order.verifyUntil <= deps.clock.now()) return await abandonVerification(deps, order, live);
    // Nothing is being paid: it waits for a person.
    if (live === null) return;
  }
  if (live !== null && order.state === 'confirmed' && live.state === 'needs_action')
    return await replaceAtBank(deps, order, live);
  if (live !== null && isLeftAtBank(live, deps.clock.now())) return await abandonAtBank(deps, order, live);
  await chargeAttempt(deps, order, live ?? (await openNext(deps, order)));
}

/** It was confirmed anew while the last attempt still waits at the bank: that one is cancelled before another opens. */
async function replaceAtBank(deps: BillingDeps, order: ConfirmedOrder, live: Attempt): Promise<void> {
  const given = await cancelAttempt(deps, order, live);
  if (given.state !== 'canceled') return await recordOutcome(deps, order, live, given);
  await replaceAttempt(deps, order, live, 'given_up');
}

/** Closes an attempt that has charged nothing and cannot any more, without a decline, and opens the next. */
async function replaceAttempt(
  deps: BillingDeps,
  order: ConfirmedOrder,
  attempt: Attempt,
  code: string,
): Promise<void> {
  const failure = { code, adviceCode: null, kind: 'given_up' } as const;
  await closeAttempt(deps.db, deps.clock.now(), attempt, failure);
  await chargeAttempt(deps, order, await openNext(deps, order));
}

/**
 * Opens the next attempt, once each one before is known to be canceled or never to have had an intent; until then the
 * order waits. Null where nothing was opened.
 */
async function openNext(deps: BillingDeps, order: ConfirmedOrder): Promise<Attempt | null> {
  const { paid, isClear } = await cancelFailedIntents(deps, order);
  if (paid !== null) await settleOrder(deps, order, paid);
  else if (isClear) return await openAttempt(deps, order);
  else await leaveUnknown(deps, order);
  return null;
}

/**
 * Whether the cardholder left the bank's page for a day (R11.10): then the attempt is cancelled, and the order may be tried
 * again.
 */
function isLeftAtBank(attempt: Attempt, now: Date): boolean {
  return attempt.state === 'needs_action' && now.getTime() - attempt.openedAt.getTime() >= VERIFY_WITHIN_MS;
}

async function abandonAtBank(deps: BillingDeps, order: ConfirmedOrder, attempt: Attempt): Promise<void> {
  const given = await cancelAttempt(deps, order, attempt);
  if (given.state !== 'canceled') return await recordOutcome(deps, order, attempt, given);
  await declineOrder(deps, order, attempt, { code: NOT_VERIFIED, adviceCode: null });
}

async function chargeAttempt(
  deps: BillingDeps,
  order: ConfirmedOrder,
  attempt: Attempt | null,
): Promise<void> {
  if (attempt === null) return;
  try {
    const prepared = await prepareIntent(deps, order, attempt);
    const intent = prepared === null ? null : await confirmAttempt(deps, order, prepared);
    if (intent !== null && intent.failureCode !== UNANSWERED)
      return await recordOutcome(deps, order, attempt, intent);
  } catch (error) {
    if (error instanceof GatewayDeclinedError) return await declineOrder(deps, order, attempt, error);
    if (!(error instanceof GatewayRefusedError)) throw error;
    deps.log.error({ err: error, reference: formatReference(order) }, 'the card processor refused a request');
    return await followRefusal(deps, order, attempt, error);
  }
  deps.log.warn(
    { reference: formatReference(order), attempt: attempt.number },
    'a payment attempt got no answer for 15 minutes and has charged nothing; the next one opens',
  );
  await replaceAttempt(deps, order, attempt, UNANSWERED);
}
