import type { z } from 'zod';
import { type Db, type Prisma, type paymentMethod, rowsToAskFor } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { fromMicros, type Money } from '../../../money.ts';
import { formatReceipt, formatReference } from '../order.ts';
import { orderState, POLLED_STATES } from '../order-state.ts';
import { findOrder } from './find-order.ts';
import { type LineFacts, readOrderLines } from './read-history.ts';

/** States of a reviewed order: a draft has no amount yet, and an abandoned order was never confirmed. */
export const listedOrderState = orderState.exclude(['draft', 'abandoned']);

/** One order in a list. */
export interface ListedOrder {
  reference: string;
  companyId: bigint;
  companyName: string;
  kind: string;
  /** The offices whose credits it buys; empty: the shared ones. */
  officeNames: string[];
  amount: Money;
  state: z.infer<typeof listedOrderState>;
  method: z.infer<typeof paymentMethod> | null;
  receipt: string | null;
  failureCode: string | null;
  /** `TEAM/USER` or auto-recharge. */
  userId: string;
  /** Confirmed, or begun where it never was. */
  at: Date;
  /** Its place in the list. */
  place: OrderPlace;
}

/** Where a page of orders ended. */
export interface OrderPlace {
  createdAt: Date;
  id: bigint;
}

const WITH_NAMES = {
  company: true,
  orderLines: { include: { office: true }, orderBy: { position: 'asc' } },
} satisfies Prisma.PurchaseOrderInclude;

const REVIEWED = {
  state: { in: [...listedOrderState.options] },
  amountMicros: { not: null },
} satisfies Prisma.PurchaseOrderWhereInput;

/**
 * Reviewed orders, the newest first: those of a company, or of all; all states, or those under way; `before` is
 * the place of the last one of the page before.
 */
export async function listOrders(
  db: Db,
  of: { companyId?: bigint; isOpen: boolean; limit: number; before?: OrderPlace },
): Promise<ListedOrder[]> {
  const { before } = of;
  const rows = await db.purchaseOrder.findMany({
    where: {
      ...REVIEWED,
      ...(of.companyId === undefined ? {} : { companyId: of.companyId }),
      ...(of.isOpen ? { state: { in: [...POLLED_STATES, 'awaiting_approval'] } } : {}),
      ...(before === undefined
        ? {}
        : {
            OR: [
              { createdAt: { lt: before.createdAt } },
              { createdAt: before.createdAt, id: { lt: before.id } },
            ],
          }),
    },
    include: WITH_NAMES,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: rowsToAskFor(of.limit),
  });
  return rows.slice(0, of.limit).flatMap((row) => toListed(row) ?? []);
}

/**
 * One of these orders by its reference or its receipt's number, with its lines. Throws RefillError
 * `order-unknown`, also for what is no such name.
 */
export async function readListedOrder(
  db: Db,
  companyId: bigint,
  name: string,
): Promise<ListedOrder & { lines: LineFacts[] }> {
  const unknown = new RefillError('order-unknown', 'No order has this reference.');
  if (!/^[pr]-?\d{1,18}$/i.test(name)) throw unknown;
  const { id } = await findOrder(db, companyId, name);
  const row = await db.purchaseOrder.findFirst({
    where: { ...REVIEWED, companyId, id },
    include: WITH_NAMES,
  });
  const order = row === null ? null : toListed(row);
  if (row === null || order === null) throw unknown;
  return { ...order, lines: await readOrderLines(db, row) };
}

function toListed(row: Prisma.PurchaseOrderGetPayload<{ include: typeof WITH_NAMES }>): ListedOrder | null {
  if (row.amountMicros === null) return null;
  return {
    reference: formatReference(row),
    companyId: row.companyId,
    companyName: row.company.name,
    kind: row.kind,
    officeNames: row.orderLines.flatMap(({ office }) => office?.name ?? []),
    amount: fromMicros(row.amountMicros),
    state: listedOrderState.parse(row.state),
    method: row.method,
    receipt: row.receiptNumber === null ? null : formatReceipt(row.receiptNumber),
    failureCode: row.failureCode,
    userId: row.teamId === null ? row.userId : `${row.teamId}/${row.userId}`,
    at: row.confirmedAt ?? row.createdAt,
    place: { createdAt: row.createdAt, id: row.id },
  };
}
