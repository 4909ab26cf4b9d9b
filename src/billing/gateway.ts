import { z } from 'zod';
import type { Money } from '../money.ts';

/**
 * What billing needs of a card processor. Calls that change something take an idempotency key and may be
 * repeated with it; `GatewayUnknownError` means that the change may or may not have happened.
 */
export interface PaymentGateway {
  createCustomer(request: { name: string; reference: string; key: string }): Promise<{ customerId: string }>;
  /** Creates an intent without confirming it: no money moves. */
  createIntent(request: OrderIntentRequest): Promise<Intent>;
  /**
   * Creates the intent of a card's check. `suffix`: what statements add to the account's name, Latin, at most 10
   * characters; null: nothing. An amount below the account's smallest charge, and a suffix that the account cannot
   * show, are answers: nothing was created.
   */
  createCheckIntent(request: CheckIntentRequest): Promise<Intent | { refused: 'amount' | 'suffix' }>;
  /** What the card's statement shows of an intent's charge; null where the processor does not say. */
  findStatementDescriptor(intentId: string): Promise<string | null>;
  /**
   * Charges. A decline is an answer (`failed`), not an error. `offSession`: nobody is there to answer the bank, which
   * then declines with `authentication_required` instead of opening its page.
   */
  confirmIntent(request: {
    intentId: string;
    returnUrl: string;
    offSession: boolean;
    key: string;
  }): Promise<Intent>;
  findIntent(intentId: string): Promise<Intent>;
  /** Every intent of a customer that was created since, the newest first, each with the reference it was created with. */
  listIntents(request: {
    customerId: string;
    since: Date;
  }): Promise<(Intent & { reference: string | null })[]>;
  /** Gives up an intent that was not charged; returns what it is now, which may be `succeeded`. */
  cancelIntent(request: { intentId: string; key: string }): Promise<Intent>;
  /** Gives back the whole of what an intent charged; once it was given back, again is no error. */
  refundIntent(request: { intentId: string; key: string }): Promise<void>;
  /**
   * Gives back a part of what an intent charged, with our reference; again under its key it is the same refund. Throws
   * GatewayRefusedError, e.g. `charge_already_refunded`, `charge_disputed`.
   */
  createRefund(request: {
    intentId: string;
    amount: Money;
    reference: string;
    key: string;
  }): Promise<GatewayRefund>;
  /** Opens the hosted page on which a person types a card number. */
  createCardPage(request: {
    customerId: string;
    returnUrl: string;
    cancelUrl: string;
    expiresAt: Date;
    key: string;
  }): Promise<{ sessionId: string; url: string }>;
  /** What a visit to the hosted page led to; `cardId` is null until a card was given. */
  findCardPage(sessionId: string): Promise<{ cardId: string | null; customerId: string }>;
  findCard(cardId: string): Promise<GatewayCard>;
  /** Keeps a card for a customer, so that it can be charged while nobody is there. */
  attachCard(request: { cardId: string; customerId: string; key: string }): Promise<GatewayCard>;
  /** How a dispute about a charge stands. */
  findDispute(disputeId: string): Promise<GatewayDispute>;
  /** Every dispute that was opened since, the newest first; of whatever payments the account has taken. */
  listDisputes(request: { since: Date }): Promise<GatewayDispute[]>;
  /** How a refund of a charge stands. */
  findRefund(refundId: string): Promise<GatewayRefund>;
  /** Every refund that was made since, the newest first; of whatever payments the account has taken. */
  listRefunds(request: { since: Date }): Promise<GatewayRefund[]>;
  /** Every refund of what one intent charged, the newest first. Sees everything that was made before. */
  listRefundsOf(intentId: string): Promise<GatewayRefund[]>;
  /** A card network's warning that a charge may be fraud. */
  findFraudWarning(warningId: string): Promise<{
    intentId: string | null;
    fraudType: string;
    isActionable: boolean;
  }>;
  /** Checks the signature of a webhook and says what it is about. Throws RefillError `webhook-refused`. */
  readWebhook(body: Buffer, signature: string | undefined): GatewayEvent;
}

