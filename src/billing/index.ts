/** Purchases, payment attempts and cards. The module's public API. */
import { registerFeatures } from './feature.ts';
import { BILLING_FEATURES } from './features.ts';

registerFeatures(BILLING_FEATURES);

export { type ApprovalOutcome, decideApproval, decideAsOperator } from './approvals/decide-approval.ts';
export { listOpenApprovals, type OpenApproval } from './approvals/list-approvals.ts';
export type { ApprovalFacts } from './approvals/read-approval.ts';
export { setOperatorApprovalLimit } from './approvals/set-operator-limit.ts';
export { sweepApprovals } from './approvals/sweep-approvals.ts';
export { type AddedCard, findAddedCard, findOrderOfCard } from './cards/added-card.ts';
export type { CardFacts, CheckFacts } from './cards/card.ts';
export { collectCard, followCardLink, startCardLink } from './cards/card-link.ts';
export { advanceCheck } from './cards/check/advance-check.ts';
export { answerCheck, type CheckAnswer, type CheckReading } from './cards/check/answer-check.ts';
export { readCheckCode } from './cards/check/check-code.ts';
export { type CheckEnd, type CheckShown, findCheckToShow } from './cards/check/find-check-to-show.ts';
export { sweepChecks, sweepExpiringCards } from './cards/check/sweep-checks.ts';
export { type AskedIn, type ClaimOutcome, claimCard, disownCard } from './cards/claim-card.ts';
export { oldCardLinks } from './cards/expire-links.ts';
export {
  chooseDefaultCard,
  chooseFallbackCard,
  readCard,
  readCards,
  removeCard,
} from './cards/read-cards.ts';
export { unlockCard } from './cards/unlock-card.ts';
export { causeChecks } from './causes/index.ts';
export {
  type CompanyClosing,
  type CreditsAtClosing,
  closeCompany,
  planClosing,
} from './closing/close-company.ts';
export type { ClosingRefund } from './closing/refund-remaining.ts';
export {
  assertConsistent,
  type CompanyChange,
  type CompanyChanges,
  changeCompany,
} from './company/change-company.ts';
export { readChangeMark } from './company/read-change-mark.ts';
export { readSetup, type SetupState } from './company/read-setup.ts';
export { type CompanyStanding, readStandings } from './company/read-standing.ts';
export { resumeCompany, suspendCompany } from './company/suspend-company.ts';
export { createBilling } from './create-billing.ts';
export { adjustCredits, type CreditAdjustment } from './credits/adjust-credits.ts';
export type { BillingDeps } from './deps.ts';
export { clearDisputes } from './disputes/clear-disputes.ts';
export { followDispute } from './disputes/follow-dispute.ts';
export { sweepDisputes } from './disputes/sweep-disputes.ts';
export { findBillingDetails } from './documents/billing-details.ts';
export {
  MAX_ADDRESS_LINES,
  MAX_PRINTED_LINE_LENGTH,
  tidyAddress,
  tidyLine,
} from './documents/printed-text.ts';
export { sweepDrafts } from './drafts/drafts.ts';
export { billingJobs, billingSweeps, slowBillingSweeps } from './features.ts';
export type { Runway } from './forecast/forecast-runway.ts';
export { findRenewal, type Renewal, readRenewals } from './forecast/read-renewals.ts';
export { forecastRunways, type RunwayFacts, readRunwayUsage } from './forecast/read-runways.ts';
export type { RunwayRange } from './forecast/runway-range.ts';
export { GatewayUnknownError, type PaymentGateway } from './gateway.ts';
export type { InvoiceGateway } from './invoice-gateway.ts';
export { sweepInvoices } from './invoices/close-invoices.ts';
export { readInvoicePdf } from './invoices/invoice-pdf.ts';
export {
  type InvoiceDocument,
  type InvoiceSummary,
  listInvoices,
  parseInvoice,
  readInvoice,
} from './invoices/invoice-rows.ts';
export { mirrorInvoice } from './invoices/mirror/mirror-invoice.ts';
export { type InvoicingFacts, readInvoicing, requestInvoiceFile } from './invoices/read-invoicing.ts';
export { resolveInvoice } from './invoices/resolve-invoice.ts';
export {
  FileGoneError,
  type FilePlace,
  type InvoiceFileDelivery,
} from './invoices/send-invoice-file.ts';
export { setInvoiceEmail } from './invoices/set-invoice-email.ts';
export {
  type AmountToResume,
  amountToResume,
  readAmountToResume,
  readAmountToResumeFor,
} from './kinds/purchase/amount-to-resume.ts';
export { type ConfirmOutcome, confirmPurchase, retryPurchase } from './kinds/purchase/confirm-purchase.ts';
export { findOrderToShow, readOrder } from './kinds/purchase/read-order.ts';
export { readOtherCards } from './kinds/purchase/read-other-cards.ts';
export { readPurchaseOffer, reviewPurchase } from './kinds/purchase/review-purchase.ts';
export type {
  OrderFacts,
  OtherCard,
  OtherPurchase,
  PurchaseOffer,
  PurchaseReview,
} from './kinds/purchase/types.ts';
export { acceptSuggestedAmount } from './kinds/recharge/accept-suggestion.ts';
export {
  checkRecharge,
  decideRecharge,
  RECHARGE_INTERVAL_MS,
  sweepLowWallets,
} from './kinds/recharge/decide-recharge.ts';
export { pauseRechargeForSurprise } from './kinds/recharge/pause-for-surprise.ts';
export {
  type RechargeFacts,
  type RechargeFigures,
  readRechargeFigures,
  readRecharges,
} from './kinds/recharge/read-recharge.ts';
export { sweepRetries } from './kinds/recharge/retry-recharge.ts';
export {
  applyRecharge,
  findRechargeDraft,
  openRechargeDraft,
  type RechargeOutcome,
  type RechargeReview,
  raiseCap,
  resumeRecharge,
  reviewRecharge,
} from './kinds/recharge/set-recharge.ts';
export { markOfSuggestion } from './kinds/recharge/suggest-amount.ts';
export { addRecurring } from './kinds/subscription/add-recurring.ts';
export { addBundle, type BundleOffer, listBundles, retireBundle } from './kinds/subscription/catalogue.ts';
export {
  cancelSubscription,
  keepSubscription,
  resumeSubscription,
  switchBundle,
} from './kinds/subscription/change-subscription.ts';
export { endRecurring, listRecurring } from './kinds/subscription/end-recurring.ts';
export { forecastPeriods, type PeriodForecast } from './kinds/subscription/forecast-periods.ts';
export {
  type BundleReview,
  readSubscriptions,
  reviewBundle,
  type SubscriptionFacts,
} from './kinds/subscription/read-subscriptions.ts';
export { buyBundle } from './kinds/subscription/start-subscription.ts';
export { sweepSubscriptions } from './kinds/subscription/sweep-subscriptions.ts';
export { sweepBundleUse } from './kinds/subscription/watch-use.ts';
export { createDocumentLink, findLinkedDocument } from './links/document-link.ts';
export { moveCompany } from './move/move-company.ts';
export { openDraft } from './open-draft.ts';
export { advanceOrder } from './orders/advance.ts';
export { brandName } from './orders/card.ts';
export { findOrder } from './orders/history/find-order.ts';
export {
  type ListedOrder,
  listedOrderState,
  listOrders,
  type OrderPlace,
  readListedOrder,
} from './orders/history/list-orders.ts';
export { type LineFacts, readOrderHistory } from './orders/history/read-history.ts';
export { formatReceipt, formatReference } from './orders/order.ts';
export { POLLED_STATES as OPEN_PAYMENT_STATES } from './orders/order-state.ts';
export type { PayBy, PayingCard } from './orders/pay-by.ts';
export { sweepOrders } from './orders/poll.ts';
export { resolveOrder } from './orders/resolve-order.ts';
export { retryOrder } from './orders/retry-order.ts';
export type { Shown } from './orders/review-mark.ts';
export {
  listPaymentsToVerify,
  type PaymentToVerify,
} from './orders/verification/list-payments-to-verify.ts';
export {
  readVerification,
  type VerificationFacts,
  type VerifyOutcome,
  verifyPayment,
} from './orders/verification/verify-payment.ts';
export { grantRoleAndNotify, type RoleTarget, revokeRoleAndNotify } from './people/change-roles.ts';
export { ensureCustomer } from './processor/customer.ts';
export { handleWebhook } from './processor/handle-webhook.ts';
export type { ProcessorLists } from './processor-lists.ts';
export { listCompanyReceipts } from './receipts/list-company-receipts.ts';
export { listReceipts, type ReceiptPage } from './receipts/list-receipts.ts';
export { readReceiptNumbers } from './receipts/read-receipt-numbers.ts';
export { type DocumentFile, readReceiptFile } from './receipts/receipt-file.ts';
export type { PaidBy, Receipt } from './receipts/receipt-rows.ts';
export type { RechargeChoice } from './recharge-choice.ts';
export type { Difference } from './reconcile/comparison.ts';
export { latestComparable, reconcileProcessor } from './reconcile/reconcile-processor.ts';
export { followRefund } from './refunds/follow-refund.ts';
export { type OrderRefund, refundOrder } from './refunds/refund-order.ts';
export { sweepRefunds } from './refunds/sweep-refunds.ts';
export { declineRequest } from './requests/answer-request.ts';
export { listRequestsToAnswer, type OpenRequest } from './requests/list-requests.ts';
export { findRequestToAnswer, type RequestStart, readRequestStart } from './requests/read-request.ts';
export { MAX_REASON_LENGTH, requestCredits } from './requests/request-credits.ts';
export {
  changeQuietHours,
  judgeQuietHours,
  type QuietHoursFault,
} from './settings/change-quiet-hours.ts';
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
export { requiredEvents } from './stripe/events.ts';
export { type ProcessorProbe, probeProcessor } from './stripe/probe.ts';
export { createStripeGateway } from './stripe/stripe-gateway.ts';
export { createStripeInvoicing } from './stripe/stripe-invoicing.ts';
export { createStripeLists } from './stripe/stripe-lists.ts';
export {
  readTransferOffer,
  reviewTransfer,
  type TransferChoice,
  type TransferOutcome,
  type TransferReview,
  transferCredits,
} from './transfers/transfer-credits.ts';
