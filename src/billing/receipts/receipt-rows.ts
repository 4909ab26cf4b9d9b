import type { Prisma, Queryable, Tx } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import { isCompanyAdmin, labelScope, moneyOffices, type Person } from '../../org/index.ts';
import { formatInvoice, formatReceipt, formatRefundReceipt, scopeOf, toPriced } from '../orders/order.ts';
import { kindOf } from '../orders/order-kind.ts';

/** How a payment was paid: by card, or on an invoice (null: on none yet). */
export type PaidBy =
  | { method: 'card'; brand: string; last4: string }
  | { method: 'invoice'; invoice: string | null };

/** A refund of a payment, which has a receipt of its own. */
export interface RefundReceipt {
  number: string;
  at: Date;
  amount: Money;
}

/** A payment that was credited, as its receipt tells it. */
export interface Receipt {
  number: string;
  at: Date;
  amount: Money;
  /** `Credits`, `Auto-recharge`, or the bundle's name. */
  description: string;
  lines: { label: string; amount: Money }[];
  paid: PaidBy;
  refunds: RefundReceipt[];
}

/** What is read with an order for its receipt. */
export const RECEIPT_INCLUDE = {
  orderLines: { orderBy: { position: 'asc' } },
  refunds: { orderBy: { id: 'asc' } },
  card: true,
} satisfies Prisma.PurchaseOrderInclude;

type ReceiptRow = Prisma.PurchaseOrderGetPayload<{ include: typeof RECEIPT_INCLUDE }>;

/**
 * The payments whose receipts a person may see: company admins all, office admins those of their offices alone.
 * Applies R9.23.
 */
export function seenBy(person: Person): Prisma.PurchaseOrderWhereInput {
  const ofCompany = { companyId: person.company.id, state: 'settled', receiptNumber: { not: null } };
  if (isCompanyAdmin(person)) return ofCompany;
  const officeIds = moneyOffices(person).map(({ id }) => id);
  return {
    ...ofCompany,
    orderLines: { some: {}, none: { OR: [{ officeId: null }, { officeId: { notIn: officeIds } }] } },
  };
}

/** A settled order as its receipt. Applies R9.22. */
export async function toReceipt(
  tx: Tx,
  row: ReceiptRow,
  of: Pick<Person, 'company' | 'offices'>,
): Promise<Receipt> {
  const order = toPriced(row);
  const number = row.receiptNumber ?? 0n;
  return {
    number: formatReceipt(number),
    at: row.settledAt ?? row.createdAt,
    amount: fromMicros(order.amountMicros),
    description: await kindOf(row).describe(tx, order),
    lines: row.orderLines.map((line) => ({
      label: labelScope(of, scopeOf(line)),
      amount: fromMicros(line.amountMicros),
    })),
    paid: await readPaidBy(tx, row),
    refunds: row.refunds.flatMap((refund, index) =>
      refund.reversedAt !== null && refund.restoredAt === null
        ? [
            {
              number: formatRefundReceipt(number, index + 1),
              at: refund.createdAt,
              amount: fromMicros(refund.amountMicros),
            },
          ]
        : [],
    ),
  };
}

async function readPaidBy(db: Queryable, { companyId, id: orderId, card }: ReceiptRow): Promise<PaidBy> {
  if (card !== null) return { method: 'card', brand: card.brand, last4: card.last4 };
  const item = await db.invoiceItem.findUnique({
    where: { companyId_orderId: { companyId, orderId } },
    include: { invoice: true },
  });
  return { method: 'invoice', invoice: item?.invoice == null ? null : formatInvoice(item.invoice) };
}
