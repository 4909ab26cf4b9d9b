import type { JobHandlers, Sweeps } from '../queue/index.ts';
import { type Approvable, registerApprovable } from './approvals/approvable.ts';
import type { BillingDeps } from './deps.ts';
import type { EventSubject } from './gateway.ts';
import type { InvoiceFileDelivery } from './invoices/send-invoice-file.ts';
import { type MomentHandlers, registerMoments } from './orders/moments.ts';
import { type OrderKind, registerOrderKind } from './orders/order-kind.ts';
import { type EventHandler, registerEventHandler } from './processor/handle-webhook.ts';
import { type OtherPayments, registerOtherPayments } from './reversals/other-payments.ts';
import { type ClaimKind, registerClaimKind } from './reversals/payment-claim.ts';

/** What jobs need besides: where files of invoices are delivered. */
export interface WorkerDeps extends BillingDeps {
  invoiceFiles: InvoiceFileDelivery;
}

/** A part of billing. The core, and the other parts, know it by what it registers alone. */
export interface Feature {
  /** Its folder. */
  readonly name: string;
  readonly orderKinds?: readonly OrderKind[];
  // biome-ignore lint/suspicious/noExplicitAny: each is given only what it has parsed itself
  readonly approvables?: readonly Approvable<any>[];
  readonly moments?: MomentHandlers;
  /** What of its takes back payments. */
  readonly claims?: ClaimKind;
  /** Payments at the processor that are its own and no order's. */
  readonly payments?: OtherPayments;
  readonly processorEvents?: Partial<Record<EventSubject, EventHandler>>;
  readonly jobs?: (deps: WorkerDeps) => Partial<JobHandlers>;
  /** What it checks for by the clock, often. */
  readonly sweeps?: (deps: BillingDeps) => Sweeps;
  /** What it checks for by the clock, twice a minute. */
  readonly slowSweeps?: (deps: BillingDeps) => Sweeps;
}

/** Makes the features known to the core, once, in the order in which their handlers are called. */
export function registerFeatures(features: readonly Feature[]): void {
  for (const {
    name,
    orderKinds = [],
    approvables = [],
    moments = {},
    claims,
    payments,
    processorEvents = {},
  } of features) {
    for (const kind of orderKinds) registerOrderKind(kind);
    for (const approvable of approvables) registerApprovable(approvable);
    registerMoments(name, moments);
    if (claims !== undefined) registerClaimKind(name, claims);
    if (payments !== undefined) registerOtherPayments(payments);
    for (const [about, handler] of Object.entries(processorEvents))
      registerEventHandler(about as EventSubject, handler);
  }
}
