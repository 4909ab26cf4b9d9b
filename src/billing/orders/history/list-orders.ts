import type { Db } from '../../../db/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import { formatReceipt, formatReference } from '../order.ts';
import { type OrderState, POLLED, stateOf } from '../order-state.ts';

/** One order in a list. */
export interface ListedOrder {
  reference: string;
  companyId: bigint;
  companyName: string;
  kind: string;
  /** The offices whose credits it buys; empty: the shared ones. */
  officeNames: string[];
  amount: Money;
  state: OrderState;
  method: string | null;
  receipt: string | null;
  failureCode: string | null;
  /** `TEAM/USER` or auto-recharge. */
  userId: string;
  /** Confirmed, or begun where it never was. */
  at: Date;
}

/** Orders that somebody reviewed, the newest first: those of a company, or of all; all states, or those under way. */
export async function listOrders(
  db: Db,
  of: { companyId?: bigint; isOpen: boolean; limit: number },
): Promise<ListedOrder[]> {
  const rows = await db.purchaseOrder.findMany({
    where: {
      ...(of.companyId === undefined ? {} : { companyId: of.companyId }),
      state: of.isOpen ? { in: [...POLLED, 'awaiting_approval'] } : { notIn: ['draft', 'abandoned'] },
      amountMicros: { not: null },
    },
    include: { company: true, orderLines: { include: { office: true }, orderBy: { position: 'asc' } } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: of.limit,
  });
  return rows.flatMap((row) => {
    if (row.amountMicros === null) return [];
    return [
      {
        reference: formatReference(row),
        companyId: row.companyId,
        companyName: row.company.name,
        kind: row.kind,
        officeNames: row.orderLines.flatMap(({ office }) => office?.name ?? []),
        amount: fromMicros(row.amountMicros),
        state: stateOf(row),
        method: row.method,
        receipt: row.receiptNumber === null ? null : formatReceipt(row.receiptNumber),
        failureCode: row.failureCode,
        userId: row.teamId === null ? row.userId : `${row.teamId}/${row.userId}`,
        at: row.confirmedAt ?? row.createdAt,
      },
    ];
  });
}
