import { inTransaction, type Prisma } from '../../db/index.ts';
import { toMicros } from '../../money.ts';
import type { Person } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { readReceiptSearch } from './read-search.ts';
import { RECEIPT_INCLUDE, type Receipt, seenBy, toReceipt } from './receipt-rows.ts';

/** One page of receipts. `first`: the newest payment of the list when it was opened, so that newer ones shift no page. */
export interface ReceiptPage {
  receipts: Receipt[];
  /** How many there are, and how many stand before this page. */
  count: number;
  skipped: number;
  first: bigint | null;
}

/**
 * A person's receipts, the newest first, of what the words say: a number, an amount, a month and an office, all of which
 * must fit. Words that are none of these find nothing.
 */
export async function listReceipts(
  { db, clock }: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
  { search, first, skipped, limit }: { search: string; first: bigint | null; skipped: number; limit: number },
): Promise<ReceiptPage> {
  const found = readReceiptSearch(search, person, clock.now());
  if (found === null) return { receipts: [], count: 0, skipped: 0, first: null };
  const amountMicros = found.amount === null ? null : toMicros(found.amount);
  const numbers = found.number === null ? [] : [{ receiptNumber: found.number }];
  const amounts = amountMicros === null ? [] : [{ amountMicros }, { refunds: { some: { amountMicros } } }];
  const conditions: Prisma.PurchaseOrderWhereInput[] = [
    seenBy(person),
    ...(numbers.length + amounts.length === 0 ? [] : [{ OR: [...numbers, ...amounts] }]),
    ...(found.month === null ? [] : [{ settledAt: { gte: found.month.from, lt: found.month.to } }]),
    ...(found.officeIds === null ? [] : [{ orderLines: { some: { officeId: { in: found.officeIds } } } }]),
    ...(first === null ? [] : [{ receiptNumber: { lte: first } }]),
  ];
  return await inTransaction(db, async (tx) => {
    const where = { AND: conditions };
    const count = await tx.purchaseOrder.count({ where });
    const rows = await tx.purchaseOrder.findMany({
      where,
      include: RECEIPT_INCLUDE,
      orderBy: { receiptNumber: 'desc' },
      skip: skipped,
      take: limit,
    });
    const receipts: Receipt[] = [];
    for (const row of rows) receipts.push(await toReceipt(tx, row, person));
    return { receipts, count, skipped, first: first ?? rows[0]?.receiptNumber ?? null };
  });
}
