import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import type { Logger } from '../log.ts';
import type { Money } from '../money.ts';
import type { Scope } from '../org/index.ts';
import type { PaymentGateway } from './gateway.ts';
import type { InvoiceGateway } from './mirror/invoice-gateway.ts';

export interface BillingDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  gateway: PaymentGateway;
  /** The processor's invoicing, where invoices are mirrored to it. */
  invoicing?: InvoiceGateway;
  /** Origin under which people reach this app; the processor's pages return there. Null where nobody does. */
  publicUrl: string | null;
}

/** A card as people know it. One that needs replacing is charged by nothing (R14). */
export interface PayingCard {
  brand: string;
  last4: string;
  needsReplacing: boolean;
}

/** How a purchase is paid: the default card (null: none on file yet), or the next invoice. */
export type PayBy = { method: 'card'; card: PayingCard | null } | { method: 'invoice'; nextInvoiceOn: Date };

export interface PurchaseOffer {
  /** Default amounts within the operator's limits (R9). */
  choices: Money[];
  limits: { min: Money; max: Money; perDay: Money };
  payBy: PayBy;
  scopes: { scope: Scope; label: string; balance: Money }[];
  /** Without a card to charge: one that only has to be confirmed first (R13). */
  cardToConfirm: { brand: string; last4: string } | null;
}

/** A purchase that was confirmed while another was being reviewed. */
export interface OtherPurchase {
  userId: string;
  amount: Money;
  at: Date;
}

export interface PurchaseReview {
  token: string;
  /** Of what this review shows; confirming carries it back. */
  mark: string;
  /** Whether something is not as it was reviewed before: the amount, the office, the card, or who is asked. */
  isChanged: boolean;
  scopeLabel: string;
  amount: Money;
  payBy: PayBy;
  /** Nothing when it goes on the invoice, or waits for a second admin. */
  chargedNow: Money;
  /** The limit above which a second admin approves; null where this purchase needs none (R9). */
  approvalAbove: Money | null;
  /** Who could approve it; empty: no one, so it cannot be requested. */
  approverIds: string[];
  balanceBefore: Money;
  balanceAfter: Money;
  meanwhile: OtherPurchase[];
}

export const orderState = z.enum([
  'draft',
  'awaiting_approval',
  'confirmed',
  'charging',
  'needs_action',
  'unknown',
  'declined',
  'settled',
  'abandoned',
]);
export type OrderState = z.infer<typeof orderState>;

/** The question to a second admin, as everybody in the channel may know it (R9). */
export interface ApprovalFacts {
  state: 'open' | 'approved' | 'declined' | 'expired' | 'overtaken' | 'closed';
  limit: Money;
  expiresAt: Date;
  /** The user who answered; null while open, and where nobody did. */
  decidedBy: string | null;
  decidedAt: Date | null;
  /** The channel that has it, beside the direct messages; null: none. */
  channelId: string | null;
}

/** One purchase as its buyer may know it. */
export interface OrderFacts {
  token: string;
  state: OrderState;
  scope: Scope;
  scopeLabel: string;
  amount: Money;
  payBy: PayBy;
  /** After the credit, or as it stands while nothing was credited. */
  balance: Money;
  /** "R-000123" once credited. */
  receipt: string | null;
  /** Where the receipt is posted; null where the company chose no channel, or it cannot be posted there. */
  receiptChannelId: string | null;
  /** The question to a second admin; null where there was none. */
  approval: ApprovalFacts | null;
  failure: { code: string } | null;
  /** How another try would be paid; null where that is how this one was. */
  retryWith: PayBy | null;
  /** Whether another try has a card to charge. */
  canRetry: boolean;
  /** Of what another try would charge; trying again carries it back. */
  mark: string;
  /** "P-000042": what a buyer quotes, and the log knows. */
  reference: string;
  /** The bank's page, while the payment waits there. */
  actionUrl: string | null;
  requestedBy: { teamId: string; userId: string };
  viewId: string | null;
  replyUrl: string | null;
}
