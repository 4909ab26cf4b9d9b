import type { Tx } from '../../db/index.ts';
import { SECOND_MS } from '../../durations.ts';
import { fromMicros } from '../../money.ts';
import { recordAudit, userOf } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { changedMeanwhile } from './judge-again.ts';
import { nameCard, type OrderRow } from './order.ts';
import { enqueueAdvance } from './order-jobs.ts';
import type { OrderState } from './order-state.ts';
import type { Payment } from './review-mark.ts';

/** How long after a claim the sweeper looks whether its job was lost. */
const FIRST_LOOK_MS = 10 * SECOND_MS;

export interface Claim {
  /** As it was judged. */
  payment: Payment;
  /** `TEAM/USER` of whoever's click this is, and what it did. */
  actor: string;
  action: 'purchase-confirmed' | 'purchase-approved';
  viewId: string | null;
  at: Date;
}

/**
 * Fixes how an order is paid and has it charged. The caller holds the company's lock and judged this version of the
 * order and this payment; what changed since in any way is not claimed. Throws RefillError `changed-meanwhile`.
 */
export async function claimOrder(
  deps: Pick<BillingDeps, 'log'>,
  tx: Tx,
  order: OrderRow,
  claim: Claim,
): Promise<OrderRow> {
  const { at, payment } = claim;
  const claimed = await moveOrder(tx, order, {
    state: 'confirmed',
    method: payment.payBy.method,
    cardId: payment.cardId,
    viewId: claim.viewId,
    confirmedAt: at,
    failureCode: null,
    looks: 0,
    nextLookAt: new Date(at.getTime() + FIRST_LOOK_MS),
  });
  await recordAudit(tx, {
    companyId: claimed.companyId,
    at,
    actor: claim.actor,
    surface: userOf(claim.actor) === null ? 'operator' : 'slack',
    action: claim.action,
    details: {
      order: claimed.id.toString(),
      version: claimed.version,
      amount: fromMicros(claimed.amountMicros ?? 0n).toFixed(2),
      method: claimed.method,
      card: await nameCard(tx, claimed),
    },
  });
  await enqueueAdvance(tx, claimed);
  deps.log.info({ order: order.id.toString(), company: order.companyId.toString() }, claim.action);
  return claimed;
}

/**
 * Moves the order that was judged to another state; returns it as it is then. Throws RefillError `changed-meanwhile` where
 * it is not that version any more.
 */
export async function moveOrder(
  tx: Tx,
  judged: OrderRow,
  data: { state: OrderState } & Parameters<Tx['purchaseOrder']['updateMany']>[0]['data'],
): Promise<OrderRow> {
  const { companyId, id, state, version, amountMicros, officeId } = judged;
  const [moved] = await tx.purchaseOrder.updateManyAndReturn({
    where: { companyId, id, state, version, amountMicros, officeId },
    data,
  });
  if (moved === undefined) throw changedMeanwhile('The purchase');
  return moved;
}
