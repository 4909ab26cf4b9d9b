import { backoffMs } from '../../../backoff.ts';
import { inTransaction } from '../../../db/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, WEEK_MS } from '../../../durations.ts';
import { lockCompany } from '../../../org/index.ts';
import type { JobPayload } from '../../../queue/index.ts';
import type { BillingDeps } from '../../deps.ts';
import {
  GatewayDeclinedError,
  GatewayRefusedError,
  GatewayUnknownError,
  type Intent,
} from '../../gateway.ts';
import type { Failure } from '../../orders/declines.ts';
import { announce } from '../../orders/moments.ts';
import { gatewayFor } from '../../processor/company-gateway.ts';
import { returnAddress } from '../../processor/return-address.ts';
import type { CheckRow } from '../card.ts';
import { notifyCard } from '../notify-card.ts';
import { storeStatement } from './check-code.ts';
import { enqueueCheck, enqueueShowCheck } from './check-jobs.ts';
import { ensureCheckIntent } from './ensure-intent.ts';

const BACKOFF = { initialMs: 5 * SECOND_MS, maxMs: 10 * MINUTE_MS };
/** How long a check waits that the processor refused for a reason that is not a bank's. */
const REFUSED_WAIT_MS = HOUR_MS;
/** Nobody answered: the charge is given back (R13). */
const CHECK_ANSWER_WITHIN_MS = WEEK_MS;

/**
 * Moves a check as far as it goes now: makes its small charge, gives it back, or cancels what failed. Like a purchase's payment it writes
 * each step down before the next and asks first what the last one led to, so it may be killed and run again (R15).
 */
export async function advanceCheck(
  deps: BillingDeps,
  { companyId, checkId }: JobPayload<'advance-card-check'>,
): Promise<void> {
  const check = await deps.db.cardCheck.findUnique({
    where: { companyId_id: { companyId, id: checkId } },
  });
  if (check === null) return;
  try {
    if (check.state === 'charging' || check.state === 'needs_action') await charge(deps, check);
    else if (check.state === 'failed') await withdraw(deps, check);
    else if (check.chargedAt !== null && check.resolvedAt !== null && check.refundedAt === null)
      await refund(deps, check);
  } catch (error) {
    // Our key, our account: the card is not at fault and stays, and the operator is told.
    if (error instanceof GatewayRefusedError) return await pollLater(deps, check, REFUSED_WAIT_MS);
    if (!(error instanceof GatewayUnknownError)) throw error;
    deps.log.warn({ err: error, check: checkId.toString() }, 'the card processor gave no answer to a check');
    await pollLater(deps, check);
  }
}

async function charge(deps: BillingDeps, check: CheckRow): Promise<void> {
  try {
    await record(deps, check, await confirm(deps, check, await ensureCheckIntent(deps, check)));
  } catch (error) {
    if (!(error instanceof GatewayDeclinedError)) throw error;
    await fail(deps, check, error);
  }
}

async function confirm(deps: BillingDeps, check: CheckRow, intentId: string): Promise<Intent> {
  const gateway = gatewayFor(deps, check.companyId);
  if (check.confirmingAt !== null) {
    const known = await gateway.findIntent(intentId);
    if (known.state !== 'unconfirmed') return known;
  }
  await deps.db.cardCheck.update({
    where: { token: check.token },
    data: { confirmingAt: deps.clock.now() },
  });
  return await gateway.confirmIntent({
    intentId,
    returnUrl: returnAddress(deps, '/billing/return'),
    // Who added the card has just said that it is theirs.
    offSession: false,
    key: `${check.token}-confirm`,
  });
}

async function record(deps: BillingDeps, check: CheckRow, intent: Intent): Promise<void> {
  if (intent.state === 'failed' || intent.state === 'canceled') {
    const { failureCode, adviceCode } = intent;
    return await fail(deps, check, { code: failureCode ?? 'card_declined', adviceCode });
  }
  if (intent.state === 'succeeded') return await recordCharge(deps, check, intent.id);
  if (intent.state === 'needs_action') {
    await inTransaction(deps.db, async (tx) => {
      const { count } = await tx.cardCheck.updateMany({
        where: { token: check.token, state: 'charging' },
        data: { state: 'needs_action', actionUrl: intent.actionUrl },
      });
      if (count > 0) await enqueueShowCheck(tx, check);
    });
  }
  await pollLater(deps, check);
}

