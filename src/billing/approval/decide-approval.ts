import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromMicros } from '../../money.ts';
import { canBuyFor, findPerson, listBuyersFor, type Person } from '../../org/index.ts';
import { claimOrder } from '../claim-order.ts';
import { keyOf, lockCompany, type OrderRow, scopeOf } from '../order-rows.ts';
import { assertMayBuy } from '../review-purchase.ts';
import type { ApprovalFacts, BillingDeps } from '../types.ts';
import { closeApproval } from './close-approval.ts';
import { describeApproval } from './read-approval.ts';

export interface ApprovalOutcome {
  /** `already`: somebody was first, or its time is over; the facts say who and when. */
  outcome: 'decided' | 'already';
  approval: ApprovalFacts;
}

/**
 * A second admin's answer (R9). One-shot: of two clicks the first counts, the other gets `already`. Who decides must
 * be able to buy for these credits themselves, and is never who asked. A yes asks again, under the company's lock,
 * whatever may stand against the purchase, and then charges it the way every purchase is charged; a no charges nothing.
 * Throws RefillError `approval-unknown`, `not-approver`, `approver-is-requester`, `requester-may-not` (whoever asked
 * may not buy there any more), and what `reviewPurchase` throws; the question stays open then.
 */
export async function decideApproval(
  deps: BillingDeps,
  person: Person,
  token: string,
  answer: 'approved' | 'declined',
): Promise<ApprovalOutcome> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const found = await tx.approval.findFirst({ where: { token, companyId: person.company.id } });
    if (found === null) throw new RefillError('approval-unknown', 'That question is not known any more.');
    const order = await tx.purchaseOrder.findUniqueOrThrow({
      where: keyOf({ companyId: found.companyId, id: found.orderId }),
    });
    if (!canBuyFor(person, scopeOf(order))) {
      throw new RefillError('not-approver', 'Only admins who may add these credits decide.', {
        approvers: (await listBuyersFor(tx, person.company, scopeOf(order))).filter(
          (userId) => userId !== order.userId,
        ),
      });
    }
    if (found.state !== 'open') return { outcome: 'already', approval: await describeApproval(tx, found) };
    if (found.expiresAt <= at) {
      const over = await closeApproval(tx, person.company, found, { state: 'expired', decidedBy: null, at });
      return { outcome: 'already', approval: await describeApproval(tx, over) };
    }
    const decidedBy = `${person.teamId}/${person.userId}`;
    if (decidedBy === found.askedBy)
      throw new RefillError('approver-is-requester', 'Another admin decides about one’s own purchase.');
    if (answer === 'approved') await approve(deps, tx, { order, decidedBy, at });
    const closed = await closeApproval(tx, person.company, found, { state: answer, decidedBy, at });
    return { outcome: 'decided', approval: await describeApproval(tx, closed) };
  });
}

async function approve(
  deps: BillingDeps,
  tx: Tx,
  { order, decidedBy, at }: { order: OrderRow; decidedBy: string; at: Date },
): Promise<void> {
  const buyer = await findPerson(tx, { teamId: order.teamId ?? '', userId: order.userId });
  const scope = scopeOf(order);
  if (buyer === null || buyer.company.id !== order.companyId || !canBuyFor(buyer, scope))
    throw new RefillError('requester-may-not', 'Whoever asked may not add these credits any more.');
  await assertMayBuy(tx, buyer, { scope, amount: fromMicros(order.amountMicros ?? 0n) }, at);
  await claimOrder(deps, tx, order, {
    company: buyer.company,
    actor: decidedBy,
    action: 'purchase-approved',
    viewId: order.viewId,
    at,
  });
}
