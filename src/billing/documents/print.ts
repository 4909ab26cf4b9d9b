import { formatDollars } from '../../money.ts';
import type { Addressee, IncludedTax } from './billing-details.ts';

/** `Nov 28, 2026`, in the company's zone. */
export function printDay(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { timeZone, dateStyle: 'medium' }).format(at);
}

/** Whom a document is for, and their order's number. */
export function printAddressee({ name, address, poNumber }: Addressee): [string, string][] {
  return [
    ['Billed to', [name, ...address].join('\n')],
    ...(poNumber === null ? [] : [['PO number', poNumber] satisfies [string, string]]),
  ];
}

/** What is said of tax under a sum (R9). */
export function printTax(tax: IncludedTax | null): string[] {
  if (tax === null) return ['No tax charged'];
  return [`Includes ${tax.rate}% ${tax.name}: ${formatDollars(tax.amount)}`, `Tax ID ${tax.id}`];
}

export const CURRENCY_NOTE = 'All amounts are in US dollars.';
