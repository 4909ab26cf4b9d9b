import type { Db } from '../../db/index.ts';
import { formatReceipt } from '../orders/order.ts';

/** The receipts of the orders that entries of the ledger name, by the order's id as text; those without one are missing. */
export async function readReceiptNumbers(
  db: Db,
  companyId: bigint,
  references: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = references.filter((text) => /^\d{1,18}$/.test(text)).map(BigInt);
  if (ids.length === 0) return new Map();
  const rows = await db.purchaseOrder.findMany({
    where: { companyId, id: { in: ids }, receiptNumber: { not: null } },
    select: { id: true, receiptNumber: true },
  });
  return new Map(rows.map((row) => [row.id.toString(), formatReceipt(row.receiptNumber ?? 0n)]));
}
