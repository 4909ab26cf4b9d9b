import { type Db, inTransaction, rowsToAskFor } from '../../db/index.ts';
import { findCompany, listOffices } from '../../org/index.ts';
import { RECEIPT_INCLUDE, type Receipt, toReceipt } from './receipt-rows.ts';

/**
 * A page of all receipts of a company, the newest first; `before` is the number that the page before ended with. Receipts are
 * numbered without gaps, so a new one moves none.
 */
export async function listCompanyReceipts(
  db: Db,
  companyId: bigint,
  { before, limit }: { before: bigint | null; limit: number },
): Promise<{ receipts: Receipt[]; next: bigint | null }> {
  const company = await findCompany(db, companyId);
  if (company === null) return { receipts: [], next: null };
  const of = { company, offices: await listOffices(db, companyId) };
  return await inTransaction(db, async (tx) => {
    const rows = await tx.purchaseOrder.findMany({
      where: {
        companyId,
        state: 'settled',
        receiptNumber: { not: null, ...(before === null ? {} : { lt: before }) },
      },
      include: RECEIPT_INCLUDE,
      orderBy: { receiptNumber: 'desc' },
      take: rowsToAskFor(limit + 1),
    });
    const shown = rows.slice(0, limit);
    const receipts: Receipt[] = [];
    for (const row of shown) receipts.push(await toReceipt(tx, row, of));
    return { receipts, next: rows.length > limit ? (shown.at(-1)?.receiptNumber ?? null) : null };
  });
}
