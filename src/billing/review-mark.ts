import { createHash } from 'node:crypto';
import type { Queryable } from '../db/index.ts';
import { fromMicros } from '../money.ts';
import type { Company } from '../org/index.ts';
import { needsApproval } from './approval/needs-approval.ts';
import type { OrderRow } from './order-rows.ts';
import { readPayBy } from './pay-by.ts';
import type { PayBy } from './types.ts';

/** How a charge is paid: what a claim fixes, as it was judged. */
export interface Payment {
  payBy: PayBy;
  cardId: bigint | null;
}

/** A click on what was shown: the token of the form or message, and the mark of what it showed. */
export interface Shown {
  token: string;
  mark: string;
}

type Part = string | number | bigint | boolean | null;

/**
 * Names what a person is shown of a charge before they click. The form carries the mark back; where it is not the mark
 * of what would be charged by then, nothing is claimed and the person reviews again (R9). Only compared, so a forged
 * mark changes nothing but what its sender is asked once more.
 */
export function markOf(parts: readonly Part[]): string {
  const text = JSON.stringify(parts.map((part) => (typeof part === 'bigint' ? part.toString() : part)));
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** How a purchase would be charged now, whether a second admin is asked first, and the mark of all that. */
export async function readCharge(
  db: Queryable,
  company: Company,
  order: OrderRow,
  at: Date,
): Promise<{ payment: Payment; asks: boolean; mark: string }> {
  const payment = await readPayBy(db, company, at);
  const above = needsApproval(company, fromMicros(order.amountMicros ?? 0n));
  // A yes holds for later tries of the same purchase.
  const asks =
    above && (await db.approval.count({ where: { companyId: order.companyId, orderId: order.id } })) === 0;
  const { token, version, officeId, amountMicros } = order;
  const mark = markOf([token, version, officeId, amountMicros, payment.payBy.method, payment.cardId, asks]);
  return { payment, asks, mark };
}
