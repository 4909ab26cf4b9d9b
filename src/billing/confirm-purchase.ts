import { inTransaction, type Tx } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { fromMicros } from '../money.ts';
import { actorOf, canBuyFor, lockCompany, type Person } from '../org/index.ts';
import { askApproval } from './approval/ask-approval.ts';
import { needsApproval } from './approval/needs-approval.ts';
import { type Claim, claimOrder } from './claim-order.ts';
import { describeOrder, findOwnOrder, keyOf, type OrderRow, scopeOf } from './order-rows.ts';
import { assertMayBuy, describeReview } from './review-purchase.ts';
import type { BillingDeps, OrderFacts, OtherPurchase, PurchaseReview } from './types.ts';

export type ConfirmOutcome =
  | { outcome: 'confirmed' | 'already'; order: OrderFacts }
  | { outcome: 'review-again'; review: PurchaseReview };

/**
 * Claims the reviewed purchase and enqueues its charge in one transaction, so that the click survives anything
 * that happens after this returns. The claim is one-shot: a second click, a redelivery, a second window get
 * `already` and the order as it stands. Where somebody else's purchase of the same credits was confirmed after
 * this one was reviewed, nothing is claimed and the review comes back with it. Above the approval limit it is not
 * charged but waits for a second admin (R9).
 * Throws what `reviewPurchase` throws, `order-not-reviewed`, and those of `askApproval`.
 */
export async function confirmPurchase(
  deps: BillingDeps,
  person: Person,
  token: string,
  surface: { viewId: string },
): Promise<ConfirmOutcome> {
  const at = deps.clock.now();
  const claim = await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const order = await findOwnOrder(tx, person, token);
    if (order.state !== 'draft') return { outcome: 'already', order } as const;
    if (order.amountMicros === null || order.reviewedAt === null) {
      throw new RefillError('order-not-reviewed', 'Choose an amount and review it first.');
    }
    await assertMayBuy(tx, person, { scope: scopeOf(order), amount: fromMicros(order.amountMicros) }, at);
    const meanwhile = await findMeanwhile(tx, order, order.reviewedAt);
    if (meanwhile.length > 0) {
      await tx.purchaseOrder.update({ where: keyOf(order), data: { reviewedAt: at } });
      return { outcome: 'review-again', order, meanwhile } as const;
    }
    return { outcome: 'confirmed', order: await claimOrAsk(deps, tx, person, order, surface, at) } as const;
  });
  if (claim.outcome === 'review-again') {
    const purchase = {
      token,
      scope: scopeOf(claim.order),
      amount: fromMicros(claim.order.amountMicros ?? 0n),
    };
    return { outcome: 'review-again', review: await describeReview(deps, person, purchase, claim.meanwhile) };
  }
  return { outcome: claim.outcome, order: await describeOrder(deps, claim.order, person) };
}

/**
 * Tries a declined purchase, or one left waiting at the bank, again on the company's present default card.
 * The same one-shot rule as a first confirmation. The try before is given up at the processor first (R15).
 */
export async function retryPurchase(
  deps: BillingDeps,
  person: Person,
  token: string,
  surface: { viewId: string },
): Promise<{ outcome: 'confirmed' | 'already'; order: OrderFacts }> {
  const at = deps.clock.now();
  const claim = await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const order = await findOwnOrder(tx, person, token);
    if (order.state !== 'declined' && order.state !== 'needs_action')
      return { outcome: 'already', order } as const;
    const choice = { scope: scopeOf(order), amount: fromMicros(order.amountMicros ?? 0n) };
    if (order.state === 'declined') {
      await assertMayBuy(tx, person, choice, at);
      return { outcome: 'confirmed', order: await claimOrAsk(deps, tx, person, order, surface, at) } as const;
    }
    if (!canBuyFor(person, choice.scope))
      throw new RefillError('not-allowed', 'Only admins can add credits there.');
    return {
      outcome: 'confirmed',
      order: await claimOrder(deps, tx, order, claimBy(person, surface, at)),
    } as const;
  });
  return { outcome: claim.outcome, order: await describeOrder(deps, claim.order, person) };
}

/** Charges it, or asks a second admin first where the amount wants one and none said yes to this purchase before. */
async function claimOrAsk(
  deps: BillingDeps,
  tx: Tx,
  person: Person,
  order: OrderRow,
  surface: { viewId: string },
  at: Date,
): Promise<OrderRow> {
  const asks =
    needsApproval(person.company, fromMicros(order.amountMicros ?? 0n)) &&
    (await tx.approval.count({ where: { companyId: order.companyId, orderId: order.id } })) === 0;
  return asks
    ? await askApproval(tx, person, order, surface, at)
    : await claimOrder(deps, tx, order, claimBy(person, surface, at));
}

function claimBy(person: Person, { viewId }: { viewId: string }, at: Date): Claim {
  const actor = actorOf(person);
  return { company: person.company, actor, action: 'purchase-confirmed', viewId, at };
}

async function findMeanwhile(tx: Tx, order: OrderRow, since: Date): Promise<OtherPurchase[]> {
  const others = await tx.purchaseOrder.findMany({
    where: {
      companyId: order.companyId,
      officeId: order.officeId,
      id: { not: order.id },
      kind: 'purchase',
      confirmedAt: { gte: since },
      state: { notIn: ['declined', 'abandoned'] },
    },
    orderBy: { confirmedAt: 'asc' },
  });
  return others.map((other) => ({
    userId: other.userId,
    amount: fromMicros(other.amountMicros ?? 0n),
    at: other.confirmedAt ?? since,
  }));
}
