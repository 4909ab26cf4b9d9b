import type { Metadata } from './objects.ts';

/** `Refund.status` of the SDK. */
export type RefundStatus = 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';

/** `Refund.failure_reason` of the SDK. */
export const REFUND_FAILURES = [
  'lost_or_stolen_card',
  'expired_or_canceled_card',
  'charge_for_pending_refund_disputed',
  'insufficient_funds',
  'declined',
  'merchant_request',
  'unknown',
] as const;
export type RefundFailure = (typeof REFUND_FAILURES)[number];

export interface Refund {
  id: string;
  object: 'refund';
  created: number;
  amount: number;
  charge: string;
  payment_intent: string;
  status: RefundStatus;
  /** Only where it failed. */
  failure_reason?: RefundFailure;
  /** Only while it is pending. */
  pending_reason?: 'processing' | 'insufficient_funds' | 'charge_pending';
  metadata: Metadata;
  [field: string]: unknown;
}

/**
 * What a refund may become. One that succeeded can still fail, days later, when the card's bank sends it back
 * (docs.stripe.com/refunds#failed-refunds).
 */
export const REFUND_MOVES: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  pending: ['succeeded', 'failed'],
  requires_action: ['pending', 'succeeded', 'failed', 'canceled'],
  succeeded: ['failed'],
  failed: [],
  canceled: [],
};

/** `Dispute.Status` of the SDK. */
export const DISPUTE_STATUSES = [
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'needs_response',
  'under_review',
  'appeal_needs_response',
  'appeal_under_review',
  'won',
  'lost',
  'prevented',
] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

export interface Dispute {
  id: string;
  object: 'dispute';
  created: number;
  amount: number;
  charge: string;
  payment_intent: string;
  reason: string;
  status: DisputeStatus;
  is_charge_refundable: boolean;
  metadata: Metadata;
  [field: string]: unknown;
}

/**
 * What a dispute may become, under the same id: an inquiry (`warning_…`) is closed or becomes a dispute, and a lost one
 * may be appealed (docs.stripe.com/disputes/how-disputes-work).
 */
export const DISPUTE_MOVES: Readonly<Record<DisputeStatus, readonly DisputeStatus[]>> = {
  warning_needs_response: ['warning_under_review', 'warning_closed', 'needs_response'],
  warning_under_review: ['warning_closed', 'needs_response'],
  warning_closed: [],
  needs_response: ['under_review', 'won', 'lost'],
  under_review: ['won', 'lost'],
  appeal_needs_response: ['appeal_under_review', 'lost'],
  appeal_under_review: ['won', 'lost'],
  won: [],
  lost: ['appeal_needs_response'],
  prevented: [],
};

/** `radar.early_fraud_warning` of the SDK. */
export interface EarlyFraudWarning {
  id: string;
  object: 'radar.early_fraud_warning';
  created: number;
  actionable: boolean;
  charge: string;
  fraud_type: string;
  livemode: boolean;
  payment_intent: string;
}
