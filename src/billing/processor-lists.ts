import type { GatewayDispute, GatewayRefund } from './gateway.ts';

/** From and until when something was created at the processor; the end is not part of it. Whole seconds. */
export interface ListPeriod {
  since: Date;
  until: Date;
}

/**
 * The processor's own lists, of whatever payments the account has taken, the newest first and a page at a time; and single
 * objects of them, null for what the processor does not know. Errors are those of the payment gateway.
 */
export interface ProcessorLists {
  listPayments(period: ListPeriod): AsyncIterable<ListedPayment[]>;
  listRefunds(period: ListPeriod): AsyncIterable<GatewayRefund[]>;
  listDisputes(period: ListPeriod): AsyncIterable<GatewayDispute[]>;
  findPayment(intentId: string): Promise<ListedPayment | null>;
  findRefund(refundId: string): Promise<GatewayRefund | null>;
  findDispute(disputeId: string): Promise<GatewayDispute | null>;
  /** Every refund of what one intent charged. */
  listRefundsOf(intentId: string): Promise<GatewayRefund[]>;
}

/** A payment as the processor lists it. */
export interface ListedPayment {
  intentId: string;
  createdAt: Date;
  /** As the processor calls it, e.g. `succeeded`. */
  status: string;
  /** What was received, in the hundredth part of the currency. */
  receivedCents: number;
  currency: string;
  customerId: string | null;
  /** Ours; null for a payment that somebody else took. */
  reference: string | null;
}
