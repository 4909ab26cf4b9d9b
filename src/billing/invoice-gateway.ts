import type { Money } from '../money.ts';

/**
 * What the mirror of invoices needs of the processor's invoicing. Calls that change something take an idempotency key
 * and may be repeated with it; errors are those of the payment gateway: GatewayUnknownError means that the change may or
 * may not have happened, GatewayRefusedError that it did not.
 */
export interface InvoiceGateway {
  /** Has the customer's invoices go to this address. */
  setEmail(request: { customerId: string; email: string }): Promise<void>;
  /** Creates an empty draft that collects nothing until it is finalized. */
  createInvoice(request: {
    customerId: string;
    number: string;
    daysUntilDue: number;
    description: string;
    reference: string;
    key: string;
  }): Promise<GatewayInvoice>;
  /** The customer's invoice with our reference, or null. Sees everything that was created before. */
  findInvoiceByReference(request: { customerId: string; reference: string }): Promise<GatewayInvoice | null>;
  findInvoice(invoiceId: string): Promise<GatewayInvoice>;
  /** The intents that paid an invoice; none where it was paid elsewhere, or not at all. */
  listPayments(invoiceId: string): Promise<string[]>;
  /** Our references of the items that an invoice has. */
  listItems(invoiceId: string): Promise<ReadonlySet<string>>;
  addItem(request: {
    customerId: string;
    invoiceId: string;
    amount: Money;
    description: string;
    reference: string;
    key: string;
  }): Promise<void>;
  /** Closes a draft: from now on it is asked to be paid. */
  finalizeInvoice(request: { invoiceId: string; key: string }): Promise<GatewayInvoice>;
  /** It was paid elsewhere. */
  payOutOfBand(request: { invoiceId: string; key: string }): Promise<GatewayInvoice>;
  voidInvoice(request: { invoiceId: string; key: string }): Promise<GatewayInvoice>;
}

export interface GatewayInvoice {
  id: string;
  state: 'draft' | 'open' | 'paid' | 'void' | 'uncollectible';
  total: Money;
  /** The page where it is paid; null while it is a draft. */
  payUrl: string | null;
  /** Somebody tried to pay it there, and it is not paid. */
  hasFailed: boolean;
}
