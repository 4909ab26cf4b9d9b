import { randomUUID } from 'node:crypto';
import type { BillingDeps } from '../../../src/billing/index.ts';
import { openAttempt } from '../../../src/billing/orders/attempts.ts';
import { amountOf, type ConfirmedOrder, toConfirmed } from '../../../src/billing/orders/order.ts';
import { settleOrder } from '../../../src/billing/orders/settle.ts';
import { ensureCustomer } from '../../../src/billing/processor/customer.ts';
import type { JobHandlers } from '../../../src/queue/index.ts';

type Breakage = (deps: BillingDeps) => Pick<JobHandlers, 'advance-order'>;

async function readUnderWay(deps: BillingDeps, orderId: bigint): Promise<ConfirmedOrder | null> {
  const row = await deps.db.purchaseOrder.findFirst({
    where: { id: orderId, state: { in: ['confirmed', 'charging', 'unknown'] } },
  });
  return row === null ? null : toConfirmed(row);
}

async function chargeWithNewKey(deps: BillingDeps, order: ConfirmedOrder): Promise<void> {
  const card = await deps.db.card.findFirstOrThrow({
    where: { companyId: order.companyId, isDefault: true },
  });
  const intent = await deps.gateway.createIntent({
    customerId: await ensureCustomer(deps, order.companyId),
    cardId: card.processorId,
    amount: amountOf(order),
    description: 'Communications credits',
    reference: `${order.companyId}/${order.id}/1`,
    receiptEmail: null,
    requestId: null,
    key: randomUUID(),
  });
  await deps.gateway.confirmIntent({
    intentId: intent.id,
    returnUrl: 'http://127.0.0.1/',
    offSession: false,
    key: randomUUID(),
  });
}

/** Ways to break the purchase that the crash proof must catch; each is a mistake that somebody makes somewhere. */
export const sabotages: Record<string, Breakage> = {
  /** A new idempotency key at each try, and no look at what the last try led to: a kill after the charge doubles it. */
  'key-per-try': (deps) => ({
    async 'advance-order'({ orderId }) {
      const order = await readUnderWay(deps, orderId);
      if (order === null) return;
      await chargeWithNewKey(deps, order);
      await settleOrder(deps, order, null);
    },
  }),
  /** The credit first, the charge after it: a kill in between gives credits away. */
  'credit-before-charge': (deps) => ({
    async 'advance-order'({ orderId }) {
      const order = await readUnderWay(deps, orderId);
      if (order === null) return;
      await openAttempt(deps, order);
      await settleOrder(deps, order, null);
      await chargeWithNewKey(deps, order);
    },
  }),
};