export interface IntentRequest {
  customerId: string;
  cardId: string;
  amount: Money;
  description: string;
  reference: string;
  key: string;
}

export interface OrderIntentRequest extends IntentRequest {
  /** Where the processor sends its receipt once it is paid; an address that it does not take is left out. */
  receiptEmail: string | null;
  /** By which the operator finds the request's log lines; the same for the same key. Null: it has none. */
  requestId: string | null;
}

export interface CheckIntentRequest extends IntentRequest {
  suffix: string | null;
}

export interface Intent {
  id: string;
  state: 'unconfirmed' | 'needs_action' | 'processing' | 'succeeded' | 'failed' | 'canceled';
  /** Set when failed: the processor's decline code where there is one, else its error code. */
  failureCode: string | null;
  /** Set when failed, where the bank gave advice: `confirm_card_data`, `do_not_try_again` or `try_again_later`. */
  adviceCode: string | null;
  /** Set when the person must act on the bank's page. */
  actionUrl: string | null;
}

export const disputeState = z.enum(['inquiry', 'open', 'won', 'lost', 'closed']);
export const refundState = z.enum(['requires_action', 'pending', 'succeeded', 'failed', 'canceled']);

/** A charge that the card's holder takes back, or tries to. */
export interface GatewayDispute {
  id: string;
  intentId: string | null;
  amount: Money;
  /**
   * `inquiry`: a bank asks, and nothing is taken yet; `closed`: it ended without having taken anything. An appeal is
   * `open`: the money is gone until it is decided. `unknown`: the processor has a status that we do not know.
   */
  state: z.infer<typeof disputeState> | 'unknown';
  createdAt: Date;
}

/** Money that goes back to a card. */
export interface GatewayRefund {
  id: string;
  intentId: string | null;
  amount: Money;
  /** `requires_action`: nothing is on its way yet. One that succeeded may still fail. */
  state: z.infer<typeof refundState>;
  failureReason: string | null;
  /** Ours, where the operator made it here; null for one made elsewhere. */
  reference: string | null;
  createdAt: Date;
}

export interface GatewayCard {
  id: string;
  /** Null: it is no customer's, and can be charged no more. */
  customerId: string | null;
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
  fingerprint: string;
}

/** What an event of the processor is about, where the app reacts to it. */
export type EventSubject =
  | 'intent'
  | 'dispute'
  | 'refund'
  | 'fraud-warning'
  | 'card'
  | 'card-page'
  | 'invoice';

/** An event of the processor; `objectId`: the intent, dispute, page or invoice that it is about. */
export type GatewayEvent =
  | { id: string; about: EventSubject; objectId: string }
  | { id: string; about: 'other' };

/** The processor could not be reached or did not answer: whether the change happened is not known. */
export class GatewayUnknownError extends Error {
  override readonly name = 'GatewayUnknownError';
}

/**
 * The processor refused the request for a reason that is not a bank's: this one changed nothing, and repeating it cannot
 * help until the operator mends what stands against it.
 */
export class GatewayRefusedError extends Error {
  override readonly name: string = 'GatewayRefusedError';
  readonly code: string;
  /** The key or the account is refused, so whatever company it is asked for. */
  readonly isAboutKey: boolean;

  constructor(code: string, message: string, options: ErrorOptions & { isAboutKey?: boolean } = {}) {
    super(message, options);
    this.code = code;
    this.isAboutKey = options.isAboutKey ?? false;
  }
}

/** The company's customer is not there any more: deleted at the processor, with every card that it had. */
export class GatewayCustomerGoneError extends GatewayRefusedError {
  override readonly name = 'GatewayCustomerGoneError';
}

/** The bank declined, before there was an intent to keep it. */
export class GatewayDeclinedError extends Error {
  override readonly name = 'GatewayDeclinedError';
  readonly code: string;
  readonly adviceCode: string | null;

  constructor(failure: { code: string; adviceCode: string | null }, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = failure.code;
    this.adviceCode = failure.adviceCode;
  }
}
