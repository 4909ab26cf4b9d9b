import type { Tx } from '../db/index.ts';
import { fromMicros } from '../money.ts';
import { type Company, recordAudit } from '../org/index.ts';
import { enqueueAdvance } from './order-jobs.ts';
import { keyOf, type OrderRow } from './order-rows.ts';
import { readPayBy } from './pay-by.ts';
import type { BillingDeps } from './types.ts';

/** How long after a claim the sweeper looks whether its job was lost. */
const FIRST_LOOK_MS = 10_000;

export interface Claim {
  company: Company;
  /** `TEAM/USER` of whoever's click this is, and what it did. */
  actor: string;
  action: 'purchase-confirmed' | 'purchase-approved';
  viewId: string | null;
  at: Date;
}

/**
 * Fixes how an order is paid and has it charged. The caller holds the company's lock, found the order in a state that
 * may be claimed, and asked everything that may stand against it.
 */
export async function claimOrder(
  deps: BillingDeps,
  tx: Tx,
  order: OrderRow,
  claim: Claim,
): Promise<OrderRow> {
  const { at } = claim;
  const { payBy, cardId } = await readPayBy(tx, claim.company, at);
  const claimed = await tx.purchaseOrder.update({
    where: keyOf(order),
    data: {
      state: 'confirmed',
      method: payBy.method,
      cardId,
      viewId: claim.viewId,
      confirmedAt: at,
      failureCode: null,
      looks: 0,
      nextLookAt: new Date(at.getTime() + FIRST_LOOK_MS),
    },
  });
  await recordAudit(tx, {
    companyId: order.companyId,
    at,
    actor: claim.actor,
    surface: 'slack',
    action: claim.action,
    details: {
      order: order.id.toString(),
      amount: fromMicros(order.amountMicros ?? 0n).toFixed(2),
      method: payBy.method,
    },
  });
  await enqueueAdvance(tx, claimed);
  deps.log.info({ order: order.id.toString(), company: order.companyId.toString() }, claim.action);
  return claimed;
}
