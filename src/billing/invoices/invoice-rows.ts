import type { Queryable } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import { formatReceipt } from '../order-rows.ts';

export type InvoiceState = 'open' | 'overdue' | 'paid' | 'void';

/** An invoice with what is on it. */
export interface InvoiceDocument {
  companyId: bigint;
  number: string;
  state: InvoiceState;
  total: Money;
  issuedAt: Date;
  dueAt: Date;
  lines: { at: Date; description: string; receipt: string; amount: Money }[];
}

/** "INV-2026-0042": numbered without gaps over all companies of the operator, from 1 each year. */
export function formatInvoice({ year, number }: { year: number; number: number }): string {
  return `INV-${year}-${number.toString().padStart(4, '0')}`;
}

/** Invoices, the newest first, of one company where it is named. */
export async function listInvoices(
  db: Queryable,
  of: { companyId?: bigint; limit?: number },
): Promise<Omit<InvoiceDocument, 'lines'>[]> {
  const rows = await db.invoice.findMany({
    where: of.companyId === undefined ? {} : { companyId: of.companyId },
    orderBy: [{ year: 'desc' }, { number: 'desc' }],
    take: of.limit ?? 100,
  });
  return rows.map((row) => ({
    companyId: row.companyId,
    number: formatInvoice(row),
    state: row.state as InvoiceState,
    total: fromMicros(row.totalMicros),
    issuedAt: row.issuedAt,
    dueAt: row.dueAt,
  }));
}

/** One company's invoice by its token, with its lines; null for a token that is not theirs. */
export async function readInvoice(
  db: Queryable,
  key: { companyId: bigint; token: string },
): Promise<InvoiceDocument | null> {
  const row = await db.invoice.findFirst({
    where: key,
    include: { items: { orderBy: [{ at: 'asc' }, { orderId: 'asc' }] } },
  });
  if (row === null) return null;
  return {
    companyId: row.companyId,
    number: formatInvoice(row),
    state: row.state as InvoiceState,
    total: fromMicros(row.totalMicros),
    issuedAt: row.issuedAt,
    dueAt: row.dueAt,
    lines: row.items.map((item) => ({
      at: item.at,
      description: item.description,
      receipt: formatReceipt(item.receiptNumber),
      amount: fromMicros(item.amountMicros),
    })),
  };
}
