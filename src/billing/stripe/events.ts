import type { EventSubject } from '../gateway.ts';

/**
 * The processor's events that the app reacts to, each with what it is about. The webhook's reader, `refill doctor` and the
 * set-up instructions all go by this table: an event that is missing at the endpoint is found out late, by asking.
 */
export const PROCESSOR_EVENTS: Readonly<Record<string, EventSubject>> = {
  'payment_intent.succeeded': 'intent',
  'payment_intent.payment_failed': 'intent',
  'payment_intent.canceled': 'intent',
  'payment_intent.processing': 'intent',
  'payment_intent.requires_action': 'intent',
  'checkout.session.completed': 'card-page',
  'charge.dispute.created': 'dispute',
  'charge.dispute.updated': 'dispute',
  'charge.dispute.closed': 'dispute',
  'refund.created': 'refund',
  'refund.updated': 'refund',
  'refund.failed': 'refund',
  'radar.early_fraud_warning.created': 'fraud-warning',
  'payment_method.automatically_updated': 'card',
  'payment_method.detached': 'card',
  'invoice.finalized': 'invoice',
  'invoice.paid': 'invoice',
  'invoice.payment_failed': 'invoice',
  'invoice.voided': 'invoice',
  'invoice.marked_uncollectible': 'invoice',
};

/** The events that an endpoint has to send: those about invoices only where invoices are mirrored to the processor. */
export function requiredEvents({ mirrorsInvoices }: { mirrorsInvoices: boolean }): string[] {
  return Object.keys(PROCESSOR_EVENTS).filter(
    (type) => mirrorsInvoices || PROCESSOR_EVENTS[type] !== 'invoice',
  );
}