/** It is charged: from now on its amount, or the code on its statement, is asked for. */
async function recordCharge(deps: BillingDeps, check: CheckRow, intentId: string): Promise<void> {
  const descriptor = await gatewayFor(deps, check.companyId).findStatementDescriptor(intentId);
  await inTransaction(deps.db, async (tx) => {
    const at = deps.clock.now();
    // Read anew: whether it has a code was decided since, with its intent.
    const { statementEncrypted } = await tx.cardCheck.findUniqueOrThrow({ where: { token: check.token } });
    const { count } = await tx.cardCheck.updateMany({
      where: { token: check.token, state: { in: ['charging', 'needs_action'] } },
      data: {
        state: 'waiting',
        chargedAt: at,
        actionUrl: null,
        nextPollAt: new Date(at.getTime() + CHECK_ANSWER_WITHIN_MS),
        pollCount: 0,
        ...storeStatement(deps.secrets, { token: check.token, statementEncrypted }, descriptor),
      },
    });
    if (count > 0) await enqueueShowCheck(tx, check);
  });
}

/** The bank said no to the small charge: nothing was taken, and the card stays unconfirmed. */
async function fail(deps: BillingDeps, check: CheckRow, { code }: Failure): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, check.companyId);
    const at = deps.clock.now();
    const { count } = await tx.cardCheck.updateMany({
      where: { token: check.token, state: { in: ['charging', 'needs_action'] } },
      data: {
        state: 'failed',
        failureCode: code,
        resolvedAt: at,
        nextPollAt: at,
        actionUrl: null,
        statementEncrypted: null,
      },
    });
    if (count === 0) return;
    await enqueueCheck(tx, check);
    const card = await tx.card.update({
      where: { companyId_id: { companyId: check.companyId, id: check.cardId } },
      data: { removedAt: at },
    });
    const waiting = (await announce('cardCheckFailed', tx, { companyId: check.companyId, at })).flat();
    await notifyCard(tx, card, check, 'failed', at, { failureCode: code, waiting });
    await enqueueShowCheck(tx, check);
  });
}

/** An intent that failed can be paid by nothing any more (R15). */
async function withdraw(deps: BillingDeps, check: CheckRow): Promise<void> {
  const { intentId, token, nextPollAt } = check;
  if (nextPollAt === null) return;
  if (intentId !== null && !(await isCanceled(deps, check, intentId))) return await pollLater(deps, check);
  await deps.db.cardCheck.update({ where: { token }, data: { nextPollAt: null } });
}

async function isCanceled(deps: BillingDeps, check: CheckRow, intentId: string): Promise<boolean> {
  try {
    // A key of its own each time: the processor would repeat the answer of a time when it could not be cancelled.
    const key = `${check.token}-cancel-${check.pollCount}`;
    const intent = await gatewayFor(deps, check.companyId).cancelIntent({ intentId, key });
    return intent.state === 'canceled';
  } catch (error) {
    if (error instanceof GatewayRefusedError && error.code === 'resource_missing') return true;
    throw error;
  }
}

async function refund(deps: BillingDeps, check: CheckRow): Promise<void> {
  if (check.intentId === null) return;
  await gatewayFor(deps, check.companyId).refundIntent({
    intentId: check.intentId,
    key: `${check.token}-refund`,
  });
  await deps.db.cardCheck.update({
    where: { token: check.token },
    data: { refundedAt: deps.clock.now(), nextPollAt: null },
  });
}

async function pollLater(deps: BillingDeps, check: CheckRow, fixedMs?: number): Promise<void> {
  const waitMs = fixedMs ?? backoffMs(check.pollCount, BACKOFF);
  await deps.db.cardCheck.update({
    where: { token: check.token },
    data: { pollCount: { increment: 1 }, nextPollAt: new Date(deps.clock.now().getTime() + waitMs) },
  });
}
