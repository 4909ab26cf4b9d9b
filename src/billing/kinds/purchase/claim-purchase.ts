import type { Tx } from '../../../db/index.ts';
import { recordAudit, userOf } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { confirmOrder } from '../../orders/confirm.ts';
import { amountText, type ConfirmedOrder, nameCard, type PricedOrder } from '../../orders/order.ts';
import type { Payment } from '../../orders/review-mark.ts';

export interface Claim {
  /** As it was judged. */
  payment: Payment;
  /** `TEAM/USER` of whose click this is, or `operator`, and what it did. */
  actor: string;
  action: 'purchase-confirmed' | 'purchase-approved';
  viewId: string | null;
  at: Date;
}

/**
 * Fixes how a purchase is paid and has it charged. The caller holds the company's lock and judged this version of the
 * order and this payment; what changed since in any way is not claimed. Throws RefillError `changed-meanwhile`.
 * Applies R9.2.
 */
export async function claimPurchase(
  deps: Pick<BillingDeps, 'log'>,
  tx: Tx,
  order: PricedOrder,
  claim: Claim,
): Promise<ConfirmedOrder> {
  const { at, payment } = claim;
  const { cardId, payBy } = payment;
  const paid = { method: payBy.method, cardId, viewId: claim.viewId, confirmedAt: at, failureCode: null };
  const claimed = await confirmOrder(tx, order, paid, at);
  await recordAudit(tx, {
    companyId: claimed.companyId,
    at,
    actor: claim.actor,
    surface: userOf(claim.actor) === null ? 'operator' : 'slack',
    action: claim.action,
    details: {
      order: claimed.id.toString(),
      version: claimed.version,
      amount: amountText(claimed),
      method: claimed.method,
      card: await nameCard(tx, claimed),
    },
  });
  deps.log.info({ order: order.id.toString(), company: order.companyId.toString() }, claim.action);
  return claimed;
}
