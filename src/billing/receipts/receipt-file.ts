import { inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { formatDollars } from '../../money.ts';
import type { Company, Person } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { readBillingDetailsAt } from '../documents/billing-details.ts';
import { CURRENCY_NOTE, printAddressee, printDay, printTax } from '../documents/print.ts';
import { type PrintedDocument, renderPdf } from '../documents/render-pdf.ts';
import { brandName } from '../orders/card.ts';
import { parseReceipt } from './receipt-number.ts';
import {
  type PaidBy,
  RECEIPT_INCLUDE,
  type Receipt,
  type RefundReceipt,
  seenBy,
  toReceipt,
} from './receipt-rows.ts';

/** A document as it is handed over. */
export interface DocumentFile {
  name: string;
  content: Buffer;
}

/**
 * The receipt with this number, of a payment or of one of its refunds, as a PDF. Throws RefillError `receipt-unknown` for one
 * that is not there, or that this person may not see.
 */
export async function readReceiptFile(
  { db, clock }: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
  number: string,
): Promise<DocumentFile> {
  const key = parseReceipt(number);
  const printed = await inTransaction(db, async (tx) => {
    const row =
      key === null
        ? null
        : await tx.purchaseOrder.findFirst({
            where: { AND: [seenBy(person), { receiptNumber: key.payment }] },
            include: RECEIPT_INCLUDE,
          });
    const receipt = row === null ? null : await toReceipt(tx, row, person);
    const refund = receipt?.refunds.find((each) => each.number === `${receipt.number}-${key?.refund}`);
    if (receipt === null || (key?.refund !== null && refund === undefined))
      throw new RefillError('receipt-unknown', 'There is no such receipt.', { number });
    const of = refund ?? receipt;
    const details = await readBillingDetailsAt(tx, person.company.id, receipt.at);
    const { company } = person;
    const head = printAddressee({ ...details, name: details.legalName ?? company.name });
    const tax = printTax(details.taxOf(of.amount));
    return refund === undefined
      ? { name: receipt.number, ...printReceipt(receipt, { company, head, tax }) }
      : { name: refund.number, ...printRefund(refund, receipt, { company, head, tax }) };
  });
  const { name, ...document } = printed;
  return { name: `${name}.pdf`, content: await renderPdf(document, clock.now()) };
}

interface Frame {
  company: Company;
  head: [string, string][];
  tax: string[];
}

/** A payment's receipt: what it bought for whom, how it was paid, and its tax. Pure. */
function printReceipt(receipt: Receipt, { company, head, tax }: Frame): PrintedDocument {
  return {
    title: `Receipt ${receipt.number}`,
    facts: [
      ['Date', printDay(receipt.at, company.timeZone)],
      ...head,
      ['Paid with', printPaidBy(receipt.paid)],
    ],
    table: {
      header: ['Description', 'For', 'Amount'],
      rows: receipt.lines.map(({ label, amount }) => [receipt.description, label, formatDollars(amount)]),
    },
    sums: [`Total ${formatDollars(receipt.amount)}`, ...tax],
    notes: [CURRENCY_NOTE],
  };
}

function printRefund(
  refund: RefundReceipt,
  receipt: Receipt,
  { company, head, tax }: Frame,
): PrintedDocument {
  return {
    title: `Refund receipt ${refund.number}`,
    facts: [
      ['Date', printDay(refund.at, company.timeZone)],
      ...head,
      ['Refunded to', printPaidBy(receipt.paid)],
      [
        'Of receipt',
        `${receipt.number}, ${printDay(receipt.at, company.timeZone)}, ${formatDollars(receipt.amount)}`,
      ],
    ],
    table: {
      header: ['Description', 'For', 'Amount'],
      rows: [
        [
          `Refund of ${receipt.description}`,
          receipt.lines.map(({ label }) => label).join(', '),
          formatDollars(refund.amount.negated()),
        ],
      ],
    },
    sums: [`Refunded ${formatDollars(refund.amount)}`, ...tax],
    notes: [CURRENCY_NOTE],
  };
}

function printPaidBy(paid: PaidBy): string {
  if (paid.method === 'card') return `${brandName(paid.brand)} •••• ${paid.last4}`;
  return paid.invoice === null ? 'Your next invoice' : `Invoice ${paid.invoice}`;
}
