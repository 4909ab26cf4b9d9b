/** Purchases, payment attempts and cards. The module's public API. */
export { advanceOrder, sweepOrders } from './advance-order.ts';
export { type ApprovalOutcome, decideApproval, decideAsOperator } from './approval/decide-approval.ts';
export { listOpenApprovals, type OpenApproval } from './approval/list-approvals.ts';
export { setOperatorApprovalLimit } from './approval/set-operator-limit.ts';
export { sweepApprovals } from './approval/sweep-approvals.ts';
export { advanceCheck } from './card-check/advance-check.ts';
export { answerCheck, type CheckAnswer } from './card-check/answer-check.ts';
export { type AskedIn, type ClaimOutcome, claimCard, disownCard } from './card-check/claim-card.ts';
export { type CheckEnd, findCheckMessage } from './card-check/find-check-message.ts';
export {
  chooseDefaultCard,
  chooseFallbackCard,
  readCard,
  readCards,
  removeCard,
} from './card-check/read-cards.ts';
export { sweepChecks, sweepExpiringCards } from './card-check/sweep-checks.ts';
export type { CardFacts } from './card-check/types.ts';
export { unlockCard } from './card-check/unlock-card.ts';
export { followCardLink, startCardLink, takeCard } from './card-link.ts';
export {
  assertConsistent,
  type CompanyChange,
  type CompanyChanges,
  changeCompany,
} from './company/change-company.ts';
export { type CompanyStanding, readStanding } from './company/read-standing.ts';
export { type ConfirmOutcome, confirmPurchase, retryPurchase } from './confirm-purchase.ts';
export { ensureCustomer } from './customer.ts';
export { clearDisputes, takeDispute } from './dispute/take-dispute.ts';
export { sweepDrafts } from './drafts/drafts.ts';
export { GatewayUnknownError, type PaymentGateway } from './gateway.ts';
export { sweepInvoices } from './invoices/close-invoices.ts';
export {
  type InvoiceDocument,
  type InvoiceSummary,
  listInvoices,
  parseInvoice,
  readInvoice,
} from './invoices/invoice-rows.ts';
export { type InvoicingFacts, readInvoicing, requestInvoiceFile } from './invoices/read-invoicing.ts';
export { resolveInvoice } from './invoices/resolve-invoice.ts';
export {
  FileGoneError,
  type FilePlace,
  type InvoiceCourier,
  sendInvoiceFile,
  sweepInvoiceFiles,
} from './invoices/send-invoice-file.ts';
export { setInvoiceEmail } from './invoices/set-invoice-email.ts';
export type { InvoiceGateway } from './mirror/invoice-gateway.ts';
export { mirrorInvoice } from './mirror/mirror-invoice.ts';
export { sweepMirrors } from './mirror/mirror-rows.ts';
export { createStripeInvoicing } from './mirror/stripe-invoices.ts';
export { moveCompany } from './move/move-company.ts';
export { giveRole, type RoleTarget, takeRole } from './people/change-roles.ts';
export { type ProcessorProbe, probeProcessor } from './probe-processor.ts';
export { requiredEvents } from './processor-events.ts';
export { findOrderToShow, readOrder } from './read-order.ts';
export type { RechargeChoice } from './recharge/change-recharge.ts';
export { checkRecharge, decideRecharge, sweepLowWallets } from './recharge/decide-recharge.ts';
export { type RechargeFacts, readRecharges } from './recharge/read-recharge.ts';
export { sweepRetries } from './recharge/retry-recharge.ts';
export {
  applyRecharge,
  findRechargeDraft,
  openRechargeDraft,
  type RechargeOutcome,
  type RechargeReview,
  raiseCap,
  reviewRecharge,
  takeSuggestion,
} from './recharge/set-recharge.ts';
export { markOfSuggestion } from './recharge/suggest-amount.ts';
export { declineRequest, sweepRequests } from './request/answer-request.ts';
export { findRequestToAnswer, type RequestStart, readRequestStart } from './request/read-request.ts';
export { MAX_REASON_LENGTH, requestCredits } from './request/request-credits.ts';
export type { Shown } from './review-mark.ts';
export { openDraft, readPurchaseOffer, reviewPurchase } from './review-purchase.ts';
export type { Runway } from './runway/foretell-runway.ts';
export { findRenewal, type Renewal, readRenewals } from './runway/read-renewals.ts';
export { type RunwayFacts, readRunways } from './runway/read-runways.ts';
export { foretellPeriods, type PeriodForetold } from './settings/foretell-periods.ts';
export type { SettingChange, SettingFault } from './settings/judge-settings.ts';
export { keyOfSetting, readSettings, type Setting } from './settings/read-settings.ts';
export {
  findSettingsDraft,
  openSettings,
  reviewSettings,
  type SettingsDraft,
  saveSettings,
} from './settings/save-settings.ts';
export { confirmSharing, confirmSharingAsOperator, type SharingOutcome } from './sharing/confirm-sharing.ts';
export {
  findSharingDraft,
  openSharing,
  reviewSharing,
  reviewSharingAsOperator,
  type SharingDraft,
} from './sharing/review-sharing.ts';
export { suggestChoice } from './sharing/suggest-choice.ts';
export type {
  CreditSharing,
  SharingChoice,
  SharingFault,
  SharingReview,
  SharingState,
  WalletChoice,
  WalletEffect,
} from './sharing/types.ts';
export { createStripeGateway } from './stripe.ts';
export { addRecurring } from './subscriptions/add-recurring.ts';
export { addBundle, type BundleOffer, listBundles, retireBundle } from './subscriptions/catalogue.ts';
export {
  cancelSubscription,
  keepSubscription,
  resumeSubscription,
  switchBundle,
} from './subscriptions/change-subscription.ts';
export {
  type BundleReview,
  readSubscriptions,
  reviewBundle,
  type SubscriptionFacts,
} from './subscriptions/read-subscriptions.ts';
export { buyBundle } from './subscriptions/start-subscription.ts';
export { sweepSubscriptions } from './subscriptions/sweep-subscriptions.ts';
export { sweepBundleUse } from './subscriptions/watch-use.ts';
export { createCardPageSweep } from './sweep-card-pages.ts';
export { takeWebhook } from './take-webhook.ts';
export type {
  ApprovalFacts,
  BillingDeps,
  OrderFacts,
  OtherPurchase,
  PayBy,
  PayingCard,
  PurchaseOffer,
  PurchaseReview,
} from './types.ts';
export {
  readVerification,
  type VerificationFacts,
  type VerifyOutcome,
  verifyPayment,
} from './verification/verify-payment.ts';
