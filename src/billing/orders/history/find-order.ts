import type { Queryable } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import type { OrderRow } from '../order.ts';

/**
 * The order of a company that an operator names: by its reference (P-000123), its receipt (R-000045) or the processor's
 * intent (pi_…). Throws RefillError `bad-argument` for what is none of these, `order-unknown` where there is none.
 */
export async function findOrder(db: Queryable, companyId: bigint, typed: string): Promise<OrderRow> {
  const where = readName(typed.trim());
  const order = await db.purchaseOrder.findFirst({ where: { companyId, ...where } });
  if (order === null) throw new RefillError('order-unknown', `This company has no order ${typed}.`);
  return order;
}

function readName(typed: string) {
  const [, letter, digits] = /^([pr])-?(\d{1,18})$/i.exec(typed) ?? [];
  if (digits !== undefined)
    return letter?.toLowerCase() === 'p' ? { id: BigInt(digits) } : { receiptNumber: BigInt(digits) };
  if (/^pi_\w+$/.test(typed)) return { paymentAttempts: { some: { intentId: typed } } };
  throw new RefillError('bad-argument', `"${typed}" is no order: type P-000123, R-000045 or pi_….`);
}
