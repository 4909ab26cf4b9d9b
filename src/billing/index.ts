/** Purchases, payment attempts and cards. The room's only door. */
export { advanceOrder, sweepOrders } from './advance-order.ts';
export { followCardLink, startCardLink, takeCard } from './card-link.ts';
export { type ConfirmOutcome, confirmPurchase, retryPurchase } from './confirm-purchase.ts';
export type { PaymentGateway } from './gateway.ts';
export { ensureCustomer } from './payment-attempt.ts';
export { findOrderToShow, readOrder } from './read-order.ts';
export { openDraft, readPurchaseOffer, reviewPurchase } from './review-purchase.ts';
export { createStripeGateway } from './stripe.ts';
export { takeWebhook } from './take-webhook.ts';
export type {
  BillingDeps,
  OrderFacts,
  OtherPurchase,
  PayBy,
  PurchaseOffer,
  PurchaseReview,
} from './types.ts';
