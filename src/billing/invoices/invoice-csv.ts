import { dayOf } from '../../calendar.ts';
import { BYTE_ORDER_MARK, textCell } from '../../csv.ts';
import type { InvoiceDocument } from './invoice-rows.ts';

/** What the file of an invoice is called: `INV-2026-0042.csv`. */
export function invoiceFileName({ number }: Pick<InvoiceDocument, 'number'>): string {
  return `${number}.csv`;
}

/**
 * The lines of an invoice as CSV, a credit each: days in the company's time zone, amounts exact, and text that no
 * spreadsheet runs (R26). They come to the invoice's total. Pure.
 */
export function invoiceCsv({ number, companyName, timeZone, lines }: InvoiceDocument): Buffer {
  const header = ['Invoice', `Date (${timeZone})`, 'Description', 'For', 'Receipt', 'Amount (USD)'];
  const rows = lines.map(({ at, description, office, receipt, amount }) => [
    number,
    dayOf(at, timeZone),
    textCell(description),
    textCell(office ?? companyName),
    receipt,
    amount.toFixed(2),
  ]);
  const text = [header.map(textCell), ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
  return Buffer.from(BYTE_ORDER_MARK + text);
}
