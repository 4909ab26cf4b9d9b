import type { Money } from '../../../money.ts';
import type { Scope } from '../../../org/index.ts';
import type { ApprovalFacts } from '../../approvals/read-approval.ts';
import type { WantedLine } from '../../orders/order-lines.ts';
import type { OrderState } from '../../orders/order-state.ts';
import type { PayBy } from '../../orders/pay-by.ts';
import type { PurchasePause } from '../../orders/purchases-paused.ts';

export interface PurchaseOffer {
  /** Default amounts within the operator's limits (R9). */
  choices: Money[];
  limits: { min: Money; max: Money; perDay: Money };
  /** Why nothing can be bought: a payment is disputed (R16), or the operator suspended the company. */
  pausedFor: PurchasePause | null;
  payBy: PayBy;
  /** The cards that this person may choose from, the default first; none where the choice is not theirs. */
  cards: { cardId: bigint; brand: string; last4: string }[];
  /** Null where no card may be charged without being chosen, or it goes on the invoice. */
  defaultCardId: bigint | null;
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
  /** Whether something is not as it was reviewed before: the amounts, the offices, the card, or who approves. */
  isChanged: boolean;
  /** In all. */
  amount: Money;
  /** What it adds to whose credits, and what these come to by it. */
  lines: (WantedLine & { scopeLabel: string; balanceBefore: Money; balanceAfter: Money })[];
  payBy: PayBy;
  /** Nothing when it goes on the invoice, or waits for a second admin. */
  chargedNow: Money;
  /** The limit above which a second admin approves; null where this purchase needs none (R9). */
  approvalAbove: Money | null;
  /** Who could approve it; empty: no one, so it cannot be requested. */
  approverIds: string[];
  meanwhile: OtherPurchase[];
}

/** Another card that a declined purchase could be paid with; `mark`: of what that would charge. */
export interface OtherCard {
  cardId: bigint;
  brand: string;
  last4: string;
  mark: string;
}

/** One purchase as its buyer may know it. */
export interface OrderFacts {
  token: string;
  state: OrderState;
  /** In all; zero where nothing is chosen yet. */
  amount: Money;
  /** What it adds to whose credits, none where nothing is chosen yet; and what these come to, by it or before it. */
  lines: (WantedLine & { scopeLabel: string; balance: Money })[];
  payBy: PayBy;
  /** The card that is chosen for it or charged; null: as the company pays. */
  chosenCardId: bigint | null;
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
  /** Whether another try is above the approval limit, so that a second admin is asked first. */
  asksApproval: boolean;
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
