import type { Sweeps } from '../queue/index.ts';
import {
  closeApprovalsForClosing,
  closeApprovalsForMove,
  closeApprovalsOf,
  closeApprovalsOfCredits,
} from './approvals/close-for.ts';
import { sweepApprovals } from './approvals/sweep-approvals.ts';
import { followCardPage } from './cards/card-link.ts';
import { advanceCheck } from './cards/check/advance-check.ts';
import { sweepChecks, sweepExpiringCards } from './cards/check/sweep-checks.ts';
import { expireCardLinks } from './cards/expire-links.ts';
import { followCard } from './cards/follow-card.ts';
import { createCardPageSweep } from './cards/sweep-card-pages.ts';
import type { BillingDeps } from './deps.ts';
import { disputeClaims } from './disputes/dispute-claims.ts';
import { followDispute } from './disputes/follow-dispute.ts';
import { sweepDisputes } from './disputes/sweep-disputes.ts';
import { sweepDrafts } from './drafts/drafts.ts';
import type { Feature, WorkerDeps } from './feature.ts';
import { addInvoiceItem } from './invoices/add-invoice-item.ts';
import { sweepInvoices } from './invoices/close-invoices.ts';
import { invoicePayments } from './invoices/invoice-claims.ts';
import { followProcessorInvoice, sweepMirrors } from './invoices/mirror/mirror.ts';
import { mirrorInvoice } from './invoices/mirror/mirror-invoice.ts';
import { sendInvoiceFile, sweepInvoiceFiles } from './invoices/send-invoice-file.ts';
import { abandonForClosing, abandonForMove, abandonPurchases } from './kinds/purchase/abandon-purchases.ts';
import { purchaseApprovable } from './kinds/purchase/purchase-approvable.ts';
import { purchaseKind } from './kinds/purchase/purchase-kind.ts';
import { decideRecharge, sweepLowWallets } from './kinds/recharge/decide-recharge.ts';
import { endRechargesForClosing } from './kinds/recharge/end-for-closing.ts';
import { dropForSharing, followSharing } from './kinds/recharge/follow-sharing.ts';
import { listWaitingForCard } from './kinds/recharge/list-waiting-for-card.ts';
import { pauseAfterRefund } from './kinds/recharge/pause-after-refund.ts';
import { rechargeApprovable } from './kinds/recharge/recharge-approvable.ts';
import { rechargeKind } from './kinds/recharge/recharge-kind.ts';
import { resumeWithCard, sweepRetries } from './kinds/recharge/retry-recharge.ts';
import { pauseForStuck, resumeAfterStuck } from './kinds/recharge/settings.ts';
import { endForClosing } from './kinds/subscription/end-at-once.ts';
import { missPeriods } from './kinds/subscription/miss-periods.ts';
import { retryPeriodsNow } from './kinds/subscription/resume-periods.ts';
import {
  bundleApprovable,
  recurringApprovable,
  switchApprovable,
} from './kinds/subscription/subscription-approvables.ts';
import { subscriptionKind } from './kinds/subscription/subscription-kind.ts';
import { sweepSubscriptions } from './kinds/subscription/sweep-subscriptions.ts';
import { sweepBundleUse } from './kinds/subscription/watch-use.ts';
import { advanceOrder } from './orders/advance.ts';
import { followIntent } from './orders/attempts.ts';
import { sweepOrders } from './orders/poll.ts';
import { reportFraudWarning } from './processor/report-fraud-warning.ts';
import { followRefund } from './refunds/follow-refund.ts';
import { refundClaims } from './refunds/refund-claims.ts';
import { sweepRefunds } from './refunds/sweep-refunds.ts';
import { answerWithPurchase, sweepRequests } from './requests/answer-request.ts';
import {
  closeRequestsForClosing,
  closeRequestsForMove,
  closeRequestsForSharing,
} from './requests/close-requests.ts';
import { reversePayment } from './reversals/reverse-payment.ts';
import { limitApprovable } from './settings/limit-approvable.ts';

