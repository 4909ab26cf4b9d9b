/** Why a charge failed, by the processor's answer. */
export interface Failure {
  /** The bank's decline code where there is one, else the processor's error code, or one of ours. */
  code: string;
  adviceCode: string | null;
}

/**
 * Our own codes: the processor took no request; *Verify payment* was not answered; no card may be charged; no request got
 * a usable answer; the processor never said whether it was charged.
 */
export const PROCESSOR_REFUSED = 'processor_refused';
export const NOT_VERIFIED = 'not_verified';
export const CARD_NEEDS_REPLACING = 'card_needs_replacing';
export const UNANSWERED = 'unanswered';
export const UNCONFIRMED = 'unconfirmed';

/** Codes after which a card is not tried again until a person replaces it (R14). Applies R14.5. */
export const NEVER_RETRIED_CODES: ReadonlySet<string> = new Set([
  'lost_card',
  'stolen_card',
  'pickup_card',
  'restricted_card',
  'security_violation',
  'transaction_not_allowed',
  'fraudulent',
  'merchant_blacklist',
  'expired_card',
  'incorrect_number',
  'invalid_account',
  'revocation_of_authorization',
  'revocation_of_all_authorizations',
  'stop_payment_order',
  'card_not_supported',
  'testmode_decline',
  'do_not_try_again',
]);
const ADVISED_AGAINST = new Set(['do_not_try_again', 'confirm_card_data']);

/** The bank wants the card's holder to confirm the payment, or the holder did not: no decline of the card. */
const CHALLENGES = new Set([
  'authentication_required',
  'payment_intent_authentication_failure',
  NOT_VERIFIED,
]);

/** Whether the card must not be charged again: by the bank's advice, else by its code (R14). */
export function isNeverTriedAgain({ code, adviceCode }: Failure): boolean {
  return NEVER_RETRIED_CODES.has(code) || (adviceCode !== null && ADVISED_AGAINST.has(adviceCode));
}

/** Whether the bank wanted its card's holder and did not get them. Advice against another try counts more. */
export function isChallenge(failure: Failure): boolean {
  return CHALLENGES.has(failure.code) && !isNeverTriedAgain(failure);
}

/** Four tries a card and order (R14). */
export const MAX_TRIES_PER_CARD = 4;
