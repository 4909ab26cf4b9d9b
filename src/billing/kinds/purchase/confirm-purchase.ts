import { inTransaction, type Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { actorOf, isCompanyAdmin, lockForPerson, type Person } from '../../../org/index.ts';
import { askApproval } from '../../approvals/ask-approval.ts';
import type { BillingDeps } from '../../deps.ts';
import { judgeAgain } from '../../orders/judge-again.ts';
import {
  amountOf,
  keyOf,
  type OrderRow,
  type PricedOrder,
  toConfirmed,
  toPriced,
} from '../../orders/order.ts';
import { type OrderLine, readLines, toWanted } from '../../orders/order-lines.ts';
import { abandonOldDrafts } from '../../orders/poll.ts';
import type { Shown } from '../../orders/review-mark.ts';
import { type Claim, claimPurchase } from './claim-purchase.ts';
import { describeOrder, findOwnOrder } from './describe-order.ts';
import { readCharge } from './read-charge.ts';
import { assertMayBuy, describeReview } from './review-purchase.ts';
import type { OrderFacts, OtherPurchase, PurchaseReview } from './types.ts';

export type ConfirmOutcome =
  | { outcome: 'confirmed' | 'already'; order: OrderFacts }
  | { outcome: 'review-again'; review: PurchaseReview };

/**
 * Claims the reviewed purchase and enqueues its charge in one transaction, so that the click survives anything
 * that happens after this returns. The claim is one-shot: a second click, a redelivery, a second window get
 * `already` and the order as it stands. What is charged is what the click confirms: where the amounts, the offices, the
 * card or whether a second admin is asked is not as the form showed it, or another person's purchase of the same credits
 * was confirmed after the review, nothing is claimed and the review comes back as it is now. Above the approval limit it
 * is not charged but waits for a second admin (R9).
 * Throws what `reviewPurchase` throws, `order-not-reviewed`, and those of `askApproval`.
 */
export async function confirmPurchase(
  deps: BillingDeps,
  person: Person,
  shown: Shown,
  surface: { viewId: string },
): Promise<ConfirmOutcome> {
  const at = deps.clock.now();
  const done = await judgeAgain(() =>
    inTransaction(deps.db, async (tx) => {
      const buyer = await lockForPerson(tx, person);
      const found = await findOwnOrder(tx, buyer, shown.token);
      if (found.state !== 'draft') return { outcome: 'already', order: found, buyer } as const;
      // The sweep may not have run for a while: its age counts, not when that comes to it.
      const [abandoned] = await abandonOldDrafts(tx, at, found);
      if (abandoned !== undefined) return { outcome: 'already', order: abandoned, buyer } as const;
      if (found.amountMicros === null || found.reviewedAt === null) {
        throw new RefillError('order-not-reviewed', 'Choose an amount and review it first.');
      }
      const order = toPriced(found);
      const lines = await readLines(tx, order);
      await assertMayBuy(tx, buyer, { lines: toWanted(lines), cardId: order.cardId }, at);
      const meanwhile = await findMeanwhile(tx, order, lines, found.reviewedAt);
      const charge = await readCharge(tx, buyer.company, order, at);
      const isChanged = charge.mark !== shown.mark;
      if (isChanged || meanwhile.length > 0) {
        await tx.purchaseOrder.update({ where: keyOf(order), data: { reviewedAt: at } });
        const review = await describeReview(tx, buyer, order, { at, meanwhile, isChanged });
        return { outcome: 'review-again', review } as const;
      }
      const claimed = await claimOrAsk(deps, tx, { buyer, order, charge, at, ...surface });
      return { outcome: 'confirmed', order: claimed, buyer } as const;
    }),
  );
  if (done.outcome === 'review-again') return done;
  return { outcome: done.outcome, order: await describeOrder(deps, done.order, done.buyer) };
}

/**
 * Tries a declined purchase, or one left waiting at the bank, again: on the company's present default card, or on the card that
 * a company admin chose for it, which stays what it is otherwise.
 * The same one-shot rule as a first confirmation: where the click does not know how it would be paid now, nothing is
 * claimed and the order comes back with that (`review-again`). The try before is given up at the processor first (R15).
 */
export async function retryPurchase(
  deps: BillingDeps,
  person: Person,
  shown: Shown & { cardId?: bigint },
  surface: { viewId: string },
): Promise<{ outcome: 'confirmed' | 'already' | 'review-again'; order: OrderFacts }> {
  const at = deps.clock.now();
  const { buyer, ...done } = await judgeAgain(() =>
    inTransaction(deps.db, async (tx) => {
      const now = await lockForPerson(tx, person);
      const found = await findOwnOrder(tx, now, shown.token);
      if (found.state !== 'declined' && found.state !== 'needs_action')
        return { outcome: 'already', order: found, buyer: now } as const;
      const order = toConfirmed(found);
      const hasChosenCard = shown.cardId !== undefined;
      await assertMayBuy(tx, now, { lines: toWanted(await readLines(tx, order)), order, hasChosenCard }, at);
      if (hasChosenCard && !isCompanyAdmin(now))
        throw new RefillError('not-allowed', 'Only company admins choose another card.');
      const charge = await readCharge(tx, now.company, order, at, shown.cardId);
      // A second admin approves a payment as the company pays, not with a card chosen for it.
      if (charge.mark !== shown.mark || (charge.asks && hasChosenCard))
        return { outcome: 'review-again', order, buyer: now } as const;
      const claimed = await claimOrAsk(deps, tx, { buyer: now, order, charge, at, ...surface });
      return { outcome: 'confirmed', order: claimed, buyer: now } as const;
    }),
  );
  return { outcome: done.outcome, order: await describeOrder(deps, done.order, buyer) };
}

interface Judged {
  buyer: Person;
  order: PricedOrder;
  charge: Awaited<ReturnType<typeof readCharge>>;
  at: Date;
  viewId: string;
}

/** Charges the purchase, or asks a second admin first where its amount needs approval and none approved it before. */
async function claimOrAsk(deps: BillingDeps, tx: Tx, judged: Judged): Promise<PricedOrder> {
  const { buyer, order, charge, at, viewId } = judged;
  if (charge.asks) return await askApproval(tx, buyer, order, { viewId }, at);
  const { payment } = charge;
  const claim: Claim = { payment, actor: actorOf(buyer), action: 'purchase-confirmed', viewId, at };
  return await claimPurchase(deps, tx, order, claim);
}

/** Other purchases that add to some of the same credits, confirmed since. */
async function findMeanwhile(
  tx: Tx,
  order: OrderRow,
  lines: readonly OrderLine[],
  since: Date,
): Promise<OtherPurchase[]> {
  const others = await tx.purchaseOrder.findMany({
    where: {
      companyId: order.companyId,
      orderLines: { some: { OR: lines.map(({ officeId }) => ({ officeId })) } },
      id: { not: order.id },
      kind: 'purchase',
      confirmedAt: { gte: since },
      state: { notIn: ['declined', 'abandoned'] },
    },
    orderBy: { confirmedAt: 'asc' },
  });
  return others.map((other) => ({
    userId: other.userId,
    amount: amountOf(toPriced(other)),
    at: other.confirmedAt ?? since,
  }));
}
