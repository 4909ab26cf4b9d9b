import { SECOND_MS } from '../../durations.ts';
import type { Dispute, EarlyFraudWarning, Refund } from './money-back.ts';

/**
 * The objects as they are stored and answered: the fields of the card processor's API (2026-10-28.endive) that
 * an app that saves cards and charges them reads. Amounts are whole cents, times are seconds since the epoch.
 */
export type Metadata = Record<string, string>;

export interface Customer {
  id: string;
  object: 'customer';
  created: number;
  name: string | null;
  email: string | null;
  description: string | null;
  phone: string | null;
  invoice_settings: { default_payment_method: string | null; [field: string]: unknown };
  metadata: Metadata;
  [field: string]: unknown;
}

export interface Card {
  brand: string;
  display_brand: string;
  country: string;
  exp_month: number;
  exp_year: number;
  fingerprint: string;
  funding: 'credit';
  last4: string;
  [field: string]: unknown;
}

export interface PaymentMethod {
  id: string;
  object: 'payment_method';
  created: number;
  type: 'card';
  card: Card;
  customer: string | null;
  metadata: Metadata;
  [field: string]: unknown;
}

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'succeeded'
  | 'canceled';

/** What a declined payment leaves on its intent. */
export interface PaymentError {
  type: 'card_error';
  code: string;
  decline_code?: string;
  /** `LastPaymentError.advice_code`. */
  advice_code?: string;
  message: string;
  charge?: string;
  payment_method: PaymentMethod;
  [field: string]: unknown;
}

export interface PaymentIntent {
  id: string;
  object: 'payment_intent';
  created: number;
  amount: number;
  amount_received: number;
  currency: string;
  customer: string | null;
  description: string | null;
  client_secret: string;
  metadata: Metadata;
  status: IntentStatus;
  payment_method: string | null;
  payment_method_types: string[];
  statement_descriptor_suffix: string | null;
  latest_charge: string | null;
  last_payment_error: PaymentError | null;
  next_action: Record<string, unknown> | null;
  canceled_at: number | null;
  cancellation_reason: string | null;
  [field: string]: unknown;
}

export interface Charge {
  id: string;
  object: 'charge';
  created: number;
  amount: number;
  amount_refunded: number;
  currency: string;
  customer: string | null;
  payment_intent: string;
  payment_method: string;
  paid: boolean;
  refunded: boolean;
  status: 'succeeded' | 'failed' | 'pending';
  metadata: Metadata;
  [field: string]: unknown;
}

export interface SetupIntent {
  id: string;
  object: 'setup_intent';
  created: number;
  customer: string | null;
  payment_method: string | null;
  status: 'requires_payment_method' | 'requires_action' | 'succeeded' | 'canceled';
  last_setup_error: Record<string, unknown> | null;
  next_action: Record<string, unknown> | null;
  metadata: Metadata;
  [field: string]: unknown;
}

export interface CheckoutSession {
  id: string;
  object: 'checkout.session';
  created: number;
  mode: 'setup';
  status: 'open' | 'complete' | 'expired';
  customer: string | null;
  setup_intent: string;
  success_url: string;
  cancel_url: string | null;
  url: string | null;
  expires_at: number;
  metadata: Metadata;
  [field: string]: unknown;
}

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'void' | 'uncollectible';

export interface Invoice {
  id: string;
  object: 'invoice';
  created: number;
  amount_due: number;
  amount_paid: number;
  amount_remaining: number;
  attempted: boolean;
  attempt_count: number;
  auto_advance: boolean;
  collection_method: 'send_invoice';
  currency: string;
  customer: string;
  customer_email: string | null;
  customer_name: string | null;
  description: string | null;
  due_date: number | null;
  hosted_invoice_url: string | null;
  metadata: Metadata;
  number: string | null;
  paid_out_of_band: boolean;
  status: InvoiceStatus;
  total: number;
  [field: string]: unknown;
}

export interface InvoiceItem {
  id: string;
  object: 'invoiceitem';
  amount: number;
  currency: string;
  customer: string;
  date: number;
  description: string | null;
  invoice: string;
  metadata: Metadata;
  [field: string]: unknown;
}

/** `InvoicePayment` of the SDK: what is to pay an invoice, and paid it. */
export interface InvoicePayment {
  id: string;
  object: 'invoice_payment';
  amount_paid: number | null;
  amount_requested: number;
  created: number;
  currency: string;
  invoice: string;
  is_default: boolean;
  livemode: boolean;
  payment: { type: 'payment_intent'; payment_intent: string };
  status: 'open' | 'paid' | 'canceled';
  status_transitions: { canceled_at: number | null; paid_at: number | null };
}

export interface ProcessorEvent {
  id: string;
  object: 'event';
  created: number;
  type: string;
  data: { object: unknown };
  pending_webhooks: number;
  [field: string]: unknown;
}

export interface WebhookEndpoint {
  id: string;
  object: 'webhook_endpoint';
  created: number;
  url: string;
  enabled_events: string[];
  status: 'enabled' | 'disabled';
  metadata: Metadata;
  [field: string]: unknown;
}

/** Every kind of object in the books. */
export interface Resources {
  customer: Customer;
  payment_method: PaymentMethod;
  payment_intent: PaymentIntent;
  charge: Charge;
  refund: Refund;
  dispute: Dispute;
  early_fraud_warning: EarlyFraudWarning;
  setup_intent: SetupIntent;
  checkout_session: CheckoutSession;
  invoice: Invoice;
  invoiceitem: InvoiceItem;
  invoice_payment: InvoicePayment;
  event: ProcessorEvent;
  webhook_endpoint: WebhookEndpoint;
}
export type Kind = keyof Resources;

/** A business instant in the seconds that the API speaks. */
export function toSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / SECOND_MS);
}
