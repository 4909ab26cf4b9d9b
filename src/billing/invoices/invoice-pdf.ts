import type { Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { formatDollars } from '../../money.ts';
import type { Person } from '../../org/index.ts';
import { isCompanyAdmin } from '../../org/index.ts';
import { readBillingDetailsAt } from '../documents/billing-details.ts';
import { CURRENCY_NOTE, printAddressee, printDay, printTax } from '../documents/print.ts';
import { type PrintedDocument, renderPdf } from '../documents/render-pdf.ts';
import { type InvoiceDocument, readInvoice } from './invoice-rows.ts';

const STATES = { open: 'Open', overdue: 'Overdue', paid: 'Paid', void: 'Void' } as const;

/** An invoice of a company admin's company as a PDF. Throws RefillError `invoice-unknown`. */
export async function readInvoicePdf(
  db: Queryable,
  person: Person,
  token: string,
): Promise<{ name: string; content: Buffer }> {
  const companyId = person.company.id;
  const invoice = isCompanyAdmin(person) ? await readInvoice(db, { companyId, token }) : null;
  if (invoice === null) throw new RefillError('invoice-unknown', 'There is no such invoice.', { token });
  const details = await readBillingDetailsAt(db, companyId, invoice.issuedAt);
  const head = printAddressee({ ...details, name: details.legalName ?? invoice.companyName });
  const printed = printInvoice(invoice, { head, tax: printTax(details.taxOf(invoice.total)) });
  return { name: `${invoice.number}.pdf`, content: await renderPdf(printed, invoice.issuedAt) };
}

/** Every line with its receipt, the sum, and the tax in it. Pure. */
function printInvoice(
  { number, timeZone, ...invoice }: InvoiceDocument,
  { head, tax }: { head: [string, string][]; tax: string[] },
): PrintedDocument {
  // The day it is due is the last one: the instant is its end.
  const dueOn = new Date(invoice.dueAt.getTime() - 1);
  const lastDay = new Date(invoice.closesAt.getTime() - 1);
  return {
    title: `Invoice ${number}`,
    facts: [
      ['Date', printDay(invoice.issuedAt, timeZone)],
      ...head,
      ['Period', `${printDay(invoice.startsAt, timeZone)} – ${printDay(lastDay, timeZone)}`],
      ['Due', printDay(dueOn, timeZone)],
      ['Status', STATES[invoice.state]],
    ],
    table: {
      header: ['Date', 'Description', 'For', 'Receipt', 'Amount'],
      rows: invoice.lines.map((line) => [
        printDay(line.at, timeZone),
        line.description,
        line.office ?? invoice.companyName,
        line.receipt,
        formatDollars(line.amount),
      ]),
    },
    sums: [`Total ${formatDollars(invoice.total)}`, ...tax],
    notes: [CURRENCY_NOTE],
  };
}
