import type { Queryable } from '../../../db/index.ts';
import { fromMicros } from '../../../money.ts';
import type { Company } from '../../../org/index.ts';
import { needsApproval } from '../../approvals/needs-approval.ts';
import type { OrderRow } from '../../orders/order.ts';
import { listLines } from '../../orders/order-lines.ts';
import { readChosenCard, readWantedPayBy } from '../../orders/pay-by.ts';
import { markOf, type Payment } from '../../orders/review-mark.ts';

/**
 * How a purchase would be charged now, whether a second admin is asked first, and the mark of all that; to this card where
 * one is chosen for another try, or was chosen in the review, else as the company pays: so is what a second admin approves.
 * Throws RefillError `card-unknown` for a chosen card that cannot be charged.
 */
export async function readCharge(
  db: Queryable,
  company: Company,
  order: OrderRow,
  at: Date,
  chosenCardId?: bigint,
): Promise<{ payment: Payment; asks: boolean; mark: string }> {
  const above = order.amountMicros !== null && needsApproval(company, fromMicros(order.amountMicros));
  // A yes holds for later tries of the same purchase.
  const asks =
    above && (await db.approval.count({ where: { companyId: order.companyId, orderId: order.id } })) === 0;
  const reviewedCardId = order.state === 'draft' && !asks ? order.cardId : null;
  const payment =
    chosenCardId === undefined
      ? await readWantedPayBy(db, company, reviewedCardId, at)
      : await readChosenCard(db, company, chosenCardId);
  const { token, version, amountMicros } = order;
  const lines = (await listLines(db, order)).flatMap((line) => [line.officeId, line.amountMicros]);
  const mark = markOf([token, version, ...lines, amountMicros, payment.payBy.method, payment.cardId, asks]);
  return { payment, asks, mark };
}