/** Every feature of billing, in the order in which its handlers are called. A new one is one entry here. */
export const BILLING_FEATURES = [
  {
    name: 'orders',
    processorEvents: { intent: followIntent },
    jobs: (deps) => ({ 'advance-order': (payload) => advanceOrder(deps, payload) }),
    sweeps: (deps) => ({ orders: () => sweepOrders(deps) }),
  },
  {
    name: 'approvals',
    moments: {
      roleRevoked: closeApprovalsOf,
      companyMoves: closeApprovalsForMove,
      companyCloses: closeApprovalsForClosing,
      sharingChanges: closeApprovalsOfCredits,
    },
    sweeps: (deps) => ({ approvals: () => sweepApprovals(deps) }),
  },
  {
    name: 'requests',
    moments: {
      orderSettled: answerWithPurchase,
      companyMoves: closeRequestsForMove,
      companyCloses: closeRequestsForClosing,
      sharingChanges: closeRequestsForSharing,
    },
    sweeps: (deps) => ({ requests: () => sweepRequests(deps) }),
  },
  {
    name: 'recharge',
    orderKinds: [rechargeKind],
    approvables: [rechargeApprovable],
    moments: {
      cardUsable: resumeWithCard,
      cardCheckFailed: listWaitingForCard,
      creditRefunded: pauseAfterRefund,
      orderStuck: pauseForStuck,
      orderUnstuck: resumeAfterStuck,
      companyCloses: endRechargesForClosing,
      sharingChanges: dropForSharing,
      sharingChanged: followSharing,
    },
    jobs: (deps) => ({ 'recharge-if-low': (payload) => decideRecharge(deps, payload) }),
    sweeps: (deps) => ({ 'recharge-retries': () => sweepRetries(deps) }),
    slowSweeps: (deps) => ({ 'low-wallets': () => sweepLowWallets(deps) }),
  },
  {
    name: 'purchase',
    orderKinds: [purchaseKind],
    approvables: [purchaseApprovable],
    moments: {
      companyMoves: abandonForMove,
      companyCloses: abandonForClosing,
      sharingChanges: abandonPurchases,
    },
  },
  {
    name: 'subscription',
    orderKinds: [subscriptionKind],
    approvables: [bundleApprovable, switchApprovable, recurringApprovable],
    moments: { cardUsable: retryPeriodsNow, companyResumes: missPeriods, companyCloses: endForClosing },
    sweeps: (deps) => ({ subscriptions: () => sweepSubscriptions(deps) }),
    slowSweeps: (deps) => ({ 'bundle-use': () => sweepBundleUse(deps) }),
  },
  {
    name: 'invoices',
    payments: invoicePayments,
    moments: { orderSettled: addInvoiceItem },
    processorEvents: { invoice: followProcessorInvoice },
    jobs: ({ invoiceFiles: delivery, ...deps }) => ({
      'mirror-invoice': (payload) => mirrorInvoice(deps, payload),
      'send-invoice-file': (payload) => sendInvoiceFile({ ...deps, delivery }, payload),
    }),
    sweeps: (deps) => ({
      invoices: () => sweepInvoices(deps),
      'invoice-mirrors': () => sweepMirrors(deps),
      'invoice-files': () => sweepInvoiceFiles(deps),
    }),
  },
  { name: 'reversals', moments: { orderSettled: (tx, { order, at }) => reversePayment(tx, order, at) } },
  {
    name: 'refunds',
    claims: refundClaims,
    processorEvents: { refund: followRefund, 'fraud-warning': reportFraudWarning },
    sweeps: (deps) => ({ refunds: () => sweepRefunds(deps) }),
  },
  {
    name: 'disputes',
    claims: disputeClaims,
    processorEvents: { dispute: followDispute },
    sweeps: (deps) => ({ disputes: () => sweepDisputes(deps) }),
  },
  {
    name: 'cards',
    moments: { companyMoves: expireCardLinks, companyCloses: expireCardLinks },
    processorEvents: { card: followCard, 'card-page': followCardPage },
    jobs: (deps) => ({ 'advance-card-check': (payload) => advanceCheck(deps, payload) }),
    sweeps: (deps) => ({ 'card-checks': () => sweepChecks(deps), 'card-pages': createCardPageSweep(deps) }),
    slowSweeps: (deps) => ({ 'expiring-cards': () => sweepExpiringCards(deps) }),
  },
  { name: 'settings', approvables: [limitApprovable] },
  { name: 'drafts', slowSweeps: (deps) => ({ drafts: () => sweepDrafts(deps) }) },
] as const satisfies readonly Feature[];

type Intersection<T> = (T extends unknown ? (all: T) => void : never) extends (all: infer All) => void
  ? All
  : never;
type JobsOf<F> = F extends { jobs: (deps: WorkerDeps) => infer Jobs } ? Jobs : never;
/** The jobs that the features handle, by name. */
type BillingJobs = Intersection<JobsOf<(typeof BILLING_FEATURES)[number]>>;

const all: readonly Feature[] = BILLING_FEATURES;

/** The handlers of every feature's jobs. */
export function billingJobs(deps: WorkerDeps): BillingJobs {
  return Object.assign({}, ...all.map(({ jobs }) => jobs?.(deps))) as BillingJobs;
}

/** What the features check for by the clock, often. */
export function billingSweeps(deps: BillingDeps): Sweeps {
  return Object.assign({}, ...all.map(({ sweeps }) => sweeps?.(deps))) as Sweeps;
}

/** What the features check for by the clock, twice a minute. */
export function slowBillingSweeps(deps: BillingDeps): Sweeps {
  return Object.assign({}, ...all.map(({ slowSweeps }) => slowSweeps?.(deps))) as Sweeps;
}
