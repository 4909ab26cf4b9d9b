import type { InvoiceState, Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromMicros, type Money } from '../../money.ts';
import { findCompany, labelScopes, listOffices } from '../../org/index.ts';
import { formatInvoice, formatReceipt, scopeOf } from '../orders/order.ts';
import { keyOfMirror, type MirrorRow } from './mirror/mirror.ts';

export type InvoiceRow = NonNullable<Awaited<ReturnType<Queryable['invoice']['findUnique']>>>;

/** An invoice without its lines. */
export interface InvoiceSummary {
  companyId: bigint;
  /** Opaque: what a button carries. */
  token: string;
  number: string;
  state: InvoiceState;
  total: Money;
  /** What is owed again because its payment was given back; null where none was, or that is paid. */
  owedAgain: Money | null;
  /** Its credits were given from here to before `closesAt`. */
  startsAt: Date;
  closesAt: Date;
  issuedAt: Date;
  /** The end of the day it is due: paid before this it is in time. */
  dueAt: Date;
  /** When it was paid, or taken back. */
  resolvedAt: Date | null;
  /** How its mirror at the processor stands; null where it has none. */
  mirror: { state: string; error: string | null } | null;
  /** Where it is paid at the processor; null where it is not mirrored, or not owed. */
  payUrl: string | null;
  /** Somebody tried to pay it there, and could not. */
  hasFailed: boolean;
}

/** An invoice with what is on it. */
export interface InvoiceDocument extends InvoiceSummary {
  companyName: string;
  timeZone: string;
  /** `office`: whose credits they are; null for shared ones. */
  lines: { at: Date; description: string; office: string | null; receipt: string; amount: Money }[];
}

/** Year and number of "INV-2026-0042", also as people type it; null for anything else. */
export function parseInvoice(text: string): { year: number; number: number } | null {
  const [, year, number] = /^(?:inv-)?(\d{4})-(\d{1,9})$/i.exec(text.trim()) ?? [];
  return year === undefined ? null : { year: Number(year), number: Number(number) };
}

function toSummary(row: InvoiceRow, mirror: MirrorRow | undefined): InvoiceSummary {
  const isOwed = row.state === 'open' || row.state === 'overdue';
  // At the processor it stays paid, so it is not paid there again.
  const owedAgain = isOwed && row.reopenedMicros !== null ? fromMicros(row.reopenedMicros) : null;
  return {
    companyId: row.companyId,
    token: row.token,
    number: formatInvoice(row),
    state: row.state,
    total: fromMicros(row.totalMicros),
    owedAgain,
    startsAt: row.startsAt,
    closesAt: row.closesAt,
    issuedAt: row.issuedAt,
    dueAt: row.dueAt,
    resolvedAt: row.resolvedAt,
    mirror: mirror === undefined ? null : { state: mirror.state, error: mirror.lastError },
    payUrl: isOwed && owedAgain === null ? (mirror?.payUrl ?? null) : null,
    hasFailed: isOwed && mirror?.hasFailed === true,
  };
}

/** Invoices, the newest first, of one company where it is named. */
export async function listInvoices(
  db: Queryable,
  of: { companyId?: bigint; limit?: number },
): Promise<InvoiceSummary[]> {
  const rows = await db.invoice.findMany({
    where: of.companyId === undefined ? {} : { companyId: of.companyId },
    orderBy: [{ year: 'desc' }, { number: 'desc' }],
    take: of.limit ?? 100,
  });
  const mirrors = await db.invoiceMirror.findMany({
    where: { invoiceId: { in: rows.map(({ id }) => id) } },
  });
  return rows.map((row) =>
    toSummary(
      row,
      mirrors.find(({ companyId, invoiceId }) => companyId === row.companyId && invoiceId === row.id),
    ),
  );
}

/** One company's invoice by its token, or its number, with its lines; null for one that is not theirs. */
export async function readInvoice(
  db: Queryable,
  key: { companyId: bigint } & ({ token: string } | { id: bigint } | { year: number; number: number }),
): Promise<InvoiceDocument | null> {
  const row = await db.invoice.findFirst({
    where: key,
    include: { items: { orderBy: [{ at: 'asc' }, { orderId: 'asc' }] } },
  });
  if (row === null) return null;
  // One after the other: within a transaction there is one connection.
  const company = await findCompany(db, row.companyId);
  const offices = await listOffices(db, row.companyId);
  const orders = await db.purchaseOrder.findMany({
    where: { companyId: row.companyId, id: { in: row.items.map(({ orderId }) => orderId) } },
    select: { id: true, orderLines: { orderBy: { position: 'asc' } } },
  });
  const mirror = await db.invoiceMirror.findUnique({
    where: keyOfMirror({ companyId: row.companyId, invoiceId: row.id }),
  });
  if (company === null) throw new RefillError('company-unknown', 'There is no such company.');
  const officeOf = new Map(
    orders.map(({ id, orderLines }) => {
      const isShared = orderLines.some(({ officeId }) => officeId === null);
      return [id, isShared ? null : labelScopes({ company, offices }, orderLines.map(scopeOf))];
    }),
  );
  return {
    ...toSummary(row, mirror ?? undefined),
    companyName: company.name,
    timeZone: company.timeZone,
    lines: row.items.map((item) => ({
      at: item.at,
      description: item.description,
      office: officeOf.get(item.orderId) ?? null,
      receipt: formatReceipt(item.receiptNumber),
      amount: fromMicros(item.amountMicros),
    })),
  };
}
