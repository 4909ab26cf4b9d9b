import type { Queryable } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import type { OrderRow } from '../order.ts';

/**
 * The order that an operator names: by its reference (P-000123), its receipt (R-000045) or the processor's intent (pi_…); of
 * one company where it is given. Throws RefillError `bad-argument` for what is none of these and for a receipt
 * without its company, `order-unknown` where there is none.
 */
export async function findOrder(db: Queryable, companyId: bigint | null, typed: string): Promise<OrderRow> {
  const where = readName(typed.trim());
  // Each company has its own numbers of receipts.
  if ('receiptNumber' in where && companyId === null)
    throw new RefillError('bad-argument', `Name the company of receipt ${typed} with --company.`);
  const of = companyId === null ? {} : { companyId };
  const order = await db.purchaseOrder.findFirst({ where: { ...of, ...where } });
  if (order !== null) return order;
  const check = await db.cardCheck.findFirst({ where: { ...of, intentId: typed.trim() } });
  throw new RefillError(
    'order-unknown',
    check === null
      ? `${companyId === null ? 'There is' : 'This company has'} no order ${typed}.`
      : `${typed} is the charge of a card check, not of an order: it is refunded by itself once the check is over.`,
  );
}

function readName(typed: string) {
  const [, letter, digits] = /^([pr])-?(\d{1,18})$/i.exec(typed) ?? [];
  if (digits !== undefined)
    return letter?.toLowerCase() === 'p' ? { id: BigInt(digits) } : { receiptNumber: BigInt(digits) };
  if (/^pi_\w+$/.test(typed)) return { paymentAttempts: { some: { intentId: typed } } };
  throw new RefillError('bad-argument', `"${typed}" is no order: type P-000123, R-000045 or pi_….`);
}
