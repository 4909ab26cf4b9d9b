import type { Command } from '../frame/index.ts';
import { listInvoicesCommand } from './list-invoices.ts';
import { markInvoicePaidCommand } from './mark-invoice-paid.ts';
import { setInvoiceEmailCommand } from './set-email.ts';
import { voidInvoiceCommand } from './void-invoice.ts';

export const commands: readonly Command[] = [
  listInvoicesCommand,
  setInvoiceEmailCommand,
  markInvoicePaidCommand,
  voidInvoiceCommand,
];
